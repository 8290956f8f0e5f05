/** The smallest statement that would allow just what was refused, and where it belongs. */

import type { Decision, ListName } from "../decide/decision.ts";
import type { PolicyRequest } from "../decide/evaluate.ts";

export interface Remedy {
  readonly sentence: string;
  /** The list that lacks it, and a statement for a document of version 2012-10-17. */
  readonly add?: { readonly list: ListName; readonly statement: RemedyStatement };
}

export interface RemedyStatement {
  readonly Effect: "Allow";
  readonly Action: string;
  readonly Resource: string;
}

const listNames: Readonly<Record<ListName, string>> = {
  identity: "the policies of the identity",
  resource: "the policy of the resource",
  boundary: "the permissions boundary",
  session: "the session policy",
  iot: "the IoT policies attached to the identity",
};

export function nameOfList(list: ListName): string {
  return listNames[list];
}

/**
 * What to do about a refusal; `undefined` when there was none. One statement may not be enough: the
 * next list may lack it, too, and says so when the request is explained again.
 */
export function remedyFor(decision: Decision, request: PolicyRequest): Remedy | undefined {
  if (decision.outcome === "allowed") return undefined;
  if (decision.outcome === "explicitDeny") {
    const { policy, index, list } = decision.by;
    const place = `statement ${index} of '${policy}' in ${nameOfList(list)}`;
    return { sentence: `no 'Allow' helps against a 'Deny': narrow ${place}` };
  }
  const { lacking } = decision;
  if (lacking === "resource") {
    return { sentence: "let the policy of the resource name this principal with an 'Allow'" };
  }
  const statement: RemedyStatement = {
    Effect: "Allow",
    Action: request.action,
    Resource: escapeResource(request.resource),
  };
  const sentence =
    lacking === "session"
      ? "take the role with this in 'Policy', or with none; a guest, in the classic flow"
      : `add it to ${nameOfList(lacking)}`;
  return { sentence, add: { list: lacking, statement } };
}

/** A pattern that matches the text and nothing else. */
export function escapeResource(resource: string): string {
  if (resource === "*") return "*";
  return resource.replace(/[*?]|\$(?=\{)/g, (character) => `\${${character}}`);
}

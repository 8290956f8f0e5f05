/**
 * Why a request is allowed or refused: the decision, how every statement stands to the request, and
 * what would change it. Slow and complete; for people, never on the way of a message.
 */

import type { Decision, ListName } from "../decide/decision.ts";
import { evaluate, type PolicyRequest } from "../decide/evaluate.ts";
import type { CompiledPolicy } from "../decide/policy.ts";
import { limitsOf, type PolicySet } from "../decide/policy-set.ts";
import { Context } from "../match/context.ts";
import { nameOfList, type Remedy, remedyFor } from "./remedy.ts";
import type { StatementReport } from "./report.ts";
import { reportStatement } from "./statement-report.ts";

export interface PolicyExplanation {
  readonly decision: Decision;
  /** e.g. `'iot:Publish' is refused: no 'Allow' in the session policy matches`. */
  readonly sentence: string;
  /** Of all lists that had a say, in the order in which they were asked. */
  readonly statements: readonly StatementReport[];
  /** Keys that statements about the action asked for and the request did not bring. */
  readonly missingKeys: readonly string[];
  readonly remedy?: Remedy;
}

/** Decides as `evaluate` does, and says how it came to that. */
export function explain(set: PolicySet, request: PolicyRequest): PolicyExplanation {
  const decision = evaluate(set, request);
  const context = new Context(request.keys);
  const hasBoundary = set.boundary !== undefined;
  const statements = listsOf(set, request).flatMap(({ list, policies }) =>
    policies.flatMap((policy) =>
      policy.statements.map((statement, index) => {
        const place = { list, policy: policy.name, index, statement: statement.source };
        const { version } = policy.document;
        const decides = decidesHere(decision, place);
        const subject = { place, statement, version, decides, hasBoundary };
        return reportStatement(subject, request, context);
      }),
    ),
  );
  const remedy = remedyFor(decision, request);
  const sentence = `'${request.action}' ${sentenceOf(decision)}`;
  const missingKeys = missingIn(statements);
  return { decision, sentence, statements, missingKeys, ...(remedy && { remedy }) };
}

function listsOf(
  set: PolicySet,
  request: PolicyRequest,
): { readonly list: ListName; readonly policies: readonly CompiledPolicy[] }[] {
  return [
    { list: "identity", policies: set.identity },
    ...(set.resource ? [{ list: "resource" as const, policies: set.resource.policies }] : []),
    ...limitsOf(set, request.action.toLowerCase()),
  ];
}

function missingIn(statements: readonly StatementReport[]): string[] {
  const asked = statements.filter(({ action }) => action.matches);
  const keys = asked.flatMap(({ resource, conditions }) => [
    ...(resource?.patterns ?? []).flatMap(({ unresolved }) =>
      unresolved.map((shown) => shown.slice("${".length, -1)),
    ),
    ...conditions.filter(({ given }) => given.length === 0).map(({ key }) => key),
  ]);
  return [...new Set(keys)];
}

function decidesHere(
  decision: Decision,
  place: { readonly list: ListName; readonly policy: string; readonly index: number },
): boolean {
  if (decision.outcome === "implicitDeny") return false;
  const { list, policy, index } = decision.by;
  return list === place.list && policy === place.policy && index === place.index;
}

function sentenceOf(decision: Decision): string {
  if (decision.outcome === "implicitDeny") {
    return `is refused: no 'Allow' in ${nameOfList(decision.lacking)} matches`;
  }
  const { policy, index, list, statement } = decision.by;
  const sid = statement.sid ? ` (${statement.sid})` : "";
  const place = `statement ${index}${sid} of '${policy}' in ${nameOfList(list)}`;
  return decision.outcome === "allowed"
    ? `is allowed by ${place}`
    : `is refused: ${place} denies it`;
}

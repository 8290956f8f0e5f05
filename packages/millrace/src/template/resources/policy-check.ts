/** Policy documents inside resources: the grammar is `policy/`'s, the places are the template's. */

import {
  countPolicyCharacters,
  documentCharactersMax,
  type PolicyDocument,
  type PolicyUse,
  parsePolicyDocument,
} from "../../policy/mod.ts";
import type { Draft, Path, Resource } from "../resource-type.ts";

/** The document, or `undefined` with every problem of it reported where it stands. */
export function readPolicy(
  resource: Pick<Resource, "report">,
  path: Path,
  given: { readonly document: unknown; readonly use: PolicyUse },
): PolicyDocument | undefined {
  const result = parsePolicyDocument(given.document, given.use);
  if (result.ok) {
    reportUnknownKeys(resource, path, result.document);
    return result.document;
  }
  for (const problem of result.problems) {
    resource.report([...path, ...problem.path], problem.message);
  }
  return undefined;
}

/** Remembers where the statements of a role's policy stand; `at` is that of all of them. */
export function markStatements(
  { identity, mark }: Pick<Resource, "identity" | "mark">,
  policyName: string,
  { document, at, roleName = identity.name }: MarkedPolicy,
): void {
  for (const index of document.statements.keys()) {
    mark(`role:${roleName}:${policyName}:${index}`, [...at, index]);
  }
}

/** Bounds what a role's `Policies` hold together; what other resources add comes on top of it. */
export function boundInline(
  { report }: Pick<Resource, "report">,
  documents: readonly unknown[],
  { roleName, draft }: { readonly roleName: string; readonly draft: Draft },
): void {
  const sizes = documents.map((document) => countPolicyCharacters(JSON.stringify(document)));
  const size = sizes.reduce((sum, one) => sum + one, 0);
  draft.inlineCharacters.set(roleName, size);
  const most = documentCharactersMax.identity;
  if (sizes.length <= 1 || size <= most) return; // a single one is bounded where it is read
  report(["Properties", "Policies"], `the policies together have ${size} of ${most} characters`);
}

interface MarkedPolicy {
  readonly document: PolicyDocument;
  readonly at: Path;
  readonly roleName?: string;
}

/**
 * The keys that a door here gives some request, in lower case. A condition on any other, which AWS
 * may know, would never see a value and so mean something else.
 */
const suppliedKeys: ReadonlySet<string> = new Set([
  "aws:currenttime",
  "aws:epochtime",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principaltype",
  "aws:securetransport",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceip",
  "aws:userid",
  "cloudwatch:namespace",
  "dynamodb:enclosingoperation",
  "dynamodb:fulltablescan",
  "dynamodb:leadingkeys",
  "dynamodb:returnconsumedcapacity",
  "dynamodb:returnvalues",
  "dynamodb:select",
  "iam:passedtoservice",
  "iot:certificateid",
  "iot:clientid",
  "iot:connectattributes",
  "iot:lastwilltopic",
  "lambda:functionurlauthtype",
  "sts:externalid",
  "sts:rolesessionname",
]);

/** Of things and certificates, whose attributes are their own; and what a provider's token says. */
const suppliedForms = /^(?:iot:connection\.thing\.|iot:certificate\.|[^:]*\..*:(?:amr|aud|sub)$)/;

function isSupplied(key: string): boolean {
  const lower = key.toLowerCase();
  return suppliedKeys.has(lower) || suppliedForms.test(lower);
}

function reportUnknownKeys(
  { report }: Pick<Resource, "report">,
  path: Path,
  { statements }: PolicyDocument,
): void {
  for (const [index, { conditions }] of statements.entries()) {
    for (const { key } of conditions) {
      if (isSupplied(key)) continue;
      report([...path, "Statement", index], `the condition key '${key}' is not implemented`);
    }
  }
}

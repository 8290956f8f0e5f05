/** Policy documents inside resources: the grammar is `policy/`'s, the places are the template's. */

import { poolProvider } from "../../identity/mod.ts";
import {
  countPolicyCharacters,
  documentCharactersMax,
  keyProblems,
  type PolicyDocument,
  type PolicyUse,
  parsePolicyDocument,
} from "../../policy/mod.ts";
import type { Draft, Path, Resource } from "../resource-type.ts";

/**
 * The document, or `undefined` with every problem of it reported where it stands. Which keys it
 * asks for is looked at but for a bucket's (`resource`), which nobody asks.
 */
export function readPolicy(
  resource: Pick<Resource, "report">,
  path: Path,
  given: { readonly document: unknown; readonly use: PolicyUse },
): PolicyDocument | undefined {
  const result = parsePolicyDocument(given.document, given.use);
  if (result.ok) {
    if (given.use !== "resource") reportUnknownKeys(resource, path, result.document);
    if (given.use === "trust") reportOpenToAnyPool(resource, path, result.document);
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

function reportUnknownKeys(
  { report }: Pick<Resource, "report">,
  path: Path,
  document: PolicyDocument,
): void {
  for (const { statement, message } of keyProblems(document)) {
    report([...path, "Statement", statement], message);
  }
}

/**
 * A role that trusts identity pools says which ones: IAM saves no other. [Cognito: IAM roles, set
 * up a trust policy]
 */
function reportOpenToAnyPool(
  { report }: Pick<Resource, "report">,
  path: Path,
  { statements }: PolicyDocument,
): void {
  for (const [index, { effect, principals, conditions }] of statements.entries()) {
    if (effect !== "Allow" || !principals?.byKind.Federated?.includes(poolProvider)) continue;
    const isLimited = conditions.some(
      ({ key, operator, ifExists, values }) =>
        key.toLowerCase() === `${poolProvider}:aud` &&
        /^String(?:Equals|EqualsIgnoreCase|Like)$/.test(operator) &&
        values.every((value) => /[^*?:]/.test(value)) &&
        !ifExists,
    );
    if (isLimited) continue;
    const message =
      `any identity pool could take the role: name yours in a condition 'StringEquals' of ` +
      `'${poolProvider}:aud'`;
    report([...path, "Statement", index], message);
  }
}

/** Policy documents inside resources: the grammar is `policy/`'s, the places are the template's. */

import { type PolicyDocument, type PolicyUse, parsePolicyDocument } from "../../policy/mod.ts";
import type { Path, Resource } from "../resource-type.ts";

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

/** Keys that AWS gives requests and the doors here do not: a policy would mean something else. */
const missingKeys: ReadonlySet<string> = new Set(["dynamodb:attributes"]);

function reportUnknownKeys(
  { report }: Pick<Resource, "report">,
  path: Path,
  { statements }: PolicyDocument,
): void {
  for (const [index, { conditions }] of statements.entries()) {
    for (const { key } of conditions) {
      if (!missingKeys.has(key.toLowerCase())) continue;
      report([...path, "Statement", index], `the condition key '${key}' is not implemented`);
    }
  }
}

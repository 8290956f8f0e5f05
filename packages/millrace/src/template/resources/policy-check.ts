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
  if (result.ok) return result.document;
  for (const problem of result.problems) {
    resource.report([...path, ...problem.path], problem.message);
  }
  return undefined;
}

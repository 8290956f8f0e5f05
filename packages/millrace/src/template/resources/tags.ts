/** Tags of resources that have none here: taken as CloudFormation has them, and named as idle. */

import type { Draft } from "../resource-type.ts";
import { list, object, required, text } from "../schema.ts";

export const tags = list(object({ Key: required(text()), Value: required(text()) }));

export function noteTags(given: object | undefined, type: string, draft: Draft): void {
  if (given) draft.noteWithoutEffect(`Tags of ${type}`);
}

/** Function names as requests give them: plain, with a qualifier, or as a whole or partial ARN. */

import { parseArn } from "../../aws/mod.ts";

export interface FunctionReference {
  readonly name: string;
  readonly qualifier?: string;
}

/** Account and region of an ARN are not looked at: there is one of each. */
export function parseFunctionName(text: string): FunctionReference | undefined {
  const arn = parseArn(text);
  if (arn && arn.service !== "lambda") return undefined;
  const local = (arn?.resource ?? text).replace(/^(\d{12}:)?function:/, "");
  const match = /^([A-Za-z0-9_-]{1,64})(?::([$A-Za-z0-9_-]{1,128}))?$/.exec(local);
  if (!match) return undefined;
  const [, name, qualifier] = match;
  return qualifier ? { name: name!, qualifier } : { name: name! };
}

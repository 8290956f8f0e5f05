/** Function names as requests give them: plain, with a qualifier, or as a whole or partial ARN. */

import { parseArn } from "../../aws/mod.ts";
import { invalidParameter, type Refusal } from "./answers.ts";
import { type Constraints, checkConstraints } from "./constraints.ts";

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

const constraints: Constraints = {
  Qualifier: { pattern: "(|[a-zA-Z0-9$_-]+)", lengthMax: 128 },
};

/** What the name and the query say together, or that they contradict each other. */
export function agreedQualifier(
  derived: string | undefined,
  query: URLSearchParams,
): string | undefined | Refusal {
  const asked = query.get("Qualifier") || undefined; // an empty one is none
  const wrong = checkConstraints({ Qualifier: asked }, constraints);
  if (wrong) return wrong.refusal;
  if (asked === undefined || derived === undefined || asked === derived) return asked ?? derived;
  return invalidParameter(
    "The derived qualifier from the function name does not match the specified qualifier.",
  );
}

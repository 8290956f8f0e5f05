/**
 * Substitution templates: `${expression}` inside an action's text.
 *
 * The expression is read by the parser itself, so braces and quotes in it need no escape. It sees
 * the original message, not what SELECT made of it. Undefined and Null are the empty text.
 */

import { topScope } from "./compile.ts";
import { compileExpression } from "./compile-expression.ts";
import { toText } from "./convert.ts";
import { Cursor } from "./cursor.ts";
import { parseExpression } from "./parse-expression.ts";
import { catchRefusal, Refusal, refusals, type SqlError } from "./refusal.ts";
import type { MessageContext } from "./scope.ts";
import type { SqlVersion } from "./version.ts";

export interface Template {
  /** Throws what `compileExpression` says. */
  render(message: MessageContext): string;
}

export type TemplateResult =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly error: SqlError };

/** The template, or the first thing in it that is wrong, with its place in `text`. */
export function compileTemplate(
  text: string,
  options: { readonly version: SqlVersion },
): TemplateResult {
  const read = catchRefusal(text, () => readParts(text, options.version));
  if (!read.ok) return read;
  const parts = read.value;
  return { ok: true, template: { render: (message) => render(parts, message) } };
}

type Part = string | ((message: MessageContext) => string);

function readParts(text: string, version: SqlVersion): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf("${", at);
    const literal = open < 0 ? text.slice(at) : text.slice(at, open);
    const sequence = literal.indexOf("@{");
    if (sequence >= 0) throw new Refusal(at + sequence, refusals.sequenceTemplate());
    if (literal !== "") parts.push(literal);
    if (open < 0) return parts;
    const cursor = new Cursor(text, version, open + 2);
    const evaluate = compileExpression(parseExpression(cursor), version);
    if (!cursor.isAt("}")) cursor.refuseToken('"}" or an operator');
    at = cursor.token.end;
    parts.push((message) => toText(evaluate(topScope(message)), version) ?? "");
  }
}

function render(parts: readonly Part[], message: MessageContext): string {
  let text = "";
  for (const part of parts) text += typeof part === "string" ? part : part(message);
  return text;
}

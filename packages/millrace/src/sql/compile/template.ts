/**
 * Substitution templates to texts. Their expressions see the original message, not what SELECT
 * made of it, and the variables of the statement. Undefined and Null are the empty text.
 */

import { Answers } from "../external/answers.ts";
import { boundedText } from "../failure.ts";
import type { MessageContext } from "../message.ts";
import { type Evaluate, Run } from "../run.ts";
import { parseTemplate, type TemplateOptions } from "../syntax/parse-template.ts";
import type { SqlError } from "../syntax/refusal.ts";
import { toText } from "../values/convert.ts";
import type { Value } from "../values/value.ts";
import { compileExpression } from "./expression.ts";

export interface Template {
  /**
   * A promise when an expression asks other services, and only then. `variables` are what the
   * statement gave. Throws, or rejects, with an `EvaluationFailure` alone.
   */
  render(message: MessageContext, variables?: readonly Value[]): string | Promise<string>;
}

export type TemplateResult =
  | {
      readonly ok: true;
      readonly template: Template;
      /** What is allowed and always empty, and therefore hardly meant. */
      readonly warnings: readonly SqlError[];
    }
  | { readonly ok: false; readonly error: SqlError };

/** The template, or the first thing in it that is wrong, with its place in `text`. */
export function compileTemplate(text: string, options: TemplateOptions): TemplateResult {
  const parsed = parseTemplate(text, options);
  if (!parsed.ok) return parsed;
  const { version, services = {} } = options;
  const { isExternal, warnings } = parsed.value;
  const [only = ""] = parsed.value.parts;
  if (parsed.value.parts.length <= 1 && typeof only === "string") {
    return { ok: true, template: { render: () => only }, warnings };
  }
  const setting = { version, services, aliases: [] };
  const parts = parsed.value.parts.map((part) =>
    typeof part === "string" ? part : compileExpression(part, setting),
  );
  const render = (message: MessageContext, variables?: readonly Value[]) => {
    if (!isExternal) return join(parts, new Run({ message, version, variables }));
    const answers = new Answers(message.random);
    return answers.complete(() => join(parts, new Run({ message, version, variables, answers })));
  };
  return { ok: true, template: { render }, warnings };
}

function join(parts: readonly (string | Evaluate)[], run: Run): string {
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") text += part;
    else {
      const value = part(run);
      text = boundedText(text + (typeof value === "string" ? value : (toText(value, run) ?? "")));
    }
  }
  return boundedText(text);
}

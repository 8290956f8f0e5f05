/** Statements and templates asked directly, for tests. */

import { systemRandom, textOf, utf8 } from "../../base/mod.ts";
import {
  compileStatement,
  compileTemplate,
  createPayload,
  type Evaluation,
  type ExternalServices,
  type MessageContext,
  parseStatement,
  type SqlVersion,
} from "../mod.ts";

export interface Asked {
  readonly version?: SqlVersion;
  readonly services?: ExternalServices;
  readonly message?: Partial<MessageContext>;
}

/** A message with that payload: a text, bytes, or a value to be written as JSON. */
export function messageOf(payload: unknown, more: Partial<MessageContext> = {}): MessageContext {
  const isBytes = payload instanceof Uint8Array;
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return {
    topic: "site/a1/env",
    payload: createPayload(isBytes ? payload : utf8(text)),
    accountId: "111122223333",
    receivedAtMs: 1_767_225_600_000,
    random: systemRandom,
    ...more,
  };
}

/** The evaluation of a statement that asks nobody. */
export function evaluate(sql: string, message: MessageContext, version?: SqlVersion): Evaluation {
  const parsed = parseStatement(sql, { version: version ?? "2016-03-23" });
  if (!parsed.ok) throw new Error(parsed.error.message);
  const evaluation = compileStatement(parsed.statement).evaluate(message);
  if (evaluation instanceof Promise) throw new Error("the statement asks services");
  return evaluation;
}

/** The output as text, or in words why there is none. */
export function answer(sql: string, payload: unknown, asked: Asked = {}): string {
  const parsed = parseStatement(sql, { version: asked.version ?? "2016-03-23" });
  if (!parsed.ok) {
    const { line, column, message } = parsed.error;
    return `refused at ${line}:${column}: ${message}`;
  }
  const evaluation = compileStatement(parsed.statement).evaluate(messageOf(payload, asked.message));
  if (evaluation instanceof Promise) throw new Error("the statement asks services");
  return inWords(evaluation);
}

/** The same of a statement that asks services. */
export async function answerLater(sql: string, payload: unknown, asked: Asked): Promise<string> {
  const { version = "2016-03-23", services = {} } = asked;
  const parsed = parseStatement(sql, { version, services });
  if (!parsed.ok) return `refused at ${parsed.error.column}: ${parsed.error.message}`;
  const compiled = compileStatement(parsed.statement, services);
  return inWords(await compiled.evaluate(messageOf(payload, asked.message)));
}

/** The value of an expression, as `SELECT VALUE` outputs it. */
export function expressionValue(
  expression: string,
  payload: unknown = {},
  asked: Asked = {},
): string {
  return answer(`SELECT VALUE (${expression})`, payload, asked);
}

/** The text of a template that asks nobody, or why it is refused. */
export function render(text: string, message: MessageContext): string {
  const compiled = compileTemplate(text, { version: "2016-03-23" });
  if (!compiled.ok) return `refused: ${compiled.error.message}`;
  const rendered = compiled.template.render(message);
  if (typeof rendered !== "string") throw new Error("the template asks services");
  return rendered;
}

function inWords(evaluation: Evaluation): string {
  if (evaluation.fired) return textOf(evaluation.output.bytes);
  return evaluation.failure === undefined ? "not fired" : `failed: ${evaluation.failure}`;
}

/** Function calls: the name must exist, its version and the number of arguments must fit. */

import type { CastType } from "./convert.ts";
import type { Cursor } from "./cursor.ts";
import type { FunctionDefinition } from "./functions/definition.ts";
import { functionOf } from "./functions/table.ts";
import { parseExpression } from "./parse-expression.ts";
import { refusals } from "./refusal.ts";
import { createRegex } from "./regex/regex.ts";
import type { Expression } from "./syntax.ts";
import type { Token } from "./token.ts";

/** The current token is the bracket after the name. */
export function parseCall(cursor: Cursor, name: Token): Expression {
  const lower = name.text.toLowerCase();
  if (lower === "cast") return parseCast(cursor);
  const definition = functionOf(lower, cursor.version);
  if (!definition) cursor.refuse(refusals.unknownFunction(name.text), name.start);
  if (definition.body.kind === "notImplemented") {
    cursor.refuse(refusals.notImplemented(`function "${name.text}"`), name.start);
  }
  if (definition.since2016 && cursor.version === "2015-10-08") {
    cursor.refuse(refusals.tooNew(`function "${name.text}"`), name.start);
  }
  const given = parseArguments(cursor, lower, definition);
  const { argumentsMin, argumentsMax } = definition;
  if (given.length < argumentsMin || given.length > argumentsMax) {
    const takes = describeCount(argumentsMin, argumentsMax);
    cursor.refuse(refusals.argumentCount(name.text, takes, given.length), name.start);
  }
  return { kind: "call", name: name.text, call: { definition, arguments: given } };
}

function parseArguments(cursor: Cursor, name: string, definition: FunctionDefinition) {
  const given: Expression[] = [];
  cursor.take();
  if (cursor.takeIf(")")) return given;
  do {
    if (definition.literal?.place === given.length) {
      given.push(parseLiteral(cursor, definition.literal.texts));
    } else if (name === "encode" && given.length === 0 && cursor.takeIf("*")) {
      given.push({ kind: "payload" });
    } else {
      given.push(parseExpression(cursor));
    }
  } while (cursor.takeIf(","));
  cursor.expect(")");
  return given;
}

/** The text literal alone: an expression that begins with one is another argument. */
function parseLiteral(cursor: Cursor, texts: readonly string[] | "pattern"): Expression {
  const { kind, text } = cursor.token;
  if (texts === "pattern") {
    if (kind !== "text") cursor.refuseToken("a pattern in quotes");
    const result = createRegex(text);
    if (!result.ok) cursor.refuse(refusals.badPattern(result.message));
  } else if (kind !== "text" || !texts.includes(text)) {
    cursor.refuseToken(texts.map((known) => `'${known}'`).join(" or "));
  }
  cursor.take();
  if (!cursor.isAt(",") && !cursor.isAt(")")) cursor.refuseToken('"," or ")" after the literal');
  return { kind: "literal", value: text };
}

const castTypes: ReadonlyMap<string, CastType> = new Map([
  ["string", "string"],
  ["nvarchar", "string"],
  ["text", "string"],
  ["ntext", "string"],
  ["varchar", "string"],
  ["int", "int"],
  ["integer", "int"],
  ["double", "double"],
  ["decimal", "decimal"],
  ["bool", "boolean"],
  ["boolean", "boolean"],
]);

const castTypesSince2016: ReadonlySet<string> = new Set(["decimal", "bool", "boolean"]);

function parseCast(cursor: Cursor): Expression {
  cursor.take();
  const of = parseExpression(cursor);
  cursor.expect("as");
  const name = cursor.token.text.toLowerCase();
  const type = cursor.token.kind === "name" ? castTypes.get(name) : undefined;
  if (!type) cursor.refuseToken("a type such as Int, Decimal, Boolean or String");
  if (castTypesSince2016.has(name)) cursor.requireVersion2016(`cast to ${cursor.token.text}`);
  cursor.take();
  cursor.expect(")");
  return { kind: "cast", of, type };
}

function describeCount(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return `at least ${min} arguments`;
  if (min === max) return min === 1 ? "1 argument" : `${min} arguments`;
  return `${min} to ${max} arguments`;
}

/**
 * Function calls: the name must exist, the version know it, its service be there.
 *
 * A wrong number of arguments is no error of the language: such a call is Undefined, and warned
 * of. Of functions that ask services it is refused, as nothing says what they would do.
 */

import type { ExternalServices } from "../external/services.ts";
import type {
  FunctionDefinition,
  LiteralRule,
  PatternBody,
  PreparedPattern,
} from "../functions/definition.ts";
import { functionOf } from "../functions/table.ts";
import type { CastType } from "../values/convert.ts";
import type { Value } from "../values/value.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression, parseStar } from "./parse-expression.ts";
import { refusals, warnings } from "./refusal.ts";
import type { Token } from "./token.ts";
import type { Expression } from "./tree.ts";

/** The current token is the bracket after the name. */
export function parseCall(cursor: Cursor, name: Token): Expression {
  const lower = name.text.toLowerCase();
  if (lower === "cast") return parseCast(cursor, name);
  const found = functionOf(lower);
  if (!found) cursor.refuse(refusals.unknownFunction(name.text), name.start);
  if (found.since2016) cursor.requireVersion2016(`function "${name.text}"`, name.start);
  const given = parseArguments(cursor, found);
  const span = cursor.spanFrom(name.start);
  const definition = schemeOf(lower, given) ?? found;
  if (definition.body.kind === "external") checkService(cursor, name, definition);
  checkCount(cursor, name, { definition, given });
  checkStar(cursor, definition, given);
  for (const rule of definition.literals?.(given.length) ?? []) checkLiteral(cursor, rule, given);
  noteRole(cursor, definition, given);
  if (definition.body.kind === "pattern") checkPattern(cursor, definition.body, given);
  return { kind: "call", name: name.text, definition, arguments: given, ...span };
}

/** `decode` is two functions: what its second argument says decides between them. */
function schemeOf(name: string, given: readonly Expression[]): FunctionDefinition | undefined {
  const scheme = given[1];
  const isProtobuf = name === "decode" && scheme?.kind === "literal" && scheme.value === "proto";
  return isProtobuf ? functionOf("decode proto") : undefined;
}

function parseArguments(cursor: Cursor, definition: FunctionDefinition): Expression[] {
  const given: Expression[] = [];
  cursor.take();
  if (cursor.takeIf(")")) return given;
  const outer = cursor.isInDefault;
  do {
    cursor.isInDefault = outer || (definition.body.kind === "default" && given.length === 1);
    const star = definition.starAt === given.length ? parseStar(cursor) : undefined;
    given.push(star ?? parseExpression(cursor));
  } while (cursor.takeIf(","));
  cursor.isInDefault = outer;
  cursor.expect(")");
  return given;
}

function checkService(cursor: Cursor, name: Token, { body }: FunctionDefinition): void {
  if (body.kind !== "external") return;
  const { services, isTemplate } = cursor.reading;
  if (cursor.isInDefault) cursor.refuse(refusals.externalDefault(name.text), name.start);
  if (isTemplate && body.service === "decodeProtobuf") {
    cursor.refuse(refusals.notInTemplate(name.text), name.start);
  }
  if (!services[body.service]) cursor.refuse(refusals.serviceAbsent(name.text), name.start);
  cursor.isExternal = true;
}

function checkCount(
  cursor: Cursor,
  name: Token,
  call: { readonly definition: FunctionDefinition; readonly given: readonly Expression[] },
): void {
  const count = call.given.length;
  if (fits(call.definition, count)) return;
  const takes = describeCount(call.definition);
  if (call.definition.body.kind === "external") {
    cursor.refuse(refusals.argumentCount(name.text, takes, count), name.start);
  }
  cursor.warn(warnings.argumentCount(name.text, takes, count), name.start);
}

/** Whether the function takes so many arguments. */
export function fits(definition: FunctionDefinition, count: number): boolean {
  const { argumentsMin, argumentsMax, argumentsExcept } = definition;
  return count >= argumentsMin && count <= argumentsMax && count !== argumentsExcept;
}

function describeCount({ argumentsMin, argumentsMax, argumentsExcept }: FunctionDefinition) {
  if (argumentsExcept !== undefined) return `${argumentsMin} or ${argumentsMax} arguments`;
  if (argumentsMax === Number.POSITIVE_INFINITY) return `at least ${argumentsMin} arguments`;
  if (argumentsMin < argumentsMax) return `${argumentsMin} to ${argumentsMax} arguments`;
  return argumentsMin === 1 ? "1 argument" : `${argumentsMin} arguments`;
}

/** Of the two that `decode` is, only the one that asks a service takes the payload as it is. */
function checkStar(cursor: Cursor, { body }: FunctionDefinition, given: readonly Expression[]) {
  const star = given.find(({ kind }) => kind === "payload");
  if (star && body.kind === "textFirst") cursor.refuse(refusals.starPlace(), star.start);
}

function checkLiteral(cursor: Cursor, rule: LiteralRule, given: readonly Expression[]): void {
  const argument = given[rule.place];
  if (!argument) return;
  const isText = argument.kind === "literal" && typeof argument.value === "string";
  if (isText && (!rule.texts || rule.texts.includes(String(argument.value)))) return;
  const texts = rule.texts?.map((text) => `'${text}'`).join(" or ");
  const source = cursor.source.slice(argument.start, argument.end);
  const found = source.length > 40 ? `${source.slice(0, 40)}...` : source;
  cursor.refuse(refusals.expected(texts ?? "a text literal", found), argument.start);
}

/** The role that a service is asked in is the last of the literals, where there is one. */
function noteRole(cursor: Cursor, { body, literals }: FunctionDefinition, given: Given): void {
  if (body.kind !== "external" || !inRoles.has(body.service)) return;
  const place = literals?.(given.length).at(-1)?.place ?? -1;
  cursor.roles.push(String(literalOf(given[place])));
}

type Given = readonly Expression[];

const inRoles: ReadonlySet<keyof ExternalServices> = new Set([
  "predict",
  "readItem",
  "readRegistry",
  "readSecret",
  "readShadow",
]);

function checkPattern(cursor: Cursor, body: PatternBody, given: readonly Expression[]): void {
  const argument = given[body.place];
  const prepared = argument && prepareLiteral(body, given);
  if (!prepared || prepared.ok) return;
  if (prepared.reason === "invalid") {
    cursor.warn(warnings.invalidPattern(prepared.message), argument.start);
  } else cursor.refuse(refusals.patternNotImplemented(prepared.message), argument.start);
}

/** When the pattern is a literal. */
export function prepareLiteral(
  body: PatternBody,
  given: readonly Expression[],
): PreparedPattern | undefined {
  const pattern = literalOf(given[body.place]);
  if (typeof pattern !== "string") return undefined;
  return body.prepare(pattern, given.filter((_, place) => place !== body.place).map(literalOf));
}

function literalOf(argument: Expression | undefined): Value {
  return argument?.kind === "literal" ? argument.value : undefined;
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

function parseCast(cursor: Cursor, name: Token): Expression {
  cursor.take();
  const of = parseExpression(cursor);
  cursor.expect("as");
  const typeName = cursor.token.text.toLowerCase();
  const type = cursor.token.kind === "name" ? castTypes.get(typeName) : undefined;
  if (!type) cursor.refuseToken("a type such as Int, Decimal, Boolean or String");
  if (castTypesSince2016.has(typeName)) {
    cursor.requireVersion2016(`cast to ${cursor.token.text}`);
  }
  cursor.take();
  cursor.expect(")");
  return { kind: "cast", of, type, ...cursor.spanFrom(name.start) };
}

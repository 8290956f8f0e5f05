/**
 * Holds a request against the bounds of its shape.
 *
 * The service gathers every broken constraint into one message: "2 validation errors detected:
 * Value '...' at 'path.to.member' failed to satisfy constraint: Member must ...; Value ...". Of
 * some operations it tells the first alone, and of some members it shows less.
 */

import { refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import type { Bounds, ListShape, MapShape, Shape, StructureShape, TextShape } from "./shape.ts";
import { lowerFirst, showValue } from "./show.ts";

/** Refuses a request that breaks a bound, with all that it breaks, as far as it is told. */
export function checkBounds(shape: StructureShape, request: Readonly<Record<string, unknown>>) {
  const found: string[] = [];
  checkMembers(shape, request, { found });
  if (found.length > 0) refuseInvalid(messages.violations(toldOf(shape, request, found)));
}

function toldOf(
  shape: StructureShape,
  request: Readonly<Record<string, unknown>>,
  found: readonly string[],
): readonly string[] {
  if (shape.stopsAt === undefined) return found;
  if (shape.stopsAt === "first") return found.slice(0, 1);
  const { TableName } = shape.members;
  const ofName: string[] = [];
  checkMembers({ ...shape, members: { TableName: TableName! } }, request, { found: ofName });
  return ofName.length > 0 ? ofName : found;
}

/** Where the walk stands; the path is only spelled when something is wrong there. */
interface Place {
  readonly found: string[];
  readonly parent?: Place;
  readonly step?: string;
  /** The step, by its name in the shape. */
  readonly member?: string;
}

function spellPlace({ parent, step: given, member }: Place, spell = lowerFirst): string {
  const step = member === undefined ? given : spell(member);
  const before = parent && spellPlace(parent, spell);
  return before ? `${before}.${step}` : (step ?? "");
}

function check(shape: Shape, value: unknown, place: Place): void {
  for (const rule of brokenRules(shape, value)) {
    const shown =
      shape.kind === "list" && shape.asModelled
        ? `Value at '${spellPlace(place, (member) => member)}'`
        : `Value '${showValue(shape, value)}' at '${spellPlace(place)}'`;
    place.found.push(`${shown} failed to satisfy constraint: ${rule}`);
  }
  checkInside(shape, value, place);
}

function checkInside(shape: Shape, value: unknown, parent: Place): void {
  const { found } = parent;
  switch (shape.kind) {
    case "list":
      for (const [index, member] of (value as readonly unknown[]).entries()) {
        check(shape.member, member, { found, parent, step: `${index + 1}.member` });
      }
      return;
    case "map":
      if (shape.value.kind === "value") return;
      for (const [key, member] of Object.entries(value as object)) {
        check(shape.value, member, { found, parent, step: `${key}.member` });
      }
      return;
    case "structure":
      checkMembers(shape, value as Readonly<Record<string, unknown>>, parent);
  }
}

function checkMembers(
  shape: StructureShape,
  value: Readonly<Record<string, unknown>>,
  parent: Place,
): void {
  const { found } = parent;
  for (const name in shape.members) {
    const member = shape.members[name]!;
    if (value[name] === undefined && !member.required) continue;
    const place = { found, parent, member: name };
    if (value[name] !== undefined) check(member, value[name], place);
    else {
      const rule = "failed to satisfy constraint: Member must not be null";
      found.push(`Value null at '${spellPlace(place)}' ${rule}`);
    }
  }
}

function brokenRules(shape: Shape, value: unknown): string[] {
  switch (shape.kind) {
    case "text":
      return brokenTextRules(shape, value as string);
    case "number":
      return outside(value as number, { ...shape, what: "value" });
    case "list":
      return brokenListRules(shape, value as readonly unknown[]);
    case "map":
      return brokenMapRules(shape, value as Readonly<Record<string, readonly unknown[]>>);
    default:
      return [];
  }
}

function brokenTextRules(shape: TextShape, value: string): string[] {
  const { oneOf, lengthMin: min, lengthMax: max, pattern } = shape;
  if (oneOf) {
    return oneOf.includes(value)
      ? []
      : [`Member must satisfy enum value set: [${oneOf.join(", ")}]`];
  }
  const broken = outside(value.length, { min, max, what: "length" });
  const free = value === "" || (shape.orArn && value.startsWith("arn:"));
  if (pattern !== undefined && !free && !expressionOf(pattern).test(value)) {
    broken.push(`Member must satisfy regular expression pattern: ${pattern}`);
  }
  return broken;
}

const expressions = new Map<string, RegExp>();

/** Made once for each pattern; there are few. */
function expressionOf(pattern: string): RegExp {
  const made = expressions.get(pattern) ?? new RegExp(`^(?:${pattern})$`);
  expressions.set(pattern, made);
  return made;
}

function brokenListRules(shape: ListShape, value: readonly unknown[]): string[] {
  const { countMin: min, countMax: max, memberLength } = shape;
  const broken = outside(value.length, { min, max, what: "length" });
  const within = (member: unknown) => isWithin(String(member).length, memberLength!);
  if (memberLength && !value.every(within)) broken.push(ruleOfAll("Member", memberLength));
  return broken;
}

function brokenMapRules(
  shape: MapShape,
  value: Readonly<Record<string, readonly unknown[]>>,
): string[] {
  const { countMin: min, countMax: max, valueCount } = shape;
  const broken = outside(Object.keys(value).length, { min, max, what: "length" });
  const within = (members: readonly unknown[]) => isWithin(members.length, valueCount!);
  if (valueCount && !Object.values(value).every(within)) {
    broken.push(ruleOfAll("Map value", valueCount));
  }
  return broken;
}

interface Rule extends Partial<Bounds> {
  readonly what: "length" | "value";
}

function outside(value: number, { min, max, what }: Rule): string[] {
  if (min !== undefined && value < min) {
    return [`Member must have ${what} greater than or equal to ${min}`];
  }
  if (max !== undefined && value > max) {
    return [`Member must have ${what} less than or equal to ${max}`];
  }
  return [];
}

function isWithin(value: number, { min, max }: Bounds): boolean {
  return value >= min && value <= max;
}

function ruleOfAll(subject: string, { min, max }: Bounds): string {
  return (
    `${subject} must satisfy constraint: [Member must have length less than or equal to ${max}, ` +
    `Member must have length greater than or equal to ${min}]`
  );
}

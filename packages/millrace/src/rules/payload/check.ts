/**
 * Checks a value, as JSON has it, against what a member may be: kind, required, choice, bounds.
 *
 * All that is wrong is found at once, each with its path in the value as it was given. A value that
 * is `undefined` is one about which somebody has already complained, and fits everywhere; JSON has
 * none.
 */

import { suggest, unreachable } from "../../base/mod.ts";
import type {
  IntegerMember,
  ListMember,
  Member,
  Members,
  ObjectMember,
  TemplateMember,
  TextMember,
  ValueOf,
} from "./members.ts";

/**
 * How the definition is written. A template spells members with a capital first letter, and what it
 * says may be a number where a text belongs and the other way round, as CloudFormation has it.
 */
export type Spelling = "api" | "template";

export type Path = readonly (string | number)[];

export interface PayloadProblem {
  readonly path: Path;
  readonly message: string;
}

export class PayloadChecker {
  readonly problems: PayloadProblem[] = [];
  readonly #spelling: Spelling;

  constructor(spelling: Spelling) {
    this.#spelling = spelling;
  }

  /** The name of a member as the definition spells it. */
  spell(name: string): string {
    return this.#spelling === "api" ? name : name.charAt(0).toUpperCase() + name.slice(1);
  }

  refuse(path: Path, message: string): undefined {
    this.problems.push({ path, message });
    return undefined;
  }

  /** The value with the API's names; `undefined` when it, or something in it, is wrong. */
  check<S extends Member>(member: S, value: unknown, path: Path): ValueOf<S> | undefined {
    return this.#value(member, value, path) as ValueOf<S> | undefined;
  }

  #value(member: Member, value: unknown, path: Path): unknown {
    if (value === undefined) return undefined;
    switch (member.kind) {
      case "text":
      case "template":
        return this.#text(member, value, path);
      case "prose":
        return this.#plainText(value, path);
      case "integer":
        return this.#integer(member, value, path);
      case "boolean":
        return this.#boolean(value, path);
      case "list":
        return this.#list(member, value, path);
      case "object":
        return this.#object(member, value, path);
      case "missing":
        return this.refuse(path, `"${path.at(-1)}" is not implemented`);
      default:
        return unreachable(member);
    }
  }

  #plainText(value: unknown, path: Path): string | undefined {
    if (typeof value === "string") return value;
    if (this.#spelling === "template" && typeof value === "number") return String(value);
    return this.#wrongKind("a text", value, path);
  }

  #text(member: TextMember | TemplateMember, value: unknown, path: Path): string | undefined {
    const text = this.#plainText(value, path);
    if (text === undefined) return undefined;
    if (member.lengthMax !== undefined && text.length > member.lengthMax) {
      const lengths = `${text.length} characters, at most ${member.lengthMax} are taken`;
      return this.refuse(path, `"${path.at(-1)}" has ${lengths}`);
    }
    const mayBeEmpty = member.kind === "text" ? member.mayBeEmpty : !member.pattern;
    if (text === "" && !mayBeEmpty) {
      return this.refuse(path, `"${path.at(-1)}" is empty`);
    }
    if (text.includes("${")) {
      if (member.kind === "template") return text;
      return this.refuse(path, `"${path.at(-1)}" cannot hold a substitution template`);
    }
    if (member.oneOf && !member.oneOf.includes(text)) {
      const hint = suggest(text, member.oneOf);
      return this.refuse(path, `"${text}" is not one of ${member.oneOf.join(", ")}${hint}`);
    }
    if (member.pattern && !member.pattern.test(text)) {
      return this.refuse(path, `"${text}" is not ${member.form ?? `like ${member.pattern}`}`);
    }
    return text;
  }

  #integer({ min, max }: IntegerMember, given: unknown, path: Path): number | undefined {
    const isDigits = typeof given === "string" && /^(0|[1-9]\d{0,14})$/.test(given);
    const value = this.#spelling === "template" && isDigits ? Number(given) : given;
    if (typeof value !== "number" || !Number.isInteger(value)) {
      return this.#wrongKind("a whole number", given, path);
    }
    if (value >= min && value <= max) return value;
    return this.refuse(path, `${value} is not between ${min} and ${max}`);
  }

  #boolean(value: unknown, path: Path): boolean | undefined {
    if (typeof value === "boolean") return value;
    const isText = this.#spelling === "template" && (value === "true" || value === "false");
    return isText ? value === "true" : this.#wrongKind("true or false", value, path);
  }

  #list(member: ListMember, value: unknown, path: Path): unknown[] | undefined {
    if (!Array.isArray(value)) return this.#wrongKind("a list", value, path);
    const { countMin, countMax } = member;
    if (value.length < countMin || value.length > countMax) {
      const bounds = `${countMin} to ${countMax}`;
      return this.refuse(path, `${value.length} items where ${bounds} are allowed`);
    }
    const items = value.map((item, at) => this.#value(member.items, item, [...path, at]));
    return items.includes(undefined) ? undefined : items;
  }

  #object({ members }: ObjectMember, value: unknown, path: Path): object | undefined {
    const given = this.entries(value, path);
    if (!given) return undefined;
    this.#refuseUnknown(members, given, path);
    const checked: Record<string, unknown> = {};
    let isComplete = true;
    for (const [name, member] of Object.entries(members)) {
      const spelled = this.spell(name);
      const at = [...path, spelled];
      if (!given.has(spelled)) {
        if (!member.required) continue;
        isComplete = false;
        this.refuse(at, `"${spelled}" is missing`);
        continue;
      }
      const result = this.#value(member, given.get(spelled), at);
      if (result === undefined) isComplete = false;
      else checked[name] = result;
    }
    return isComplete ? checked : undefined;
  }

  /** The members of an object; `undefined`, and refused, for anything else. */
  entries(value: unknown, path: Path): ReadonlyMap<string, unknown> | undefined {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return new Map(Object.entries(value));
    }
    return this.#wrongKind("an object", value, path);
  }

  #refuseUnknown(members: Members, given: ReadonlyMap<string, unknown>, path: Path): void {
    for (const key of given.keys()) {
      const names = Object.keys(members).map((name) => this.spell(name));
      if (names.includes(key)) continue;
      this.refuse([...path, key], `there is no "${key}" here${suggest(key, names)}`);
    }
  }

  #wrongKind(wanted: string, value: unknown, path: Path): undefined {
    return this.refuse(path, `${wanted} is needed, not ${kindOf(value)}`);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? `"${value}"` : String(value);
}

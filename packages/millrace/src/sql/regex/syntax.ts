/**
 * Regular expressions in Java's dialect (`java.util.regex.Pattern`), from text to a tree.
 *
 * What is read here is matched in time linear in the text, so no pattern and no message can stall
 * the server. What that excludes (back-references, lookaround, possessive quantifiers) and what
 * Java itself has read differently over time (`\b`) is refused by name. That is kept apart from
 * what is no pattern in Java either: such a one has a meaning in the language, Undefined.
 */

import {
  type CharacterSet,
  complement,
  escapedSets,
  everything,
  inBothCases,
  lineTerminators,
  namedSets,
  only,
  union,
} from "./character-set.ts";
import { differsWhenEmpty } from "./emptiness.ts";
import { escapedCharacter } from "./escape.ts";
import { PatternReader, PatternRefusal, type RefusalReason } from "./reader.ts";

export type RegexNode =
  | { readonly kind: "characters"; readonly set: CharacterSet }
  | { readonly kind: "sequence"; readonly items: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly options: readonly RegexNode[] }
  | { readonly kind: "group"; readonly number: number; readonly item: RegexNode }
  | {
      readonly kind: "repeat";
      readonly item: RegexNode;
      readonly min: number;
      /** `Infinity` without an upper bound. */
      readonly max: number;
      readonly greedy: boolean;
    }
  /** `^`, `$`, and the very end. */
  | { readonly kind: "start" | "end" | "finish" };

export type RegexSyntax =
  | {
      readonly ok: true;
      readonly root: RegexNode;
      readonly groupCount: number;
      readonly groupNames: ReadonlyMap<string, number>;
    }
  | { readonly ok: false; readonly reason: RefusalReason; readonly message: string };

const repeatMax = 1000;
const depthMax = 50;

/** The tree, or why there is none. */
export function parseRegex(pattern: string): RegexSyntax {
  const parser = new Parser(pattern);
  try {
    const root = parser.parseAll();
    return { ok: true, root, groupCount: parser.groupCount, groupNames: parser.groupNames };
  } catch (thrown) {
    if (!(thrown instanceof PatternRefusal)) throw thrown;
    return { ok: false, reason: thrown.reason, message: thrown.message };
  }
}

class Parser {
  readonly groupNames = new Map<string, number>();
  groupCount = 0;
  readonly #reader: PatternReader;
  #depth = 0;
  #ignoresCase = false;
  #dotIsAll = false;

  constructor(pattern: string) {
    this.#reader = new PatternReader(pattern);
  }

  parseAll(): RegexNode {
    const root = this.#choice();
    if (this.#reader.peek() !== undefined) this.#reader.refuseInvalid('unmatched ")"');
    return root;
  }

  #choice(): RegexNode {
    this.#depth += 1;
    if (this.#depth > depthMax) this.#reader.refuse(`groups nest deeper than ${depthMax}`);
    const options = [this.#sequence()];
    while (this.#reader.take("|")) options.push(this.#sequence());
    this.#depth -= 1;
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (;;) {
      const next = this.#reader.peek();
      if (next === undefined || next === "|" || next === ")") break;
      const atom = this.#atom();
      if (atom) items.push(this.#repeated(atom));
    }
    return items.length === 1 ? items[0]! : { kind: "sequence", items };
  }

  #repeated(item: RegexNode): RegexNode {
    const reader = this.#reader;
    const bounds = this.#bounds();
    if (!bounds) return item;
    if (reader.take("+")) reader.refuse("a possessive quantifier is not implemented");
    if (differsWhenEmpty({ item, ...bounds })) {
      reader.refuse("a repetition of what may be empty in this way is not implemented");
    }
    const repeated: RegexNode = { kind: "repeat", item, ...bounds, greedy: !reader.take("?") };
    const next = reader.peek();
    if (next === "{") reader.refuse("a quantifier after a quantifier is not implemented");
    if (next === "*" || next === "+" || next === "?") {
      reader.refuseInvalid("a quantifier follows a quantifier");
    }
    return repeated;
  }

  #bounds(): { min: number; max: number } | undefined {
    const reader = this.#reader;
    if (reader.take("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (reader.take("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (reader.take("?")) return { min: 0, max: 1 };
    if (!reader.take("{")) return undefined;
    const min = this.#repetition();
    let max = min;
    if (reader.take(",")) {
      max = reader.peek() === "}" ? Number.POSITIVE_INFINITY : this.#repetition();
    }
    reader.expect("}");
    if (max < min) reader.refuseInvalid(`the repetition {${min},${max}} ends before it begins`);
    return { min, max };
  }

  #repetition(): number {
    const text = this.#reader.takeDigits();
    if (text === "") this.#reader.refuseInvalid("a repetition needs a number");
    const value = Number(text);
    if (value > repeatMax) {
      this.#reader.refuse(`a repetition of ${text} is more than ${repeatMax}`);
    }
    return value;
  }

  /** `undefined` for what only changes how the rest is read. */
  #atom(): RegexNode | undefined {
    const reader = this.#reader;
    const character = reader.next();
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return { kind: "characters", set: this.#class() };
      case ".":
        return {
          kind: "characters",
          set: this.#dotIsAll ? everything : complement(lineTerminators),
        };
      case "^":
        return { kind: "start" };
      case "$":
        return { kind: "end" };
      case "\\":
        return this.#escape();
      case "{":
        if (/\d/.test(reader.peek() ?? ""))
          reader.refuse("a quantifier of nothing is not implemented");
        return reader.refuseInvalid('nothing stands before the quantifier "{"');
      case "*":
      case "+":
      case "?":
        return reader.refuseInvalid(`nothing stands before the quantifier "${character}"`);
      default:
        return { kind: "characters", set: this.#single(character) };
    }
  }

  #group(): RegexNode | undefined {
    const reader = this.#reader;
    const outer = { ignoresCase: this.#ignoresCase, dotIsAll: this.#dotIsAll };
    let number = 0;
    if (!reader.take("?")) {
      this.groupCount += 1;
      number = this.groupCount;
    } else if (reader.take("<")) {
      this.groupCount += 1;
      number = this.groupCount;
      this.#nameGroup(number);
    } else if (!reader.take(":") && !this.#takeFlags()) return undefined;
    const item = this.#choice();
    reader.expect(")");
    this.#ignoresCase = outer.ignoresCase;
    this.#dotIsAll = outer.dotIsAll;
    return number === 0 ? item : { kind: "group", number, item };
  }

  #nameGroup(number: number): void {
    const reader = this.#reader;
    const next = reader.peek();
    if (next === "=" || next === "!") reader.refuse(`the group "(?<${next}" is not implemented`);
    const name = reader.takeName();
    if (name === "" || !reader.take(">")) reader.refuseInvalid("a group has no proper name");
    if (this.groupNames.has(name)) reader.refuseInvalid(`two groups are named "${name}"`);
    this.groupNames.set(name, number);
  }

  /** Of `(?i)`, for the rest of the group around it, or of `(?i:...)`. True for the latter. */
  #takeFlags(): boolean {
    const reader = this.#reader;
    let isOn = true;
    for (;;) {
      const flag = reader.next();
      if (flag === ")") return false;
      if (flag === ":") return true;
      if (flag === "-" && isOn) isOn = false;
      else if (flag === "i") this.#ignoresCase = isOn;
      else if (flag === "s") this.#dotIsAll = isOn;
      else if (/^[=!>]$/.test(flag)) reader.refuse(`the group "(?${flag}" is not implemented`);
      else if (/^[dmuxU]$/.test(flag)) reader.refuse(`the flag "${flag}" is not implemented`);
      else reader.refuseInvalid(`there is no flag "${flag}"`);
    }
  }

  #escape(): RegexNode {
    const reader = this.#reader;
    if (reader.take("A")) return { kind: "start" };
    if (reader.take("Z")) return { kind: "end" };
    if (reader.take("z")) return { kind: "finish" };
    return { kind: "characters", set: this.#escapedSet() };
  }

  /** Behind a backslash, inside a class or not. */
  #escapedSet(): CharacterSet {
    const reader = this.#reader;
    const known = escapedSets.get(reader.peek() ?? "");
    if (known) {
      reader.next();
      return known;
    }
    if (reader.peek() === "p" || reader.peek() === "P") return this.#property();
    return this.#ofCase(only(escapedCharacter(reader)));
  }

  #property(): CharacterSet {
    const reader = this.#reader;
    const isNegated = reader.next() === "P";
    const name = reader.take("{") ? reader.takeName() : "";
    const set = namedSets.get(name);
    if (!set || !reader.take("}")) {
      return reader.refuse("this property of characters is not implemented");
    }
    if (this.#ignoresCase && (name === "Lower" || name === "Upper")) {
      reader.refuse(`\\p{${name}} together with the flag "i" is not implemented`);
    }
    return isNegated ? complement(set) : set;
  }

  #class(): CharacterSet {
    const reader = this.#reader;
    const isNegated = reader.take("^");
    const sets: CharacterSet[] = [];
    let isFirst = true;
    while (isFirst || reader.peek() !== "]") {
      isFirst = false;
      sets.push(this.#classMember());
    }
    reader.expect("]");
    const set = union(sets);
    return isNegated ? complement(set) : set;
  }

  #classMember(): CharacterSet {
    const reader = this.#reader;
    const from = this.#classCharacter();
    if (typeof from === "object") return from;
    if (reader.peek() !== "-" || reader.peek(1) === "]") return this.#ofCase(only(from));
    reader.next();
    if (reader.peek() === "[") reader.refuse("a class inside a class is not implemented");
    const to = this.#classCharacter();
    if (typeof to === "object" || to < from) {
      return reader.refuseInvalid("a character range ends before it begins");
    }
    return this.#ofCase([[from, to]]);
  }

  /** A code point, or a set that cannot begin a range. */
  #classCharacter(): number | CharacterSet {
    const reader = this.#reader;
    const next = reader.peek();
    if (next === "[") reader.refuse("a class inside a class is not implemented");
    if (next === "&" && reader.peek(1) === "&") {
      reader.refuse("an intersection of classes is not implemented");
    }
    if (!reader.take("\\")) return reader.next().codePointAt(0)!;
    const escaped = reader.peek() ?? "";
    if (escapedSets.has(escaped) || /^[pP]$/.test(escaped)) return this.#escapedSet();
    return escapedCharacter(reader);
  }

  #single(character: string): CharacterSet {
    return this.#ofCase(only(character.codePointAt(0)!));
  }

  #ofCase(set: CharacterSet): CharacterSet {
    return this.#ignoresCase ? inBothCases(set) : set;
  }
}

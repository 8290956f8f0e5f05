/**
 * Regular expressions in Java's dialect (`java.util.regex.Pattern`), from text to a tree.
 *
 * What is read here is matched in time linear in the text, so no pattern and no message can stall
 * the server. What that excludes (back-references, lookaround, possessive quantifiers) and what
 * Java itself has read differently over time (`\b`) is refused by name.
 */

import { differsWhenEmpty } from "./emptiness.ts";

/** Inclusive ranges of code points, sorted, without overlaps. */
export type CharacterSet = readonly (readonly [first: number, last: number])[];

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
  | { readonly kind: "start" | "end" };

export type RegexSyntax =
  | { readonly ok: true; readonly root: RegexNode; readonly groupCount: number }
  | { readonly ok: false; readonly message: string };

const codePointMax = 0x10ffff;
const repeatMax = 1000;
const depthMax = 50;

const digits: CharacterSet = [[0x30, 0x39]];
const wordCharacters: CharacterSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const whiteSpace: CharacterSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
/** What `.` leaves out and a final `$` may stand before, as Java has it. */
export const lineTerminators: CharacterSet = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x85, 0x85],
  [0x2028, 0x2029],
];

class Refusal extends Error {}

/** The tree, or why there is none. */
export function parseRegex(pattern: string): RegexSyntax {
  const parser = new Parser(pattern);
  try {
    const root = parser.parseAll();
    return { ok: true, root, groupCount: parser.groupCount };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { ok: false, message: thrown.message };
    throw thrown;
  }
}

class Parser {
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;
  groupCount = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  parseAll(): RegexNode {
    const root = this.#choice();
    if (this.#at < this.#characters.length) this.#refuse('unmatched ")"');
    return root;
  }

  #choice(): RegexNode {
    this.#depth += 1;
    if (this.#depth > depthMax) this.#refuse(`groups nest deeper than ${depthMax}`);
    const options = [this.#sequence()];
    while (this.#take("|")) options.push(this.#sequence());
    this.#depth -= 1;
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (let next = this.#peek(); next && next !== "|" && next !== ")"; next = this.#peek()) {
      items.push(this.#repeated(this.#atom()));
    }
    return items.length === 1 ? items[0]! : { kind: "sequence", items };
  }

  #repeated(item: RegexNode): RegexNode {
    let repeated = item;
    for (let bounds = this.#bounds(); bounds; bounds = this.#bounds()) {
      if (this.#take("+")) this.#refuse("a possessive quantifier is not implemented");
      if (differsWhenEmpty({ item, ...bounds })) {
        this.#refuse("a repetition of what may be empty in this way is not implemented");
      }
      repeated = { kind: "repeat", item: repeated, ...bounds, greedy: !this.#take("?") };
      // Java reads `a**` as an error, and so do we.
      if (/^[*+?{]$/.test(this.#peek() ?? "")) this.#refuse("a quantifier follows a quantifier");
    }
    return repeated;
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#take("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take("?")) return { min: 0, max: 1 };
    if (!this.#take("{")) return undefined;
    const min = this.#number();
    let max = min;
    if (this.#take(",")) {
      max = this.#peek() === "}" ? Number.POSITIVE_INFINITY : this.#number();
    }
    this.#expect("}");
    if (max < min) this.#refuse(`the repetition {${min},${max}} ends before it begins`);
    return { min, max };
  }

  #number(): number {
    let text = "";
    while (/^\d$/.test(this.#peek() ?? "")) text += this.#next();
    if (text === "") this.#refuse("a repetition needs a number");
    const value = Number(text);
    if (value > repeatMax) this.#refuse(`a repetition of ${text} is more than ${repeatMax}`);
    return value;
  }

  #atom(): RegexNode {
    const character = this.#next();
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return { kind: "characters", set: this.#class() };
      case ".":
        return { kind: "characters", set: complement(lineTerminators) };
      case "^":
        return { kind: "start" };
      case "$":
        return { kind: "end" };
      case "\\":
        return { kind: "characters", set: this.#escape() };
      case "*":
      case "+":
      case "?":
      case "{":
        return this.#refuse(`nothing stands before the quantifier "${character}"`);
      default:
        return { kind: "characters", set: only(character) };
    }
  }

  #group(): RegexNode {
    let number = 0;
    if (this.#take("?")) {
      if (!this.#take(":")) this.#refuse(`the group "(?${this.#peek() ?? ""}" is not implemented`);
    } else {
      this.groupCount += 1;
      number = this.groupCount;
    }
    const item = this.#choice();
    this.#expect(")");
    return number === 0 ? item : { kind: "group", number, item };
  }

  #escape(): CharacterSet {
    const character = this.#next();
    const hexadecimal = { x: 2, u: 4 }[character];
    if (hexadecimal) return only(this.#hexadecimal(hexadecimal));
    const known = classEscapes.get(character) ?? controlEscapes.get(character);
    if (known) return known;
    // Java reserves the other letters and digits; "\1" is a back-reference.
    if (/^[A-Za-z0-9]$/.test(character)) this.#refuse(`"\\${character}" is not implemented`);
    return only(character);
  }

  #hexadecimal(length: number): string {
    let text = "";
    while (text.length < length) text += this.#next();
    if (!/^[\dA-Fa-f]+$/.test(text)) this.#refuse(`"${text}" is not hexadecimal`);
    return String.fromCodePoint(Number.parseInt(text, 16));
  }

  #class(): CharacterSet {
    const negated = this.#take("^");
    const ranges: [number, number][] = [];
    let isFirst = true;
    while (isFirst || this.#peek() !== "]") {
      isFirst = false;
      for (const [first, last] of this.#classMember()) ranges.push([first, last]);
    }
    this.#expect("]");
    const set = merge(ranges);
    return negated ? complement(set) : set;
  }

  #classMember(): CharacterSet {
    const first = this.#classCharacter();
    if (first.length !== 1 || first[0]![0] !== first[0]![1] || this.#peek() !== "-") return first;
    if (this.#characters[this.#at + 1] === "]") return first;
    this.#next();
    const last = this.#classCharacter();
    const [from, to] = [first[0]![0], last[0]![0]];
    if (last.length !== 1 || last[0]![1] !== to || to < from) {
      this.#refuse("a character range ends before it begins");
    }
    return [[from, to]];
  }

  #classCharacter(): CharacterSet {
    const character = this.#next();
    if (character === "[") this.#refuse("a class inside a class is not implemented");
    if (character === "&" && this.#peek() === "&") {
      this.#refuse("an intersection of classes is not implemented");
    }
    return character === "\\" ? this.#escape() : only(character);
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #next(): string {
    const character = this.#peek();
    if (character === undefined) return this.#refuse("the pattern ends too early");
    this.#at += 1;
    return character;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) this.#refuse(`"${character}" is missing`);
  }

  #refuse(message: string): never {
    throw new Refusal(`${message}, at character ${this.#at + 1} of the pattern`);
  }
}

const classEscapes: ReadonlyMap<string, CharacterSet> = new Map([
  ["d", digits],
  ["D", complement(digits)],
  ["w", wordCharacters],
  ["W", complement(wordCharacters)],
  ["s", whiteSpace],
  ["S", complement(whiteSpace)],
]);

const controlEscapes: ReadonlyMap<string, CharacterSet> = new Map([
  ["t", only("\t")],
  ["n", only("\n")],
  ["r", only("\r")],
  ["f", only("\f")],
]);

function only(character: string): CharacterSet {
  const codePoint = character.codePointAt(0)!;
  return [[codePoint, codePoint]];
}

function merge(ranges: [number, number][]): CharacterSet {
  const merged: [number, number][] = [];
  for (const [first, last] of ranges.sort((left, right) => left[0] - right[0])) {
    const previous = merged.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

function complement(set: CharacterSet): CharacterSet {
  const ranges: [number, number][] = [];
  let from = 0;
  for (const [first, last] of set) {
    if (first > from) ranges.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= codePointMax) ranges.push([from, codePointMax]);
  return ranges;
}

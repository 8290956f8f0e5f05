/**
 * JSON text to a value, with the place of every member and item, so that a problem of a policy or
 * an event pattern can name line and column.
 *
 * Strict JSON [RFC 8259], in one pass. The first syntax error ends it; a member that stands twice
 * in one map does not, but is told: JSON libraries keep one of the two, and for a policy it matters
 * which. Numbers become texts as written: policies compare them as decimals, patterns as texts.
 */

/** Member names and list indexes from the document down to the place. */
export type JsonPath = readonly (string | number)[];

export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export interface JsonProblem extends TextPlace {
  readonly path: JsonPath;
  readonly message: string;
}

export interface JsonText {
  readonly value: unknown;
  readonly places: PlaceTree;
  readonly doubles: readonly JsonProblem[];
}

/** Where a value stands, and all that is in it. */
export interface PlaceTree {
  readonly value: TextPlace;
  /** Of a map's member: where its name begins. */
  readonly name: TextPlace | undefined;
  readonly inside: Map<string | number, PlaceTree>;
}

/** Where the value at the path begins, or its name; `undefined` when there is nothing there. */
export function findPlace(
  tree: PlaceTree,
  path: JsonPath,
  part: "value" | "name",
): TextPlace | undefined {
  let place: PlaceTree | undefined = tree;
  for (const step of path) place = place?.inside.get(step);
  return place?.[part];
}

/** A number of a document, as it was written: `0.10` stays `0.10`. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The value and its places, or the one syntax error. */
export function parseJsonText(
  text: string,
  { nestingMax }: { readonly nestingMax: number },
): { readonly ok: true; readonly json: JsonText } | { readonly ok: false; problem: JsonProblem } {
  const reader = new JsonReader(text, nestingMax);
  try {
    return { ok: true, json: { ...reader.readDocument(), doubles: reader.doubles } };
  } catch (error) {
    if (!(error instanceof SyntaxStop)) throw error;
    return { ok: false, problem: error.problem };
  }
}

interface Placed {
  readonly value: unknown;
  readonly places: PlaceTree;
}

class SyntaxStop extends Error {
  readonly problem: JsonProblem;

  constructor(problem: JsonProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

const blanks = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class JsonReader {
  readonly doubles: JsonProblem[] = [];
  readonly #text: string;
  readonly #nestingMax: number;
  #at = 0;
  // Places are asked for in rising order, so lines are counted once over the whole text.
  #line = 1;
  #lineStart = 0;
  #counted = 0;

  constructor(text: string, nestingMax: number) {
    this.#text = text;
    this.#nestingMax = nestingMax;
  }

  readDocument(): Placed {
    const read = this.#readPlaced([], undefined);
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#stop([], "the document ends before this");
    return read;
  }

  #readPlaced(path: JsonPath, name: TextPlace | undefined): Placed {
    this.#skipBlanks();
    const places: PlaceTree = { value: this.#place(), name, inside: new Map() };
    return { value: this.#readValue(path, places.inside), places };
  }

  #readValue(path: JsonPath, inside: PlaceTree["inside"]): unknown {
    if (path.length > this.#nestingMax) {
      this.#stop(path, `nested deeper than ${this.#nestingMax} levels`);
    }
    const first = this.#text[this.#at];
    if (first === "{") return this.#readMap(path, inside);
    if (first === "[") return this.#readList(path, inside);
    if (first === '"') return this.#readString(path);
    if (this.#take("true")) return true;
    if (this.#take("false")) return false;
    if (this.#take("null")) return null;
    const digits = this.#run(number);
    if (digits !== "") return new JsonNumber(digits);
    const found = first === undefined ? "the end of the text" : `'${first}'`;
    this.#stop(path, `a value is needed, not ${found}`);
  }

  #readMap(path: JsonPath, inside: PlaceTree["inside"]): Record<string, unknown> {
    const members = Object.create(null) as Record<string, unknown>;
    this.#at += 1;
    this.#skipBlanks();
    if (this.#take("}")) return members;
    for (;;) {
      this.#skipBlanks();
      const place = this.#place();
      if (this.#text[this.#at] !== '"') this.#stop(path, "a name in double quotes is needed");
      const name = this.#readString(path);
      const inner = [...path, name];
      if (Object.hasOwn(members, name)) {
        const message = `'${name}' stands here a second time`;
        this.doubles.push({ ...place, path: inner, message });
      }
      this.#skipBlanks();
      if (!this.#take(":")) this.#stop(path, `':' is needed after '${name}'`);
      const member = this.#readPlaced(inner, place);
      members[name] = member.value;
      inside.set(name, member.places);
      this.#skipBlanks();
      if (this.#take("}")) return members;
      if (!this.#take(",")) this.#stop(path, "',' or '}' is needed");
    }
  }

  #readList(path: JsonPath, inside: PlaceTree["inside"]): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    this.#skipBlanks();
    if (this.#take("]")) return items;
    for (;;) {
      const item = this.#readPlaced([...path, items.length], undefined);
      inside.set(items.length, item.places);
      items.push(item.value);
      this.#skipBlanks();
      if (this.#take("]")) return items;
      if (!this.#take(",")) this.#stop(path, "',' or ']' is needed");
    }
  }

  #readString(path: JsonPath): string {
    const start = this.#at;
    const parts: string[] = [];
    this.#at += 1;
    for (;;) {
      parts.push(this.#plainRun());
      const next = this.#text[this.#at];
      if (next === '"') break;
      if (next !== "\\") {
        if (next !== undefined) this.#stop(path, "a control character in a text must be escaped");
        this.#at = start;
        this.#stop(path, "the text in quotes has no end");
      }
      parts.push(this.#readEscape(path));
    }
    this.#at += 1;
    return parts.join("");
  }

  /** Up to the next quote, backslash or control character. */
  #plainRun(): string {
    const start = this.#at;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const code = this.#text.charCodeAt(this.#at);
      if (code < 0x20 || code === 0x22 || code === 0x5c) break;
    }
    return this.#text.slice(start, this.#at);
  }

  #readEscape(path: JsonPath): string {
    const mark = this.#text[this.#at + 1] ?? "";
    const hex = this.#text.slice(this.#at + 2, this.#at + 6);
    if (mark === "u" && /^[0-9A-Fa-f]{4}$/.test(hex)) {
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    if (!Object.hasOwn(escapes, mark)) this.#stop(path, `there is no escape '\\${mark}'`);
    this.#at += 2;
    return escapes[mark]!;
  }

  #skipBlanks(): void {
    this.#run(blanks);
  }

  #run(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #take(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #place(): TextPlace {
    for (; this.#counted < this.#at; this.#counted += 1) {
      if (this.#text[this.#counted] !== "\n") continue;
      this.#line += 1;
      this.#lineStart = this.#counted + 1;
    }
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #stop(path: JsonPath, message: string): never {
    throw new SyntaxStop({ ...this.#place(), path, message });
  }
}

/**
 * JSON to values, digit by digit where a double would not do.
 *
 * `JSON.parse` decides what is JSON. Its result is used when nothing in the text asks for more
 * than it can hold; otherwise the text, now known to be valid, is read once more with exact
 * numbers and ordered keys. Of two members with one key the last wins.
 */

import { sqlLimits } from "./limits.ts";
import { numberFromToken } from "./number.ts";
import { emptyObjectFor, put, type Value } from "./value.ts";
import type { SqlVersion } from "./version.ts";

/** The value, or `undefined` when the text is no JSON document or is nested too deep. */
export function readJson(text: string, version: SqlVersion): Value {
  let parsed: Value;
  try {
    parsed = JSON.parse(text) as Value;
  } catch {
    return undefined; // JSON.parse has no other way to say no
  }
  if (nestsTooDeep(text)) return undefined;
  return needsExactness[version].test(text) ? new ExactReader(text, version).read() : parsed;
}

/**
 * A number with 16 digits or an exponent, or a key of digits alone, which a plain object would
 * move to the front; in the first version also a whole number with a fraction. It may also match
 * inside a string, which costs time and nothing else.
 */
const needsExactness: Readonly<Record<SqlVersion, RegExp>> = {
  "2016-03-23": /(?:^|[:,[])\s*-?(?:[\d.]{16}|\d+(?:\.\d+)?[eE])|"(?:\d+|__proto__)"\s*:/,
  "2015-10-08":
    /(?:^|[:,[])\s*-?(?:[\d.]{16}|\d+(?:\.\d+)?[eE]|\d+\.0+(?!\d))|"(?:\d+|__proto__)"\s*:/,
};

function nestsTooDeep(text: string): boolean {
  if (text.length < 2 * sqlLimits.jsonNestingMax) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') inString = !inString;
    else if (character === "\\") at += 1;
    else if (inString) continue;
    else if (character === "[" || character === "{") {
      depth += 1;
      if (depth > sqlLimits.jsonNestingMax) return true;
    } else if (character === "]" || character === "}") depth -= 1;
  }
  return false;
}

/** Reads a text that is known to be JSON. */
class ExactReader {
  readonly #text: string;
  readonly #version: SqlVersion;
  #at = 0;

  constructor(text: string, version: SqlVersion) {
    this.#text = text;
    this.#version = version;
  }

  read(): Value {
    switch (this.#next()) {
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case '"':
        return this.#string();
      case "t":
        this.#at += 4;
        return true;
      case "f":
        this.#at += 5;
        return false;
      case "n":
        this.#at += 4;
        return null;
      default:
        return this.#number();
    }
  }

  /** The next character that is no white space; stays in front of it. */
  #next(): string | undefined {
    while (" \t\n\r".includes(this.#text[this.#at] ?? "end")) this.#at += 1;
    return this.#text[this.#at];
  }

  #object(): Value {
    const members = new Map<string, Value>();
    this.#at += 1;
    while (this.#next() !== "}") {
      if (this.#text[this.#at] === ",") this.#at += 1;
      this.#next();
      const key = this.#string();
      this.#next();
      this.#at += 1; // the colon
      members.set(key, this.read());
    }
    this.#at += 1;
    const object = emptyObjectFor([...members.keys()]);
    for (const [key, value] of members) put(object, key, value);
    return object;
  }

  #array(): Value {
    const items: Value[] = [];
    this.#at += 1;
    while (this.#next() !== "]") {
      if (this.#text[this.#at] === ",") this.#at += 1;
      items.push(this.read());
    }
    this.#at += 1;
    return items;
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    this.#at += 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #number(): Value {
    const token = /[-+.\deE]*/y;
    token.lastIndex = this.#at;
    const text = token.exec(this.#text)![0];
    this.#at += text.length;
    return numberFromToken(text, this.#version);
  }
}

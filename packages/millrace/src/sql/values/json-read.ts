/**
 * JSON to values, digit by digit where a double would not do.
 *
 * `JSON.parse` decides what is JSON. Its result is used when nothing in the text asks for more than
 * it can hold; otherwise the text, now known to be valid, is read once more with exact numbers and
 * ordered keys. Of two members with one key the last wins.
 */

import { sqlLimits } from "../limits.ts";
import { isFirstVersion, type SqlVersion } from "../version.ts";
import { numberFromToken } from "./number.ts";
import { emptyObjectFor, put, type Value } from "./value.ts";

/** The value, or `undefined` when the text is no JSON document or is nested too deep. */
export function readJson(text: string, version: SqlVersion): Value {
  let parsed: Value;
  try {
    parsed = JSON.parse(text) as Value;
  } catch {
    return undefined; // JSON.parse has no other way to say no
  }
  if (nestsTooDeep(text)) return undefined;
  return mayLose(text, parsed, version) ? new ExactReader(text, version).read() : parsed;
}

/** In the first version a whole number keeps its fraction. It may match inside a string. */
const exactNumberOfFirst = /(?:^|[:,[])\s*-?(?:[\d.]{16}|\d+(?:\.\d+)?[eE]|\d+\.0+(?!\d))/;

/**
 * Whether `JSON.parse` may have rounded a number or changed the order of keys. A long number or an
 * exponent inside a string may be taken for one, which costs time and nothing else.
 */
function mayLose(text: string, parsed: Value, version: SqlVersion): boolean {
  if (losesOrderOrSize(parsed)) return true;
  if (isFirstVersion(version)) return exactNumberOfFirst.test(text);
  // What is left are fractions and negative exponents, which show; most texts have none.
  return fractionOrExponent.test(text) && (hasLongFraction(text) || hasNegativeExponent(text));
}

const fractionOrExponent = /\d(?:\.\d|[eE]-)/;

/** A double carries every number of fewer characters, the point included. */
const lengthMin = 16;

/** A point between digits: with many of them, or with an exponent behind. */
function hasLongFraction(text: string): boolean {
  for (let point = text.indexOf("."); point >= 0; point = text.indexOf(".", point + 1)) {
    let start = point;
    while (isDigit(text.charCodeAt(start - 1))) start -= 1;
    let end = point + 1;
    while (isDigit(text.charCodeAt(end))) end += 1;
    if (start === point || end === point + 1) continue;
    if (end - start >= lengthMin || (text.charCodeAt(end) | 0x20) === 0x65) return true;
    point = end;
  }
  return false;
}

function hasNegativeExponent(text: string): boolean {
  for (let at = text.indexOf("-"); at >= 0; at = text.indexOf("-", at + 1)) {
    const isExponent = (text.charCodeAt(at - 1) | 0x20) === 0x65;
    if (isExponent && isDigit(text.charCodeAt(at - 2))) return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Numbers that a double no longer tells from their neighbours begin at 2^53. */
const sizeMax = 1e15;

/**
 * A plain object enumerates keys of digits first, so its first key says whether it has any. The
 * prototype's own name, as a key, is what a plain object cannot be asked for.
 */
function losesOrderOrSize(value: Value): boolean {
  if (typeof value === "number") return value >= sizeMax || value <= -sizeMax;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(losesOrderOrSize);
  let isFirst = true;
  for (const key in value) {
    if (key === "__proto__" || (isFirst && isDigit(key.charCodeAt(0)) && /^\d+$/.test(key)))
      return true;
    isFirst = false;
    const member = (value as Record<string, Value>)[key];
    if (typeof member !== "string" && losesOrderOrSize(member)) return true;
  }
  return false;
}

function nestsTooDeep(text: string): boolean {
  if (text.length < 2 * sqlLimits.jsonNestingMax) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 0x22) inString = !inString;
    else if (character === 0x5c) at += 1;
    else if (inString) continue;
    else if (character === 0x5b || character === 0x7b) {
      depth += 1;
      if (depth > sqlLimits.jsonNestingMax) return true;
    } else if (character === 0x5d || character === 0x7d) depth -= 1;
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

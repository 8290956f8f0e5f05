/** What messages of one kind have in common: the same keys in the same order, minified. */

import { utf8 } from "../../base/mod.ts";
import { isPlainKey, type Value } from "./value.ts";

/** Longer ones would make learning dear. */
const keysMax = 32;
const headsLengthMax = 2_048;

/** The bytes `{"v":`, then `,"type":` and so on, the keys, and an object of them. */
export interface Form {
  /** All of them joined. */
  readonly heads: Uint8Array;
  /** Where each ends in `heads`. */
  readonly headEnds: readonly number[];
  readonly isAscii: boolean;
  readonly keys: readonly string[];
  readonly indexes: ReadonlyMap<string, number>;
  readonly empty: Readonly<Record<string, Value>>;
  /** To be copied for what will be found, which is quicker than to let an array grow. */
  readonly noValues: readonly Value[];
  readonly noMarks: readonly number[];
}

/** `undefined` when a text of this value could not be read by its form. */
export function formOf(value: Value): Form | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const keys = Object.keys(value);
  if (keys.length === 0 || keys.length > keysMax || !keys.every(isPlainKey)) return undefined;
  const texts = keys.map((key, index) => `${index === 0 ? "{" : ","}${JSON.stringify(key)}:`);
  const heads = utf8(texts.join(""));
  if (heads.length > headsLengthMax) return undefined;
  const headEnds = texts.map((_, index) => utf8(texts.slice(0, index + 1).join("")).length);
  const isAscii = heads.length === texts.join("").length;
  const indexes = new Map(keys.map((key, index) => [key, index]));
  const empty = Object.fromEntries(keys.map((key) => [key, undefined]));
  const noValues = keys.map(() => undefined);
  const noMarks = keys.flatMap(() => [0, 0, -1]);
  return { heads, headEnds, isAscii, keys, indexes, empty, noValues, noMarks };
}

/** A member of payloads that a statement names; it remembers where the latest form has it. */
export class MemberName {
  readonly name: string;
  #form: Form | undefined;
  #index = -1;

  constructor(name: string) {
    this.name = name;
  }

  /** Its number in the form, from 0; -1 when the form has no such member. */
  indexIn(form: Form): number {
    if (form !== this.#form) {
      this.#index = form.indexes.get(this.name) ?? -1;
      this.#form = form;
    }
    return this.#index;
  }
}

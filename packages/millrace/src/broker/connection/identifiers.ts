/**
 * Names for connections in the form of a UUID: one half random and the same for all of this
 * process, the other a count. Each is made when somebody asks, so that an idle connection keeps a
 * number and not a text.
 */

import { newUuid, type Random } from "../../base/mod.ts";

const countDigits = 12;

export class Identifiers {
  readonly #prefix: string;
  #count = 0;

  constructor(random: Random) {
    this.#prefix = newUuid(random).slice(0, -countDigits);
  }

  next(): number {
    this.#count += 1;
    return this.#count;
  }

  text(number: number): string {
    return this.#prefix + number.toString(16).padStart(countDigits, "0");
  }
}

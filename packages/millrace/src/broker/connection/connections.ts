/**
 * All connections there are, as an array: each knows its place, so leaving is one swap. A set would
 * take ten times the memory for the same.
 */

import type { Connection } from "./connection.ts";

export class Connections {
  readonly #all: Connection[] = [];

  get size(): number {
    return this.#all.length;
  }

  add(connection: Connection): void {
    connection.place = this.#all.length;
    this.#all.push(connection);
  }

  delete(connection: Connection): void {
    const { place } = connection;
    if (place < 0) return;
    connection.place = -1;
    const last = this.#all.pop();
    if (!last || last === connection) return;
    this.#all[place] = last;
    last.place = place;
  }

  /** Each once, from the last to the first, so that one may leave while it is looked at. */
  *[Symbol.iterator](): Generator<Connection, undefined> {
    for (let place = this.#all.length - 1; place >= 0; place -= 1) {
      const connection = this.#all[place];
      if (connection) yield connection;
    }
    return undefined;
  }
}

/**
 * Who is there, in the order in which they came, where members come and go all the time.
 *
 * A Set would say the same. But in this runtime each table that a Set has outgrown points to the
 * one after it; once one of them is old, collections of what is young take all that follow for
 * alive, and most of what ever was in them. Of a storm of connections that would be kilobytes for
 * each, until a full collection, and a heap that has grown by them. Here each member knows its
 * neighbours, and who leaves knows nobody any more.
 */

import { assert } from "../base/mod.ts";

/** Its neighbours on the one roster that it may be on, which alone writes them. */
export interface Listed<T> {
  older: T | undefined;
  younger: T | undefined;
}

export class Roster<T extends Listed<T>> {
  #oldest: T | undefined;
  #youngest: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Who came first of those that are there. */
  get oldest(): T | undefined {
    return this.#oldest;
  }

  has(member: T): boolean {
    return member === this.#oldest || member.older !== undefined;
  }

  add(member: T): void {
    assert(!this.has(member), "a member comes once");
    member.older = this.#youngest;
    if (member.older) member.older.younger = member;
    else this.#oldest = member;
    this.#youngest = member;
    this.#size += 1;
  }

  /** Of one that has left already: nothing. */
  delete(member: T): void {
    if (!this.has(member)) return;
    const { older, younger } = member;
    if (older) older.younger = younger;
    else this.#oldest = younger;
    if (younger) younger.older = older;
    else this.#youngest = older;
    member.older = undefined;
    member.younger = undefined;
    this.#size -= 1;
  }

  /** Each once, from who came first; the one that is looked at may leave. */
  *[Symbol.iterator](): Generator<T, undefined> {
    let next: T | undefined;
    for (let member = this.#oldest; member; member = next) {
      next = member.younger;
      yield member;
    }
    return undefined;
  }
}

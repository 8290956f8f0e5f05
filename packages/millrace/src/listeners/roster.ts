/**
 * Who is there, in no order, where members come and go all the time.
 *
 * A Set would say the same. But in this runtime each table that a Set has outgrown points to the
 * one after it; once one of them is old, collections of what is young take all that follow for
 * alive, and most of what ever was in them. Of a storm of connections that would be kilobytes for
 * each, until a full collection, and a heap that has grown by them. A list that is filled from its
 * end keeps nothing of who has left.
 */

import { assert } from "../base/mod.ts";

/** Of a member that is on no roster. */
export const unlisted = -1;

export interface Listed {
  /** Where it stands on the one roster that it may be on, which alone writes it. */
  place: number;
}

export class Roster<T extends Listed> {
  readonly #members: T[] = [];

  get size(): number {
    return this.#members.length;
  }

  has(member: T): boolean {
    return this.#members[member.place] === member;
  }

  add(member: T): void {
    assert(member.place === unlisted, "a member is on one roster, and once");
    member.place = this.#members.length;
    this.#members.push(member);
  }

  /** Of one that has left already: nothing. */
  delete(member: T): void {
    if (!this.has(member)) return;
    const last = this.#members.pop()!;
    if (last !== member) {
      this.#members[member.place] = last;
      last.place = member.place;
    }
    member.place = unlisted;
  }

  /** Those who are there now, however many leave meanwhile. */
  all(): T[] {
    return [...this.#members];
  }
}

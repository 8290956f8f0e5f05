/**
 * The members of a shared subscription: each message goes to one of them (MQTT 5, 4.8.2).
 *
 * Their turn goes round, so that nobody is passed over; who is better placed to take a message
 * now (connected, with room) is the caller's to say.
 */

import type { Subscription } from "./topic-tree.ts";

export const sharePrefix = "$share/";

export interface Share {
  readonly name: string;
  /** What the messages are matched against. */
  readonly filter: string;
}

/** Undefined for a filter that is not shared; `name` or `filter` may be empty or wrong. */
export function parseShare(filter: string): Share | undefined {
  if (!filter.startsWith(sharePrefix)) return undefined;
  const end = filter.indexOf("/", sharePrefix.length);
  if (end < 0) return { name: filter.slice(sharePrefix.length), filter: "" };
  return { name: filter.slice(sharePrefix.length, end), filter: filter.slice(end + 1) };
}

export class ShareGroup<S> {
  readonly members: Subscription<S>[] = [];
  #next = 0;

  /**
   * The member with the best rank whose turn it is, and the turn goes on behind it. A rank of 0
   * cannot take the message at all; `bestRank` ends the search. Undefined when nobody can.
   */
  choose(
    rankOf: (member: Subscription<S>) => number,
    bestRank: number,
  ): Subscription<S> | undefined {
    const { members } = this;
    let best: Subscription<S> | undefined;
    let rankOfBest = 0;
    let placeOfBest = 0;
    for (let step = 0; step < members.length && rankOfBest < bestRank; step += 1) {
      const place = (this.#next + step) % members.length;
      const member = members[place]!;
      const rank = rankOf(member);
      if (rank <= rankOfBest) continue;
      best = member;
      rankOfBest = rank;
      placeOfBest = place;
    }
    if (best) this.#next = placeOfBest + 1;
    return best;
  }
}

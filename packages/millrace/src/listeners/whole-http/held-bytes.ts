/**
 * What connections of one front hold in memory for slow clients: of answers what they have not
 * taken yet, of requests what has come and is not whole, or waits for the answer before it; and of
 * those that were handed over what is between the two sockets. What the server behind holds for
 * them is out of sight.
 *
 * Each has a bound in bytes and one in time; how many clients there are has none here. So all of
 * them together have one, too: beyond it those go that have moved nothing for the longest, as
 * whoever reads or sends, however slowly, comes last again each time.
 */

import { type Listed, Roster } from "../roster.ts";

export interface Holder {
  /** Frees what it holds. */
  cutOff(): void;
}

/** What one connection holds. Few ever hold anything, so that it is made at the first time. */
export class Holding implements Listed<Holding> {
  older: Holding | undefined;
  younger: Holding | undefined;
  readonly holder: Holder;
  /** `HeldBytes` alone writes it. */
  bytes = 0;

  constructor(holder: Holder) {
    this.holder = holder;
  }
}

export class HeldBytes {
  readonly #bytesMax: number;
  /** Whoever moved something last is the youngest. */
  readonly #holdings = new Roster<Holding>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** So much it is now; 0: nothing any more. */
  note(holding: Holding, bytes: number): void {
    this.#set(holding, bytes);
    while (this.#bytes > this.#bytesMax) {
      const longest = this.#holdings.oldest!;
      this.#set(longest, 0);
      longest.holder.cutOff();
    }
  }

  #set(holding: Holding, bytes: number): void {
    this.#holdings.delete(holding);
    if (bytes > 0) this.#holdings.add(holding);
    this.#bytes += bytes - holding.bytes;
    holding.bytes = bytes;
  }
}

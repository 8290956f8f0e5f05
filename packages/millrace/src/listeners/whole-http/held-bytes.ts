/**
 * What connections of one front hold in memory for slow clients: of answers what they have not
 * taken yet, of requests what has come of a body that is not whole.
 *
 * Each has a bound in bytes and one in time; how many clients there are has none here. So all of
 * them together have one, too: beyond it those go that have moved nothing for the longest, as
 * whoever reads or sends, however slowly, comes last again each time.
 */

export interface Holder {
  /** Frees what it holds. */
  cutOff(): void;
}

export class HeldBytes {
  readonly #bytesMax: number;
  /** With its bytes; whoever moved something last is the last. */
  readonly #holders = new Map<Holder, number>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** So much is held for it now; 0: nothing any more. */
  note(holder: Holder, bytes: number): void {
    if (bytes === 0 && this.#holders.size === 0) return; // as nearly always
    this.#forget(holder);
    if (bytes > 0) this.#holders.set(holder, bytes);
    this.#bytes += bytes;
    while (this.#bytes > this.#bytesMax) {
      const [longest] = this.#holders.keys();
      this.#forget(longest!);
      longest!.cutOff();
    }
  }

  #forget(holder: Holder): void {
    this.#bytes -= this.#holders.get(holder) ?? 0;
    this.#holders.delete(holder);
  }
}

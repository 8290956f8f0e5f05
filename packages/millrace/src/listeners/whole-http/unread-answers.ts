/**
 * What connections of one front keep of answers that their clients have not taken.
 *
 * One answer has a bound, and so has the time that a client may take none of it; how many clients
 * there are has none. So all of them together have one, too: beyond it those go that have taken
 * nothing for the longest, as whoever reads, however slowly, is not among them.
 */

export interface Unread {
  /** Frees what it keeps; nobody is told, as nobody reads. */
  cutOff(): void;
}

export class UnreadAnswers {
  readonly #bytesMax: number;
  /** With its bytes; whoever took something last is the last. */
  readonly #waiting = new Map<Unread, number>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** So much is kept for it now; 0: nothing any more. */
  note(unread: Unread, bytes: number): void {
    if (!this.#forget(unread) && bytes === 0) return;
    if (bytes > 0) this.#waiting.set(unread, bytes);
    this.#bytes += bytes;
    while (this.#bytes > this.#bytesMax) {
      const [longest] = this.#waiting.keys();
      this.#forget(longest!);
      longest!.cutOff();
    }
  }

  /** Whether it was there. */
  #forget(unread: Unread): boolean {
    this.#bytes -= this.#waiting.get(unread) ?? 0;
    return this.#waiting.delete(unread);
  }
}

/**
 * The pieces of an answer between the channel and whoever takes them, one reader at a time.
 *
 * Whoever writes is told of each piece when it is taken, and waits when too many are not: so the
 * queue is bounded by the window of the other side.
 */

import { streamQueueBytesMax } from "../limits.ts";

export class PieceQueue implements AsyncIterable<Uint8Array> {
  readonly #onTaken: (bytes: number) => void;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #wake: () => void = () => {};
  #state: "open" | "ended" | "broken" = "open";
  /** What broke the answer off, once all pieces are there. */
  error: Uint8Array | undefined;

  constructor(onTaken: (bytes: number) => void) {
    this.#onTaken = onTaken;
  }

  /** False: the other side does not wait. */
  push(piece: Uint8Array): boolean {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    this.#wake();
    return this.#bytes <= streamQueueBytesMax;
  }

  /** All pieces are there. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#wake();
  }

  /** All pieces are there, and the answer is not whole. */
  fail(error: Uint8Array): void {
    this.error = error;
    this.end();
  }

  /** No more will come: whoever reads gets an error. */
  break(): void {
    if (this.#state === "open") this.#state = "broken";
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece) {
        try {
          yield piece;
        } finally {
          this.#taken(piece);
        }
      } else if (this.#state === "ended") return;
      else if (this.#state === "broken") throw new Error("the process has ended");
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Takes what is left, for nobody; answers at the end. */
  async discard(): Promise<void> {
    while (this.#state === "open" || this.#pieces.length > 0) {
      for (const piece of this.#pieces.splice(0)) this.#taken(piece);
      if (this.#state === "open") await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #taken(piece: Uint8Array): void {
    this.#bytes -= piece.length;
    this.#onTaken(piece.length);
  }
}

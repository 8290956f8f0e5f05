/**
 * The window of a closed loop: who still lacks which of the messages outstanding.
 *
 * Subscribers get messages in order, so a message is never done before the one ahead of it, and
 * its place in the window is its number modulo the window.
 */

export class Window {
  readonly #subscriberCount: number;
  /** How many subscribers still lack the message at this place. */
  readonly #lacking: Int32Array;

  constructor(outstandingMax: number, subscriberCount: number) {
    this.#subscriberCount = subscriberCount;
    this.#lacking = new Int32Array(outstandingMax);
  }

  get outstandingMax(): number {
    return this.#lacking.length;
  }

  /** The messages from `from` up to `to`, excluded, go out. */
  open(from: number, to: number): void {
    for (let number = from; number < to; number += 1) {
      this.#lacking[number % this.#lacking.length] = this.#subscriberCount;
    }
  }

  /** One more subscriber has them; answers how many of them everyone has now. */
  delivered(from: number, to: number): number {
    const lacking = this.#lacking;
    let doneCount = 0;
    for (let number = from; number < to; number += 1) {
      const place = number % lacking.length;
      lacking[place]! -= 1;
      if (lacking[place] === 0) doneCount += 1;
    }
    return doneCount;
  }
}

/**
 * An answer that goes on: lines of JSON as things happen, made when the client has room for them.
 *
 * A client that reads too slowly misses some, and so does one whose filter costs too much; a line
 * `{"missed":n}` stands where they were. While nothing happens an empty line comes now and then, so
 * that nobody takes the connection for a dead one.
 */

import { BoundedQueue, type Clock, utf8 } from "../../base/mod.ts";
import { followerBytesMax, followerLinesMax, followerQuietMsMax } from "../limits.ts";

export const lineHeaders = { "content-type": "application/x-ndjson", "cache-control": "no-store" };

export interface FollowedLinesOptions<T> {
  /** Ends in a line feed. */
  readonly lineOf: (told: T) => string;
  /** What it takes while it waits. */
  readonly bytesOf: (told: T) => number;
  readonly clock: Clock;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

export class FollowedLines<T> {
  readonly #options: FollowedLinesOptions<T>;
  readonly #waiting = new BoundedQueue<T>(followerLinesMax);
  #waitingBytes = 0;
  #missedCount = 0;
  #leftOutCount = 0;
  #isOver = false;
  #stop = () => {};
  #wake = () => {};

  constructor(options: FollowedLinesOptions<T>) {
    this.#options = options;
    options.signal.addEventListener("abort", this.end);
  }

  /** `stop` ends what tells. */
  begin(stop: () => void): void {
    this.#stop = stop;
    if (this.#isOver) stop();
  }

  readonly tell = (told: T): void => {
    const bytes = this.#options.bytesOf(told);
    if (this.#waitingBytes + bytes > followerBytesMax) this.#leftOutCount += 1;
    else if (this.#waiting.push(told)) this.#waitingBytes += bytes;
    this.#wake();
  };

  /** One that is not told. */
  readonly miss = (): void => {
    this.#leftOutCount += 1;
    this.#wake();
  };

  readonly end = (): void => {
    this.#isOver = true;
    this.#stop();
    this.#wake();
  };

  /** With what happened before at its beginning. */
  body(earlier: string): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        // At least one byte, so that the client learns at once that it is heard.
        controller.enqueue(utf8(earlier || "\n"));
      },
      pull: async (controller) => {
        if (this.#waiting.length === 0 && !this.#isOver) await this.#quietOrWoken();
        const lines = this.#takeLines();
        if (this.#isOver && lines === "") controller.close();
        else controller.enqueue(utf8(lines || "\n"));
      },
      cancel: this.end,
    });
  }

  #takeLines(): string {
    let lines = "";
    for (let told = this.#waiting.shift(); told !== undefined; told = this.#waiting.shift()) {
      lines += this.#options.lineOf(told);
    }
    this.#waitingBytes = 0;
    const missedCount = this.#waiting.droppedCount + this.#leftOutCount;
    const missed = missedCount - this.#missedCount;
    this.#missedCount = missedCount;
    return missed === 0 ? lines : `${lines}${JSON.stringify({ missed })}\n`;
  }

  #quietOrWoken(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(followerQuietMsMax, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

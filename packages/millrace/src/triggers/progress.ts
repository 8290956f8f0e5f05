/**
 * How far a shard has been worked off: the last record before which all are finished.
 *
 * That is what is kept, because lanes finish out of turn. A kept position is never ahead of the
 * work, so that after a crash every record that was not finished comes again, and perhaps some that
 * were. One position at a time is being written, and always the newest.
 */

import { errorText, type Logger } from "../base/mod.ts";
import type { KeptWindow } from "./time-window.ts";

/** Where a shard is read on. */
export interface Position {
  /** The number of the last record that is finished; absent: none of it is yet. */
  readonly after?: string;
  /** Older records are passed over; absent: none are, or all of them have been. */
  readonly sinceMs?: number;
  /** The window that was open then. */
  readonly window?: KeptWindow;
  /** All of it is finished, and nothing will be added to it. */
  readonly isOver?: true;
}

export interface Unfinished {
  sequence: string;
  readonly createdMs: number;
  isFinished: boolean;
}

export interface ProgressOptions {
  readonly from: Position;
  /** Answers when the position is durable. */
  readonly keep: (position: Position) => Promise<void>;
  readonly logger: Logger;
}

export class Progress {
  readonly #options: ProgressOptions;
  #position: Position;
  #unfinished: Unfinished[] = [];
  #firstIndex = 0;
  #kept: Position;
  #window: KeptWindow | undefined;
  #writing: Promise<void> | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#position = options.from;
    this.#kept = options.from;
    this.#window = options.from.window;
  }

  /** Of records whose turn is not over. */
  get count(): number {
    return this.#unfinished.length - this.#firstIndex;
  }

  /** When the oldest record was made that is not finished; `undefined`: there is none. */
  get oldestMs(): number | undefined {
    return this.#unfinished[this.#firstIndex]?.createdMs;
  }

  /** The next record in the shard's order. */
  add(sequence: string, createdMs: number): Unfinished {
    const place = { sequence, createdMs, isFinished: false };
    this.#unfinished.push(place);
    return place;
  }

  /** A record that nobody wants; those that follow each other take one place. */
  skip(sequence: string, createdMs: number): void {
    const last = this.count > 0 ? this.#unfinished.at(-1) : undefined;
    if (last?.isFinished) last.sequence = sequence;
    else this.add(sequence, createdMs).isFinished = true;
    this.#advance();
  }

  finish(places: readonly Unfinished[]): void {
    for (const place of places) place.isFinished = true;
    this.#advance();
  }

  /** The window that is open behind what will be finished next. */
  setWindow(window: KeptWindow | undefined): void {
    this.#window = window;
  }

  /** The window is closed, though no record is finished with it. */
  closeWindow(): void {
    this.#window = undefined;
    const { window: _, ...position } = this.#position;
    this.#position = position;
    this.#keep();
  }

  /** The shard has been read to its end, and all of it is finished. */
  end(): void {
    this.#position = { ...this.#position, isOver: true };
    this.#keep();
  }

  /** Answers when the position is on disk, or cannot be put there. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  #advance(): void {
    let last: Unfinished | undefined;
    while (this.#unfinished[this.#firstIndex]?.isFinished) {
      last = this.#unfinished[this.#firstIndex];
      this.#firstIndex += 1;
    }
    if (this.#firstIndex * 2 > this.#unfinished.length) {
      this.#unfinished = this.#unfinished.slice(this.#firstIndex);
      this.#firstIndex = 0;
    }
    if (last === undefined) return;
    const { sinceMs } = this.#options.from;
    const isPast = sinceMs === undefined || last.createdMs > sinceMs;
    this.#position = {
      after: last.sequence,
      ...(!isPast && { sinceMs }), // older ones may follow
      ...(this.#window && { window: this.#window }),
    };
    this.#keep();
  }

  #keep(): void {
    if (this.#kept !== this.#position) this.#writing ??= this.#write();
  }

  /** Ends in the very step that finds nothing left: what is finished after it begins another. */
  async #write(): Promise<void> {
    while (this.#kept !== this.#position) {
      const position = this.#position;
      try {
        await this.#options.keep(position);
      } catch (thrown) {
        // What is finished after this tries again; a crash before that makes records come again.
        const { after } = position;
        const fields = { after, reason: errorText(thrown) };
        this.#options.logger.error("position of a trigger not kept", fields);
        break;
      }
      this.#kept = position;
    }
    this.#writing = undefined;
  }
}

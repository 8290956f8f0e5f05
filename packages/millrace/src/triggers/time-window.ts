/**
 * Tumbling windows: a state that goes from call to call as long as records are of one window, and
 * a last call for it when the window is over. [Lambda: Implementing stateful DynamoDB stream
 * processing]
 *
 * Windows follow the clock from 1970 on; a record belongs to the one in which it was made, or when
 * that is over already, to the one that is open. The state is kept with the position, of the same
 * moment: a call that comes again finds the state that it found before.
 */

import { textOf } from "../base/mod.ts";
import type { Held } from "./batch.ts";
import { triggerLimits } from "./limits.ts";
import type { CallResult } from "./ports.ts";
import type { Verdict } from "./verdict.ts";

export interface KeptWindow {
  readonly startMs: number;
  readonly endMs: number;
  /** What the function answered last. */
  readonly state: unknown;
}

export interface WindowFacts {
  readonly shardId: string;
  readonly streamArn: string;
}

export class TimeWindows {
  readonly #lengthMs: number;
  readonly #facts: WindowFacts;
  #open: KeptWindow | undefined;
  /** The state of the open window has grown too large. */
  #isTooLarge: boolean;

  constructor(seconds: number, open: KeptWindow | undefined, facts: WindowFacts) {
    this.#lengthMs = seconds * 1000;
    this.#open = open;
    this.#facts = facts;
    this.#isTooLarge = open !== undefined && isTooLarge(open.state);
  }

  get open(): KeptWindow | undefined {
    return this.#open;
  }

  /** Whether the open window ends before the record, or at once. */
  isOverBefore(held: Held | undefined): boolean {
    if (!this.#open) return false;
    return this.#isTooLarge || (held !== undefined && held.record.createdMs >= this.#open.endMs);
  }

  /** How many, from the first on, are of one window: the open one, or that of the first. */
  countOf(queue: readonly Held[]): number {
    const endMs = this.#open?.endMs ?? this.#windowOf(queue[0]!).endMs;
    const behind = queue.findIndex(({ record }) => record.createdMs >= endMs);
    return behind < 0 ? queue.length : behind;
  }

  /** The window of the record is open from now on, unless one is. */
  enter(held: Held): void {
    this.#open ??= this.#windowOf(held);
  }

  close(): void {
    this.#open = undefined;
    this.#isTooLarge = false;
  }

  /** The members of the event besides its records, as JSON behind a comma. */
  frame(isFinal: boolean): string {
    const { startMs, endMs, state } = this.#open!;
    const { shardId, streamArn } = this.#facts;
    const members = {
      window: { start: secondOf(startMs), end: secondOf(endMs) },
      state,
      shardId,
      eventSourceARN: streamArn,
      isFinalInvokeForWindow: isFinal,
      isWindowTerminatedEarly: isFinal && this.#isTooLarge,
    };
    return `,${JSON.stringify(members).slice(1, -1)}`;
  }

  /**
   * The verdict, which is failure when the answer has no state. The state counts when something
   * was done.
   */
  judge(result: CallResult, verdict: Verdict): Verdict {
    if (result.kind === "not-run" || result.functionError !== undefined) return verdict;
    const state = stateOf(result.payload);
    if (state === undefined) {
      return { kind: "failed", from: 0, reason: "the answer has no state", answer: result };
    }
    if (verdict.kind === "done" || verdict.from > 0) {
      this.#open = { ...this.#open!, state };
      this.#isTooLarge = isTooLarge(state);
    }
    return verdict;
  }

  #windowOf({ record }: Held): KeptWindow {
    const startMs = Math.floor(record.createdMs / this.#lengthMs) * this.#lengthMs;
    return { startMs, endMs: startMs + this.#lengthMs, state: {} };
  }
}

function isTooLarge(state: unknown): boolean {
  return JSON.stringify(state).length > triggerLimits.stateCharactersMax;
}

function stateOf(payload: Uint8Array): unknown {
  try {
    const answer = JSON.parse(textOf(payload));
    return answer?.state ?? undefined;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return undefined;
  }
}

function secondOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

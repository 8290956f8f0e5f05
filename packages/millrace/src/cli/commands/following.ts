/** What commands share that read lines of JSON from a running node, or follow as they come. */

import { momentOf, systemClock } from "../../base/mod.ts";
import { type Invocation, UsageProblem } from "../command.ts";
import { askDoor } from "../door.ts";

const exitProblem = 1;

export interface Watching {
  readonly url: string;
  /** Says whose keys the request is signed with. */
  readonly invocation: Invocation;
  /** Lines that come within this time of each other are shown at once. */
  readonly gatherMs: number;
  /** When the node has gone, it is waited for. */
  readonly follows: boolean;
  readonly show: (lines: readonly string[]) => void;
}

/** Lines that are remembered while they might be said again; of more some would be shown twice. */
const rememberedLinesMax = 10_000;

/** Between two looks whether a node that has gone is back. */
const backMs = 500;

/** Whoever reads the lines may have seen enough, as `head` does: that is no failure. */
export function endWithReader(output: NodeJS.WriteStream): void {
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `10m` as a moment in milliseconds; a date and time stays what it is. Throws for all else. */
export function momentBefore(text: string, nowMs: number): string {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    if (momentOf(text) !== undefined) return text;
    throw new UsageProblem(`--since must be 30s, 10m, 2h, 1d, or a date and time, not "${text}"`);
  }
  return String(Math.max(0, nowMs - Number(count) * unitMs[unit]!));
}

/**
 * Shows the lines of the answer until it ends; gives the exit code. Whoever follows a node sees
 * what it says after a restart too: each line once, from the last that was shown.
 */
export async function watchLines(watching: Watching): Promise<number> {
  const { invocation, follows } = watching;
  const shown = new ShownLines(systemClock.now());
  let answer = await askDoor(watching.url, invocation);
  for (;;) {
    if ("problem" in answer) return complain(answer.problem);
    const isWhole = await showLines(answer.body!, watching, shown);
    if (!follows) return isWhole ? 0 : complain("the node has gone in the middle of its answer");
    say("the node has gone; this goes on when it is back, until Ctrl-C");
    do {
      await new Promise<void>((resolve) => void systemClock.after(backMs, resolve));
      answer = await askDoor(shown.urlOfLater(watching.url), invocation);
    } while ("problem" in answer && answer.isAway);
    if (!("problem" in answer)) say("the node is back");
  }
}

/** Whether they came to their end. */
async function showLines(
  body: ReadableStream<Uint8Array>,
  { gatherMs, show }: Watching,
  shown: ShownLines,
): Promise<boolean> {
  let waiting: string[] = [];
  let isShowDue = false;
  const flush = () => {
    isShowDue = false;
    if (waiting.length > 0) show(waiting);
    waiting = [];
  };
  try {
    for await (const line of linesOf(body)) {
      if (line === "" || !shown.isNew(line)) continue;
      waiting.push(line);
      if (isShowDue) continue;
      isShowDue = true;
      systemClock.after(gatherMs, flush);
    }
    return true;
  } catch {
    return false; // the socket's end has no better reason than that the node is gone
  } finally {
    flush();
  }
}

/** Which lines were shown, so far that none is shown again by a node that is asked once more. */
class ShownLines {
  /** Of the lines, but for those of a time that is still to come. */
  #latestMs: number;
  /** Those from that moment on, and how many of each. */
  #shown = new Map<string, { readonly ms: number; readonly count: number }>();
  /** How many of each a node that is back may say again. */
  #again = new Map<string, number>();

  constructor(nowMs: number) {
    this.#latestMs = nowMs;
  }

  isNew(line: string): boolean {
    const left = this.#again.get(line) ?? 0;
    if (left > 0) {
      this.#again.set(line, left - 1);
      return false;
    }
    const ms = momentOf(String((JSON.parse(line) as { time?: unknown }).time)) ?? 0;
    if (ms > this.#latestMs && ms <= systemClock.now()) this.#moveTo(ms);
    if (ms >= this.#latestMs && this.#shown.size < rememberedLinesMax) {
      this.#shown.set(line, { ms, count: (this.#shown.get(line)?.count ?? 0) + 1 });
    }
    return true;
  }

  #moveTo(latestMs: number): void {
    this.#latestMs = latestMs;
    for (const [line, { ms }] of this.#shown) if (ms < latestMs) this.#shown.delete(line);
  }

  /** From the last moment on. */
  urlOfLater(url: string): string {
    this.#again = new Map([...this.#shown].map(([line, { count }]) => [line, count]));
    const later = new URL(url);
    later.searchParams.set("since", String(this.#latestMs));
    later.searchParams.delete("limit");
    return later.href;
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function complain(message: string): number {
  say(message);
  return exitProblem;
}

function say(message: string): void {
  process.stderr.write(`millrace: ${message}\n`);
}

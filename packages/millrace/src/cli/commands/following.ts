/** What commands share that read lines of JSON from a running node, or follow as they come. */

import { errorText, momentOf, systemClock } from "../../base/mod.ts";
import { type Invocation, UsageProblem } from "../command.ts";
import { askDoor } from "../door.ts";

const exitProblem = 1;

export interface Watching {
  readonly url: string;
  /** Says whose keys the request is signed with. */
  readonly invocation: Invocation;
  /** Lines that come within this time of each other are shown at once. */
  readonly gatherMs: number;
  readonly show: (lines: readonly string[]) => void;
}

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

/** Shows the lines of the answer until it ends; gives the exit code. */
export async function watchLines({ url, invocation, gatherMs, show }: Watching): Promise<number> {
  const answer = await askDoor(url, invocation);
  if (typeof answer === "string") return complain(answer);
  let waiting: string[] = [];
  let isShowDue = false;
  const flush = () => {
    isShowDue = false;
    if (waiting.length > 0) show(waiting);
    waiting = [];
  };
  try {
    for await (const line of linesOf(answer.body!)) {
      if (line === "") continue;
      waiting.push(line);
      if (isShowDue) continue;
      isShowDue = true;
      systemClock.after(gatherMs, flush);
    }
  } catch (thrown) {
    flush();
    return complain(`the connection to the node broke: ${errorText(thrown)}`);
  }
  flush();
  return 0;
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
  process.stderr.write(`millrace: ${message}\n`);
  return exitProblem;
}

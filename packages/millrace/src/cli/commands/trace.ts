/** `millrace trace`: what the rules of a running node have done, or do as one watches. */

import { errorText, systemClock } from "../../base/mod.ts";
import { type Command, UsageProblem } from "../command.ts";
import { askDoor, dataFlag } from "../door.ts";
import { type Flags, type Given, portProblem } from "../flags.ts";
import { apiPortFlag } from "../shared-flags.ts";
import { styleFor } from "../terminal.ts";
import { type TraceLine, TraceWriter } from "./trace-text.ts";

const exitProblem = 1;
/** Long enough for a rule to end after those that it has set off. */
const gatherMs = 150;

const flags: Flags = {
  follow: {
    type: "boolean",
    short: "f",
    default: "false",
    help: "go on with what happens from now on, until Ctrl-C",
  },
  rule: { type: "string", default: "", placeholder: "NAME", help: "of this rule alone" },
  topic: {
    type: "string",
    default: "",
    placeholder: "FILTER",
    help: "of messages on these topics alone; wildcards as in MQTT",
  },
  outcome: {
    type: "string",
    default: "",
    placeholder: "OUTCOME",
    help: "ok, action-failed, where-false or sql-failed alone",
  },
  "trace-id": {
    type: "string",
    default: "",
    placeholder: "ID",
    help: "what followed from one message; the beginning of the id will do",
  },
  since: {
    type: "string",
    default: "",
    placeholder: "TIME",
    help: "not before this: 30s, 10m, 2h, or a date and time",
  },
  limit: {
    type: "string",
    default: "",
    placeholder: "COUNT",
    help: "so many at most, the newest (100; with --follow none)",
  },
  json: { type: "boolean", default: "false", help: "a line of JSON each, as the server has it" },
  data: dataFlag,
  "api-port": { ...apiPortFlag, help: "where the node's API door is" },
};

export const trace: Command = {
  name: "trace",
  usage: "[--follow] [--rule NAME] [flags]",
  summary: "show what the rules of a running node have done",
  details: `A line for each message that a rule was evaluated on. ✓ says that every action was done,
✗ that something failed, · that WHERE was not true. What a rule set off stands below it.`,
  flags,
  run({ given, environment }) {
    if (given.words.length > 0) throw new UsageProblem(`there is no "${given.words[0]}" here`);
    const url = traceUrl(given, systemClock.now());
    endWithReader(process.stdout);
    const print = given.isOn("json")
      ? (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("")
      : textOf(new TraceWriter(styleFor(process.stdout, environment)));
    return watch(url, given, (lines) => void process.stdout.write(print(lines)));
  },
};

/** Whoever reads the lines may have seen enough, as `head` does: that is no failure. */
function endWithReader(output: NodeJS.WriteStream): void {
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
}

/** The address that the flags come to. Throws when one of them is wrong. */
export function traceUrl(given: Given, nowMs: number): string {
  const port = given.text("api-port");
  const wrong = portProblem("api-port", port);
  if (wrong) throw new UsageProblem(wrong);
  const query = new URLSearchParams();
  for (const flag of ["rule", "topic", "outcome", "limit"]) {
    if (given.has(flag)) query.set(flag, given.text(flag));
  }
  if (given.has("trace-id")) query.set("traceId", given.text("trace-id"));
  if (given.has("since")) query.set("since", sinceOf(given.text("since"), nowMs));
  if (given.isOn("follow")) query.set("follow", "true");
  return `http://127.0.0.1:${port}/_millrace/trace?${query}`;
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function sinceOf(text: string, nowMs: number): string {
  const [, count, unit] = /^(\d{1,9})([smh])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return text;
  return String(nowMs - Number(count) * unitMs[unit]!);
}

/** The text of some lines of JSON, those of one cause together. */
function textOf(writer: TraceWriter): (lines: readonly string[]) => string {
  return (lines) => {
    const parsed = lines.map((line) => JSON.parse(line) as TraceLine | { missed: number });
    const executions = parsed.filter((line): line is TraceLine => !("missed" in line));
    const missed = parsed.reduce((sum, line) => sum + ("missed" in line ? line.missed : 0), 0);
    const told = writer.write(executions);
    return missed === 0 ? told : `${told}… ${missed} came too quickly to be shown\n`;
  };
}

/** Hands on the lines of the answer, those that come shortly after each other at once. */
async function watch(
  url: string,
  given: Given,
  show: (lines: readonly string[]) => void,
): Promise<number> {
  const answer = await askDoor(url, given);
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

/** `millrace trace`: what the rules of a node have done and what was refused, or as one watches. */

import { systemClock } from "../../base/mod.ts";
import { type Command, UsageProblem } from "../command.ts";
import { type Flags, type Given, portProblem } from "../flags.ts";
import { apiPortFlag, dataFlag } from "../shared-flags.ts";
import { styleFor } from "../terminal.ts";
import { endWithReader, momentBefore, watchLines } from "./following.ts";
import { type TraceLine, TraceWriter } from "./trace-text.ts";

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
    help: "ok, action-failed, where-false, sql-failed or refused alone",
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
    help: "not before this: 30s, 10m, 2h, 1d, or a date and time",
  },
  limit: {
    type: "string",
    default: "",
    placeholder: "COUNT",
    help: "so many at most, the newest (100; --follow: none, or all since --since)",
  },
  json: { type: "boolean", default: "false", help: "a line of JSON each, as the server has it" },
  data: dataFlag,
  "api-port": { ...apiPortFlag, help: "where the node's API door is" },
};

export const trace: Command = {
  name: "trace",
  usage: "[--follow] [--rule NAME] [flags]",
  summary: "show what the rules of a running node have done, and what was refused",
  details: `A line for each message that a rule was evaluated on. ✓ says that every action was done,
✗ that something failed, · that WHERE was not true. What a rule set off stands below it. What a
policy refused has its action in the place of the rule, and why.`,
  flags,
  run(invocation) {
    const { given, environment } = invocation;
    if (given.words.length > 0) throw new UsageProblem(`there is no "${given.words[0]}" here`);
    const url = traceUrl(given, systemClock.now());
    endWithReader(process.stdout);
    const print = given.isOn("json")
      ? (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("")
      : textOf(new TraceWriter(styleFor(process.stdout, environment)));
    const show = (lines: readonly string[]) => void process.stdout.write(print(lines));
    return watchLines({ url, invocation, gatherMs, follows: given.isOn("follow"), show });
  },
};

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
  if (given.has("since")) query.set("since", momentBefore(given.text("since"), nowMs));
  if (given.isOn("follow")) query.set("follow", "true");
  return `http://127.0.0.1:${port}/_millrace/trace?${query}`;
}

/** The text of some lines of JSON, those of one cause together. */
function textOf(writer: TraceWriter): (lines: readonly string[]) => string {
  return (lines) => {
    const parsed = lines.map((line) => JSON.parse(line) as TraceLine | { missed: number });
    const events = parsed.filter((line): line is TraceLine => !("missed" in line));
    const missed = parsed.reduce((sum, line) => sum + ("missed" in line ? line.missed : 0), 0);
    const told = writer.write(events);
    return missed === 0 ? told : `${told}… ${missed} came too quickly to be shown\n`;
  };
}

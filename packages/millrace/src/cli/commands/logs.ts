/** `millrace logs`: what the functions of a running node have written, or write as one watches. */

import { systemClock } from "../../base/mod.ts";
import { type Command, UsageProblem } from "../command.ts";
import { type Flags, type Given, portProblem } from "../flags.ts";
import { apiPortFlag, dataFlag } from "../shared-flags.ts";
import { styleFor } from "../terminal.ts";
import { endWithReader, momentBefore, watchLines } from "./following.ts";
import { LogWriter, type ToldLine } from "./logs-text.ts";

/** Lines of one call come together. */
const gatherMs = 30;

const flags: Flags = {
  follow: {
    type: "boolean",
    short: "f",
    default: "false",
    help: "go on with what is written from now on, until Ctrl-C",
  },
  since: {
    type: "string",
    default: "",
    placeholder: "TIME",
    help: "not before this: 30s, 10m, 2h, 1d, or a date and time",
  },
  filter: {
    type: "string",
    default: "",
    placeholder: "PATTERN",
    help: "what matches alone: a filter pattern of CloudWatch Logs",
  },
  limit: {
    type: "string",
    default: "",
    placeholder: "COUNT",
    help: "so many at most, the newest (100; --since: 10000; --follow: none)",
  },
  group: {
    type: "string",
    default: "",
    placeholder: "NAME",
    help: "of a log group that is no function's",
  },
  json: { type: "boolean", default: "false", help: "a line of JSON each, as the server has it" },
  data: dataFlag,
  "api-port": { ...apiPortFlag, help: "where the node's API door is" },
};

export const logs: Command = {
  name: "logs",
  usage: "[FUNCTION] [--follow] [--since TIME] [flags]",
  summary: "show what functions have written",
  details: `A line for each that a function wrote: when, its level, the beginning of the call's
request id. Without a function, the lines of all log groups. Filters: 'ERROR', '?WARN ?ERROR',
'"timed out" -retry', '{ $.level = "ERROR" && $.user.id > 10 }', '[ip, ..., status = 5*]'.`,
  flags,
  run(invocation) {
    const { given, environment } = invocation;
    const url = logsUrl(given, systemClock.now());
    endWithReader(process.stdout);
    const writer = new LogWriter({
      style: styleFor(process.stdout, environment),
      namesGroup: given.words.length === 0 && !given.has("group"),
    });
    const print = given.isOn("json")
      ? (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("")
      : (lines: readonly string[]) =>
          lines.map((line) => writer.write(JSON.parse(line) as ToldLine)).join("");
    const show = (lines: readonly string[]) => void process.stdout.write(print(lines));
    return watchLines({ url, invocation, gatherMs, follows: given.isOn("follow"), show });
  },
};

/** The address that the words and flags come to. Throws when one of them is wrong. */
export function logsUrl(given: Given, nowMs: number): string {
  const [functionName, ...more] = given.words;
  if (more.length > 0) throw new UsageProblem(`one function at a time: "${more[0]}" is another`);
  if (functionName !== undefined && given.has("group")) {
    throw new UsageProblem("a function and --group are not asked for together");
  }
  const port = given.text("api-port");
  const wrong = portProblem("api-port", port);
  if (wrong) throw new UsageProblem(wrong);
  const query = new URLSearchParams();
  if (functionName !== undefined) query.set("function", functionName);
  for (const flag of ["group", "filter", "limit"]) {
    if (given.has(flag)) query.set(flag, given.text(flag));
  }
  if (given.has("since")) query.set("since", momentBefore(given.text("since"), nowMs));
  if (given.isOn("follow")) query.set("follow", "true");
  return `http://127.0.0.1:${port}/_millrace/logs?${query}`;
}

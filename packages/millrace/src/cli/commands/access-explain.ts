/** `millrace access explain`: whether somebody may do something on a running node, and why. */

import { type Command, type Invocation, UsageProblem } from "../command.ts";
import { askDoor } from "../door.ts";
import { type Flags, portProblem } from "../flags.ts";
import { apiPortFlag, dataFlag } from "../shared-flags.ts";
import { type Style, styleFor, visible } from "../terminal.ts";

const exitAllowed = 0;
const exitRefused = 1;
const exitProblem = 2;

const flags: Flags = {
  identity: {
    type: "string",
    default: "",
    placeholder: "WHO",
    help: "a guest's identity, a role, function, rule or access key, or owner",
  },
  action: { type: "string", default: "", placeholder: "ACTION", help: "e.g. iot:Publish" },
  resource: {
    type: "string",
    default: "*",
    placeholder: "ARN",
    help: "what it is about, e.g. arn:aws:iot:us-east-1:000000000000:topic/a",
  },
  key: {
    type: "string",
    multiple: true,
    default: "",
    placeholder: "NAME=VALUE",
    help: "a condition key of the request, e.g. iot:ClientId=a; once for each",
  },
  json: { type: "boolean", default: "false", help: "the answer as JSON" },
  data: dataFlag,
  "api-port": { ...apiPortFlag, help: "where the node's API door is" },
};

export interface Answer {
  readonly arn: string;
  readonly allowed: boolean;
  readonly reason: string;
  readonly decidedBy?: { readonly policy: string; readonly statement: number };
  readonly place?: string;
  readonly remedy?: { readonly sentence: string; readonly statement?: object };
  readonly missingKeys: readonly string[];
}

export const accessExplain: Command = {
  name: "access explain",
  usage: "--identity WHO --action ACTION [--resource ARN] [flags]",
  summary: "say whether somebody may do something, and why",
  details: `Nothing is done. Ends with code 0 when it is allowed, 1 when it is not, 2 when the
question cannot be answered. A rule acts in the role of each of its actions: one answer each.`,
  flags,
  async run(invocation) {
    const { given, environment } = invocation;
    const answer = await askDoor(urlOf(invocation), invocation);
    if ("problem" in answer) {
      process.stderr.write(`millrace: ${answer.problem}\n`);
      return exitProblem;
    }
    const { answers } = (await answer.json()) as { readonly answers: readonly Answer[] };
    const style = styleFor(process.stdout, environment);
    const text = given.isOn("json")
      ? `${JSON.stringify(answers, null, 2)}\n`
      : answers.map((one) => answerText(one, style)).join("\n");
    process.stdout.write(text);
    return answers.every(({ allowed }) => allowed) ? exitAllowed : exitRefused;
  },
};

function urlOf({ given }: Invocation): string {
  const port = given.text("api-port");
  const wrong = portProblem("api-port", port);
  if (wrong) throw new UsageProblem(wrong);
  const [extra] = given.words;
  if (extra !== undefined) throw new UsageProblem(`there is no "${extra}" here`);
  const query = new URLSearchParams();
  for (const flag of ["identity", "action"]) {
    if (given.text(flag) === "") throw new UsageProblem(`--${flag} is missing`);
    query.set(flag, given.text(flag));
  }
  query.set("resource", given.text("resource"));
  for (const key of given.text("key").split("\n").filter(Boolean)) query.append("key", key);
  return `http://127.0.0.1:${port}/_millrace/access?${query}`;
}

/** What is said of one answer, ending with a line feed. */
export function answerText(answer: Answer, style: Style): string {
  const { arn, allowed, reason, decidedBy, place, remedy, missingKeys } = answer;
  const verdict = allowed ? style.good("allowed") : style.bad("refused");
  const lines = [`${verdict}  ${visible(arn)}`, `  ${visible(reason)}`];
  if (decidedBy) {
    const where = place === undefined ? "" : ` at ${visible(place)}`;
    lines.push(`  by statement ${decidedBy.statement} of "${visible(decidedBy.policy)}"${where}`);
  }
  if (missingKeys.length > 0) {
    lines.push(`  keys that were not given: ${visible(missingKeys.join(", "))}`);
  }
  if (remedy) lines.push(`  ${visible(remedy.sentence)}`);
  if (remedy?.statement) lines.push(`  ${style.name(visible(JSON.stringify(remedy.statement)))}`);
  return `${lines.join("\n")}\n`;
}

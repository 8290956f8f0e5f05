/**
 * `millrace rules test`: what the rules of a template, or a statement alone, would do with a
 * message, and why. No node is needed, and nothing is done.
 */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { errorText, utf8, WorldError } from "../../base/mod.ts";
import { type TrialResult, tryStatement, tryTemplate } from "../../node/mod.ts";
import { type TrialMessage, type TriedRule, triedRuleJson } from "../../rules/mod.ts";
import { type Command, UsageProblem } from "../command.ts";
import type { Flags, Given } from "../flags.ts";
import { parameterFlag, readParameters } from "../shared-flags.ts";
import { styleFor } from "../terminal.ts";
import { trialText } from "./trial-text.ts";

const exitFires = 0;
const exitFiresNot = 1;
const exitProblem = 2;

const flags: Flags = {
  topic: {
    type: "string",
    default: "",
    placeholder: "TOPIC",
    help: "the message's topic; $aws/rules/<rule>/... is for that rule alone",
  },
  payload: { type: "string", default: "{}", placeholder: "TEXT", help: "its payload, as it is" },
  "payload-file": {
    type: "string",
    default: "",
    placeholder: "FILE",
    help: "its payload, whatever the bytes; - is standard input",
  },
  "client-id": { type: "string", default: "", placeholder: "ID", help: "who sent it" },
  sql: {
    type: "string",
    default: "",
    placeholder: "STATEMENT",
    help: "a statement alone, in place of a template",
  },
  "sql-version": {
    type: "string",
    default: "2016-03-23",
    placeholder: "VERSION",
    help: "of that statement's language",
  },
  parameter: parameterFlag,
  json: { type: "boolean", default: "false", help: "all of it as JSON" },
};

export const rulesTest: Command = {
  name: "rules test",
  usage: "[template.yaml] [rule] --topic TOPIC [flags]",
  summary: "say what rules would do with a message, and why",
  details: `Nothing is published, called or stored. Ends with code 0 when a rule fires, 1 when none
does, 2 when something is wrong with the template, the statement or the message.`,
  flags,
  async run({ given, environment }) {
    const result = await tried(given);
    if (!result.ok) {
      process.stderr.write(`${result.problems.join("\n\n")}\n`);
      return exitProblem;
    }
    const style = styleFor(process.stdout, environment);
    const text = given.isOn("json")
      ? `${JSON.stringify(result.rules.map(triedRuleJson), null, 2)}\n`
      : sorted(result.rules)
          .map((rule) => trialText(rule, style))
          .join("\n");
    process.stdout.write(text);
    return result.rules.some(isFired) ? exitFires : exitFiresNot;
  },
};

function isFired({ verdict, enabled }: TriedRule): boolean {
  return verdict === "fires" && enabled;
}

/** Those that do not match come last: there is little to say of them. */
function sorted(rules: readonly TriedRule[]): TriedRule[] {
  const rank = ({ verdict }: TriedRule) => (verdict === "not-matched" ? 1 : 0);
  return rules.toSorted((left, right) => rank(left) - rank(right));
}

async function tried(given: Given): Promise<TrialResult> {
  if (!given.has("topic")) throw new UsageProblem("--topic is missing");
  try {
    const message: TrialMessage = {
      topic: given.text("topic"),
      payload: await readPayload(given),
      clientId: given.has("client-id") ? given.text("client-id") : undefined,
    };
    if (given.has("sql")) return await trySql(given, message);
    const { template, ruleName } = readWords(given.words);
    const parameters = readParameters(given.text("parameter"));
    if (typeof parameters === "string") throw new UsageProblem(parameters);
    return await tryTemplate({ template, parameters, ruleName }, message);
  } catch (thrown) {
    if (!(thrown instanceof WorldError)) throw thrown;
    return { ok: false, problems: [`millrace: ${errorText(thrown)}`] };
  }
}

function trySql(given: Given, message: TrialMessage): Promise<TrialResult> {
  if (given.words.length > 0) {
    throw new UsageProblem(`--sql takes the place of a template, here is also "${given.words[0]}"`);
  }
  const statement = { sql: given.text("sql"), sqlVersion: given.text("sql-version") };
  return tryStatement(statement, message);
}

/** A single word is a template when there is such a file, or it looks like one; else a rule. */
function readWords(words: readonly string[]) {
  const [first, second, ...more] = words;
  if (more.length > 0) throw new UsageProblem(`one rule at a time, not also "${more[0]}"`);
  const isRule = first !== undefined && second === undefined && /^\w+$/.test(first);
  if (isRule && !existsSync(first)) return { template: "template.yaml", ruleName: first };
  return { template: first ?? "template.yaml", ruleName: second };
}

async function readPayload(given: Given): Promise<Uint8Array> {
  if (!given.has("payload-file")) return utf8(given.text("payload"));
  if (given.has("payload"))
    throw new UsageProblem("--payload and --payload-file exclude each other");
  const path = given.text("payload-file");
  try {
    return await readFile(path === "-" ? "/dev/stdin" : path);
  } catch (thrown) {
    const message = `the payload "${path}" cannot be read: ${errorText(thrown)}`;
    throw new WorldError("PAYLOAD_NOT_READ", message, thrown);
  }
}

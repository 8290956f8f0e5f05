/**
 * `millrace keys list`, `make`, `revoke`: the access keys of a data folder, whether its node runs
 * or not. A secret is shown once, when its key is made.
 */

import { type Awaitable, WorldError } from "../../base/mod.ts";
import {
  type AccessKey,
  checkRoleName,
  type KeyWithSecret,
  openAccessKeys,
} from "../../node/mod.ts";
import { type Command, type Invocation, UsageProblem } from "../command.ts";
import type { Flag, Flags, Given } from "../flags.ts";
import { dataFlag, parameterFlag, readParameters } from "../shared-flags.ts";

const exitProblem = 1;

const json: Flag = { type: "boolean", default: "false", help: "print JSON" };

const makeFlags: Flags = {
  role: {
    type: "string",
    default: "",
    placeholder: "NAME",
    help: "a role of the template: the key may do what it may; absent: everything",
  },
  template: {
    type: "string",
    default: "template.yaml",
    placeholder: "FILE",
    help: "the template that has the role",
  },
  parameter: parameterFlag,
  data: dataFlag,
  json,
};

export const keysList: Command = {
  name: "keys list",
  usage: "[flags]",
  summary: "list the access keys of a data folder",
  flags: { data: dataFlag, json },
  run: (invocation) =>
    withKeys(invocation, 0, (keys, { given }) => {
      const known = keys.list();
      return given.isOn("json") ? jsonText(known) : known.map(lineOf).join("");
    }),
};

export const keysMake: Command = {
  name: "keys make",
  usage: "[name] [flags]",
  summary: "make an access key, and show its secret once",
  details: `A node that runs knows it at once. What is printed fits into a credentials file; the
name is also that of its sessions, as rules and logs see them.`,
  flags: makeFlags,
  run: (invocation) =>
    withKeys(invocation, 1, async (keys, { given }) => {
      const [name] = given.words;
      if (name !== undefined && !/^[\w+=,.@-]{2,64}$/.test(name)) {
        throw new UsageProblem(`"${name}" is not 2 to 64 of A-Z a-z 0-9 _ + = , . @ -`);
      }
      const roleName = given.text("role");
      if (roleName !== "") await checkRoleName(roleName, templateOf(given));
      const made = keys.make({
        ...(roleName !== "" && { roleName }),
        ...(name !== undefined && { name }),
      });
      return given.isOn("json") ? jsonText(made) : credentialsText(made);
    }),
};

export const keysRevoke: Command = {
  name: "keys revoke",
  usage: "<access key id> [flags]",
  summary: "take an access key back, for good",
  details: `A node that runs refuses it from then on. Temporary credentials that were made with it
go on until they end, an hour at most unless a role says otherwise.`,
  flags: { data: dataFlag },
  run: (invocation) =>
    withKeys(invocation, 1, (keys, { given }) => {
      const [id] = given.words;
      if (id === undefined) throw new UsageProblem("an access key id is missing");
      if (keys.revoke(id)) return `revoked ${id}\n`;
      throw new WorldError("NO_SUCH_KEY", `there is no access key "${id}"`);
    }),
};

function templateOf(given: Given) {
  const parameters = readParameters(given.text("parameter"));
  if (typeof parameters === "string") throw new UsageProblem(parameters);
  return { template: given.text("template"), parameters };
}

type Keys = ReturnType<typeof openAccessKeys>;

/** Prints what `perform` gives; says what was in the way. */
async function withKeys(
  invocation: Invocation,
  wordsMax: number,
  perform: (keys: Keys, invocation: Invocation) => Awaitable<string>,
): Promise<number> {
  const { given } = invocation;
  const extra = given.words[wordsMax];
  if (extra !== undefined) throw new UsageProblem(`there is no "${extra}" here`);
  try {
    process.stdout.write(await perform(openAccessKeys(given.text("data")), invocation));
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof WorldError)) throw thrown;
    process.stderr.write(`millrace: ${thrown.message}\n`);
    return exitProblem;
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function lineOf({ accessKeyId, roleName, name, createdAtMs }: AccessKey): string {
  const whose = roleName === undefined ? "owner" : `role ${roleName}`;
  const made = new Date(createdAtMs).toISOString().slice(0, 16);
  return `${accessKeyId}  ${made}  ${[whose, name].filter(Boolean).join("  ")}\n`;
}

function credentialsText({ accessKeyId, secretAccessKey, name = "default" }: KeyWithSecret) {
  return [
    `[${name}]`,
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
    "",
  ].join("\n");
}

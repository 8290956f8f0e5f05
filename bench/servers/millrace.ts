/** Millrace, as its users start it, with an application that has no rule, or one. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { presign, type SigningCredentials } from "@millrace/mqtt/presign";
import manifest from "../../packages/millrace/package.json" with { type: "json" };
import type { Target } from "../load/workload.ts";
import type { Peer, RunningPeer, StartContext } from "./peer.ts";

const root = join(import.meta.dir, "..", "..");
const program = join(root, "packages", "millrace", "bin", "millrace.js");
const ports = "--port 0 --api-port 0 --mqtt-port 0 --anonymous all --json".split(" ");
const emptyTemplate = join(import.meta.dir, "..", "empty-template.yaml");
const identityTemplate = join(import.meta.dir, "..", "identity-template.yaml");
const region = "us-east-1";
const ruleTemplate = join(import.meta.dir, "..", "rule-template.yaml");

interface Announcement {
  readonly api: string;
  readonly mqtt: string;
  readonly websocket: string;
  readonly pid: number;
}

export const millrace: Peer = {
  name: "millrace",
  objection: () => undefined,
  version: () => manifest.version,
  start: async (context) => {
    if (!context.durable) return start(context, ["--memory"]);
    const dataFolder = join(context.folder, "data");
    return { ...(await start(context, ["--data", dataFolder])), dataFolder };
  },
};

/** The same where a promise is asked for, without keeping it: to be told from the disk. */
export const millraceInMemory: Peer = {
  ...millrace,
  name: "millrace --memory",
  start: (context) => start(context, ["--memory"]),
};

/** With a rule that moves every message from `chat/out/<room>` to `chat/pub/<room>`. */
export const millraceWithRule: Peer = {
  ...millrace,
  start: async (context) => ({
    ...(await start(context, ["--memory", "--parameter", `Qos=${context.qos ?? 1}`], ruleTemplate)),
    hasRule: true,
  }),
};

export const millraceWithoutRule: Peer = { ...millrace, name: "millrace, no rule in the way" };

/** Every client signs with credentials of a role that may do what the benchmarks need. */
export const millraceSigned: Peer = {
  ...millrace,
  async start(context) {
    const { target, pid, api } = await launch(context, ["--data", "data"], identityTemplate);
    const credentials = await takeRole(api, join(context.folder, "data", "credentials"));
    const url = `ws://${target.host}:${target.port}${target.path}`;
    const signed = await presign({ url, region, credentials, nowMs: Date.now() });
    return { target: { ...target, path: pathAndQuery(signed) }, pid };
  },
};

export const millraceUnsigned: Peer = {
  ...millrace,
  name: "millrace, unsigned",
  start: (context) => start(context, ["--data", "data"], identityTemplate),
};

/** As it was signed, without another round of encoding. */
function pathAndQuery(address: string): string {
  return address.slice(address.indexOf("/", "ws://".length));
}

/** Temporary credentials of the role, as a client would have them. */
async function takeRole(endpoint: string, credentialsFile: string): Promise<SigningCredentials> {
  const text = readFileSync(credentialsFile, "utf8");
  const valueIn = (name: string) => new RegExp(`${name} = (.+)`).exec(text)?.[1] ?? "";
  const credentials = {
    accessKeyId: valueIn("aws_access_key_id"),
    secretAccessKey: valueIn("aws_secret_access_key"),
  };
  const tokens = new STSClient({ endpoint, region, credentials });
  const request = { RoleArn: "arn:aws:iam::000000000000:role/guest", RoleSessionName: "bench" };
  const { Credentials: given } = await tokens.send(new AssumeRoleCommand(request));
  return {
    accessKeyId: given?.AccessKeyId ?? "",
    secretAccessKey: given?.SecretAccessKey ?? "",
    sessionToken: given?.SessionToken ?? "",
  };
}

async function start(
  context: StartContext,
  flags: readonly string[],
  template = emptyTemplate,
): Promise<RunningPeer> {
  const { target, pid } = await launch(context, flags, template);
  return { target, pid };
}

async function launch(
  context: StartContext,
  flags: readonly string[],
  template: string,
): Promise<RunningPeer & { readonly api: string }> {
  const { processes, folder, openFilesMax, profileFolder } = context;
  const profiler = profileFolder ? ["--cpu-prof", "--cpu-prof-dir", profileFolder] : [];
  const words = [...profiler, program, "start", ...flags, ...ports, template];
  const options = { cwd: folder, openFilesMax };
  const started = processes.start("millrace", [process.execPath, ...words], options);
  const announced = JSON.parse(await started.nextLine()) as Announcement;
  return { target: targetOf(announced, context), pid: announced.pid, api: announced.api };
}

function targetOf(
  { mqtt, websocket, api }: Announcement,
  { transport, tables }: Pick<StartContext, "transport" | "tables">,
): Target {
  const { hostname, port, pathname } = new URL(
    tables ? api : transport === "tcp" ? mqtt : websocket,
  );
  return { transport, host: hostname, port: Number(port), path: pathname };
}

/** Millrace, as its users start it, with an application that has no rule, or one. */

import { join } from "node:path";
import manifest from "../../packages/millrace/package.json" with { type: "json" };
import type { Target } from "../load/workload.ts";
import type { Peer, RunningPeer, StartContext } from "./peer.ts";

const root = join(import.meta.dir, "..", "..");
const program = join(root, "packages", "millrace", "bin", "millrace.js");
const ports = "--port 0 --api-port 0 --mqtt-port 0 --anonymous all --json".split(" ");
const emptyTemplate = join(import.meta.dir, "..", "empty-template.yaml");
const ruleTemplate = join(import.meta.dir, "..", "rule-template.yaml");

interface Announcement {
  readonly mqtt: string;
  readonly websocket: string;
  readonly api: string;
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

async function start(
  context: StartContext,
  flags: readonly string[],
  template = emptyTemplate,
): Promise<RunningPeer> {
  const { processes, folder, openFilesMax, profileFolder } = context;
  const profiler = profileFolder ? ["--cpu-prof", "--cpu-prof-dir", profileFolder] : [];
  const words = [...profiler, program, "start", ...flags, ...ports, template];
  const options = { cwd: folder, openFilesMax };
  const started = processes.start("millrace", [process.execPath, ...words], options);
  const announced = JSON.parse(await started.nextLine()) as Announcement;
  return { target: targetOf(announced, context), pid: announced.pid };
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

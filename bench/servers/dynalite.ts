/**
 * dynalite, the DynamoDB server from npm, on the Node that its users have: in memory, which is its
 * default, or on LevelDB, which it never asks to sync.
 *
 * LevelDB comes as a prebuilt library inside its package, which is loaded as it lies there; the
 * package's install script, which would build it, does not run.
 */

import { join } from "node:path";
import manifest from "dynalite/package.json" with { type: "json" };
import type { Peer, RunningPeer, StartContext } from "./peer.ts";
import { findProgram } from "./peer.ts";
import { freePort } from "./processes.ts";

const program = join(import.meta.dir, "..", "..", "node_modules", "dynalite", "cli.js");

export const dynalite: Peer = {
  name: "dynalite",
  objection: ({ tables }) => {
    if (!tables) return "speaks no MQTT";
    return findProgram("node") ? undefined : "not installed: it needs node";
  },
  version: () => manifest.version,
  start: (context) => start(context, []),
};

/** The same with its items in a folder. */
export const dynaliteOnDisk: Peer = {
  ...dynalite,
  name: "dynalite on LevelDB",
  start: async (context) => {
    const dataFolder = join(context.folder, "level");
    return { ...(await start(context, ["--path", dataFolder])), dataFolder };
  },
};

async function start({ processes }: StartContext, flags: string[]): Promise<RunningPeer> {
  const port = freePort();
  const words = ["--host", "127.0.0.1", "--port", String(port), "--createTableMs", "0", ...flags];
  const started = processes.start("dynalite", [findProgram("node")!, program, ...words]);
  await started.listening(port);
  return { target: { transport: "tcp", host: "127.0.0.1", port, path: "/" }, pid: started.pid };
}

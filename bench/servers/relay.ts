/** The bare relay of `programs/relay.ts`: an upper bound for this runtime, not a rival. */

import { join } from "node:path";
import type { Transport } from "../load/workload.ts";
import type { Peer } from "./peer.ts";

const program = join(import.meta.dir, "..", "programs", "relay.ts");

export const relay: Peer = {
  name: "bare relay",
  objection: ({ wildcards, durable }) => {
    if (durable) return "keeps nothing";
    return wildcards ? "knows no wildcards" : undefined;
  },
  version: () => `on Bun ${Bun.version}`,
  start: async ({ processes, transport, openFilesMax }) => {
    const command = [process.execPath, program];
    const started = processes.start("bare relay", command, { openFilesMax });
    const ports = JSON.parse(await started.nextLine()) as Record<Transport, number>;
    const target = { transport, host: "127.0.0.1", port: ports[transport], path: "/mqtt" };
    return { target, pid: started.pid };
  },
};

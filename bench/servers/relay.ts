/** The bare relay of `relay.ts`: an upper bound for this runtime, not a rival. */

import { join } from "node:path";
import type { Peer } from "./peer.ts";

const program = join(import.meta.dir, "..", "relay.ts");

export const relay: Peer = {
  name: "bare relay",
  objection: (transport) => (transport === "tcp" ? undefined : "speaks TCP only"),
  version: () => `on Bun ${Bun.version}`,
  start: async ({ processes }) => {
    const started = processes.start("bare relay", [process.execPath, program]);
    const { port } = JSON.parse(await started.firstLine()) as { port: number };
    const target = { transport: "tcp", host: "127.0.0.1", port, path: "" } as const;
    return { target, pid: started.pid };
  },
};

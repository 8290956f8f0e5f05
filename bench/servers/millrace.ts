/** Millrace, as its users start it, with an application that has no rule. */

import { join } from "node:path";
import manifest from "../../packages/millrace/package.json" with { type: "json" };
import type { Target, Transport } from "../load/workload.ts";
import type { Peer } from "./peer.ts";

const root = join(import.meta.dir, "..", "..");
const program = join(root, "packages", "millrace", "bin", "millrace.js");
const flags = "--memory --port 0 --api-port 0 --mqtt-port 0 --anonymous all --json".split(" ");
const template = join(import.meta.dir, "..", "empty-template.yaml");

interface Announcement {
  readonly mqtt: string;
  readonly websocket: string;
  readonly pid: number;
}

export const millrace: Peer = {
  name: "millrace",
  objection: () => undefined,
  version: () => manifest.version,
  start: async ({ processes, transport, folder }) => {
    const command = [process.execPath, program, "start", ...flags, template];
    const started = processes.start("millrace", command, folder);
    const announced = JSON.parse(await started.firstLine()) as Announcement;
    return { target: targetOf(announced, transport), pid: announced.pid };
  },
};

function targetOf({ mqtt, websocket }: Announcement, transport: Transport): Target {
  const { hostname, port, pathname } = new URL(transport === "tcp" ? mqtt : websocket);
  return { transport, host: hostname, port: Number(port), path: pathname };
}

/**
 * nats-server with its MQTT door, which needs JetStream for sessions; with QoS 0 and clean sessions
 * it stores hardly a thing.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram, type Peer, versionFrom } from "./peer.ts";
import { freePort } from "./processes.ts";

export const nats: Peer = {
  name: "nats-server",
  objection: ({ level }) => {
    if (!findProgram("nats-server")) return "not installed: apt-get install nats-server";
    return level === 5 ? "speaks MQTT 3.1.1 only" : undefined;
  },
  version: () => versionFrom([findProgram("nats-server")!, "--version"], /: v(\S+)/),
  start: async ({ processes, folder, transport, openFilesMax }) => {
    const [own, mqtt, websocket] = [freePort(), freePort(), freePort()];
    const configuration = [
      'server_name: "bench"',
      `listen: "127.0.0.1:${own}"`,
      "max_connections: 200000",
      `jetstream { store_dir: ${JSON.stringify(join(folder, "jetstream"))} }`,
      `mqtt { listen: "127.0.0.1:${mqtt}" }`,
      `websocket { listen: "127.0.0.1:${websocket}", no_tls: true }`,
    ];
    const path = join(folder, "nats.conf");
    writeFileSync(path, `${configuration.join("\n")}\n`);
    const command = [findProgram("nats-server")!, "-c", path];
    const started = processes.start("nats-server", command, { openFilesMax });
    const port = transport === "tcp" ? mqtt : websocket;
    await started.listening(port);
    const target = { transport, host: "127.0.0.1", port, path: "/mqtt" };
    return { target, pid: started.pid };
  },
};

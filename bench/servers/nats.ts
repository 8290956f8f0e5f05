/** nats-server with its MQTT door, which needs JetStream for sessions; it stores hardly a thing. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram, type Peer, versionFrom } from "./peer.ts";
import { freePort } from "./processes.ts";

export const nats: Peer = {
  name: "nats-server",
  objection: () =>
    findProgram("nats-server") ? undefined : "not installed: apt-get install nats-server",
  version: () => versionFrom([findProgram("nats-server")!, "--version"], /: v(\S+)/),
  start: async ({ processes, folder, transport }) => {
    const [own, mqtt, websocket] = [freePort(), freePort(), freePort()];
    const configuration = [
      'server_name: "bench"',
      `listen: "127.0.0.1:${own}"`,
      `jetstream { store_dir: ${JSON.stringify(join(folder, "jetstream"))} }`,
      `mqtt { listen: "127.0.0.1:${mqtt}" }`,
      `websocket { listen: "127.0.0.1:${websocket}", no_tls: true }`,
    ];
    const path = join(folder, "nats.conf");
    writeFileSync(path, `${configuration.join("\n")}\n`);
    const started = processes.start("nats-server", [findProgram("nats-server")!, "-c", path]);
    const port = transport === "tcp" ? mqtt : websocket;
    await started.listening(port);
    const target = { transport, host: "127.0.0.1", port, path: "/mqtt" };
    return { target, pid: started.pid };
  },
};

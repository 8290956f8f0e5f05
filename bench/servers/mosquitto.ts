/**
 * mosquitto, with Nagle off, as everyone else here has it; nothing is written to disk.
 *
 * Its WebSocket listener does not start without another one beside it, and takes the name of an
 * interface where others take an address: given an address, it listens to the whole world.
 */

import { writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { findProgram, type Peer, versionFrom } from "./peer.ts";
import { freePort } from "./processes.ts";

export const mosquitto: Peer = {
  name: "mosquitto",
  objection: () =>
    findProgram("mosquitto") ? undefined : "not installed: apt-get install mosquitto",
  version: () => versionFrom([findProgram("mosquitto")!, "-h"], /version (\S+)/),
  start: async ({ processes, folder, transport }) => {
    const [tcp, websocket] = [freePort(), freePort()];
    const configuration = [
      "allow_anonymous true",
      "set_tcp_nodelay true",
      "persistence false",
      "log_type error",
      `listener ${tcp} 127.0.0.1`,
      ...(transport === "tcp" ? [] : websocketListener(websocket)),
    ];
    const path = join(folder, "mosquitto.conf");
    writeFileSync(path, `${configuration.join("\n")}\n`);
    const started = processes.start("mosquitto", [findProgram("mosquitto")!, "-c", path]);
    const port = transport === "tcp" ? tcp : websocket;
    await started.listening(port);
    return { target: { transport, host: "127.0.0.1", port, path: "/mqtt" }, pid: started.pid };
  },
};

function websocketListener(port: number): string[] {
  return [`listener ${port} ${loopbackName()}`, "protocol websockets"];
}

function loopbackName(): string {
  const interfaces = Object.entries(networkInterfaces());
  const loopback = interfaces.find(([, addresses]) =>
    addresses?.some(({ address }) => address === "127.0.0.1"),
  );
  if (!loopback) throw new Error("cannot find the interface of 127.0.0.1");
  return loopback[0];
}

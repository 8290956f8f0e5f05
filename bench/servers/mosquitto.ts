/**
 * mosquitto, with Nagle off, as everyone else here has it. It writes to disk only where a
 * measurement asks for durable sessions, and then in its own way: everything from time to time.
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
  start: async ({ processes, folder, transport, durable, openFilesMax }) => {
    const [tcp, websocket] = [freePort(), freePort()];
    const configuration = [
      "allow_anonymous true",
      "set_tcp_nodelay true",
      "log_type error",
      ...(durable ? persistence(folder) : ["persistence false"]),
      `listener ${tcp} 127.0.0.1`,
      ...(transport === "tcp" ? [] : websocketListener(websocket)),
    ];
    const path = join(folder, "mosquitto.conf");
    writeFileSync(path, `${configuration.join("\n")}\n`);
    const command = [findProgram("mosquitto")!, "-c", path];
    const started = processes.start("mosquitto", command, { openFilesMax });
    const port = transport === "tcp" ? tcp : websocket;
    await started.listening(port);
    return { target: { transport, host: "127.0.0.1", port, path: "/mqtt" }, pid: started.pid };
  },
};

/** Saved every half an hour and at the end, as by default; a line may be as long as it likes. */
function persistence(folder: string): string[] {
  return [
    "persistence true",
    `persistence_location ${folder}/`,
    "autosave_interval 1800",
    "max_queued_messages 0",
    ...(process.getuid?.() === 0 ? ["user root"] : []), // else it could not write to our folder
  ];
}

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

/**
 * The bare relay: what this runtime can do at best, as a yardstick. A toy, not a broker.
 *
 * It speaks just enough MQTT for the generator: CONNECT, SUBSCRIBE to one exact topic, PUBLISH at
 * QoS 0, packets of less than 128 bytes. It copies the bytes of a PUBLISH to the subscribers, a
 * run of them in one write. No checks, no sessions, no back pressure: a write that does not fit
 * ends the process, and the measurement with it.
 */

import type { Socket } from "bun";

interface Client {
  /** The beginning of a packet whose end has not come. */
  rest: Uint8Array;
}

const connack = Uint8Array.of(0x20, 2, 0, 0);
const rooms = new Map<string, Set<Socket<Client>>>();

function write(socket: Socket<Client>, bytes: Uint8Array): void {
  if (socket.write(bytes) === bytes.length) return;
  console.error("cannot relay: a subscriber is too slow for a relay without back pressure");
  process.exit(1);
}

function topicAt(bytes: Uint8Array, at: number): string {
  const length = (bytes[at]! << 8) | bytes[at + 1]!;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at + 2, length).toString("latin1");
}

/** Where the run of PUBLISH packets to the topic of the first ends. */
function endOfRun(bytes: Uint8Array, start: number): number {
  const size = 2 + bytes[start + 1]!;
  const topic = topicAt(bytes, start + 2);
  let end = start + size;
  while (end + size <= bytes.length && topicAt(bytes, end + 2) === topic) end += size;
  return end;
}

function subscribe(socket: Socket<Client>, packet: Uint8Array): void {
  const topic = topicAt(packet, 4);
  const members = rooms.get(topic) ?? new Set();
  rooms.set(topic, members.add(socket));
  write(socket, Uint8Array.of(0x90, 3, packet[2]!, packet[3]!, 0));
}

function receive(socket: Socket<Client>, chunk: Uint8Array): void {
  const bytes = socket.data.rest.length > 0 ? Buffer.concat([socket.data.rest, chunk]) : chunk;
  let at = 0;
  while (at + 2 <= bytes.length && at + 2 + bytes[at + 1]! <= bytes.length) {
    const kind = bytes[at]! >> 4;
    const end = kind === 3 ? endOfRun(bytes, at) : at + 2 + bytes[at + 1]!;
    if (kind === 1) write(socket, connack);
    else if (kind === 8) subscribe(socket, bytes.subarray(at, end));
    else if (kind === 3) {
      const run = bytes.subarray(at, end);
      for (const member of rooms.get(topicAt(bytes, at + 2)) ?? []) write(member, run);
    }
    at = end;
  }
  socket.data.rest = bytes.slice(at);
}

const listener = Bun.listen<Client>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open: (socket) => {
      socket.data = { rest: new Uint8Array(0) };
      socket.setNoDelay(true);
    },
    data: receive,
    close: (socket) => {
      for (const members of rooms.values()) members.delete(socket);
    },
  },
});
console.log(JSON.stringify({ port: listener.port }));

/** One TCP connection to the server under test: packets in order, every wait bounded. */

import { connect, type Socket } from "node:net";
import { firstPacketLength } from "./received.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Line {
  readonly send: (bytes: Uint8Array) => void;
  /** The next packet, `closed` after the last one, or `nothing` when the time is over. */
  readonly next: (milliseconds: number) => Promise<Uint8Array | "closed" | "nothing">;
  /** Ends the connection without a DISCONNECT. */
  readonly hangUp: () => void;
}

/** Rejects when nobody listens. A reset by the server counts as its closing the connection. */
export async function openLine({ host, port }: Address): Promise<Line> {
  const socket = await dial(host, port);
  const packets: Uint8Array[] = [];
  let buffer = new Uint8Array();
  let closed = false;
  let wake = () => {};
  socket.on("data", (bytes: Uint8Array) => {
    buffer = Buffer.concat([buffer, bytes]);
    for (let length = firstPacketLength(buffer); length; length = firstPacketLength(buffer)) {
      packets.push(buffer.subarray(0, length));
      buffer = buffer.subarray(length);
    }
    wake();
  });
  for (const event of ["end", "close", "error"]) {
    socket.on(event, () => {
      closed = true;
      wake();
    });
  }
  return {
    send: (bytes) => void socket.write(bytes),
    hangUp: () => void socket.destroy(),
    async next(milliseconds) {
      if (packets.length === 0 && !closed) await woken(milliseconds);
      return packets.shift() ?? (closed ? "closed" : "nothing");
    },
  };

  function woken(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const deadline = Date.now() + milliseconds;
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        if (packets.length === 0 && !closed && Date.now() < deadline) return;
        clearTimeout(timer);
        wake = () => {};
        resolve();
      };
    });
  }
}

function dial(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}

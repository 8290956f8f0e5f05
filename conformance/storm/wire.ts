/**
 * One connection of a client, over TCP or WebSocket, told apart by the address alone.
 *
 * It can be cut in the ways in which real ones end, also in the middle of a packet, and it may send
 * its bytes in any pieces: packets know nothing of segments and frames.
 */

import { connect, type Socket } from "node:net";

export interface WireEvents {
  readonly receive: (bytes: Uint8Array) => void;
  /** Once, when the other side or the network ended it; not after `cut`. */
  readonly closed: () => void;
}

/**
 * `leave` ends with FIN or a close frame after what was sent; `vanish` ends without a word;
 * `reset` is TCP's RST, over WebSocket it is as `vanish`.
 */
export type Cut = "leave" | "vanish" | "reset";

export interface Wire {
  send(bytes: Uint8Array): void;
  /** Ends it from our side; nothing is received any more. */
  cut(how: Cut): void;
}

/** What the runtime's WebSocket can do beyond a browser's: end without a close frame. */
interface Terminable {
  terminate(): void;
}

const openMsMax = 5_000;

/** Rejects when nobody answers, or not in time. */
export function openWire(url: string, events: WireEvents): Promise<Wire> {
  const { protocol } = new URL(url);
  return protocol === "mqtt:" ? openTcp(url, events) : openWebSocket(url, events);
}

function openTcp(url: string, events: WireEvents): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let isCut = false;
  socket.on("data", (bytes: Uint8Array) => {
    if (!isCut) events.receive(bytes);
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error("no connection in time")), openMsMax);
    let isOpen = false;
    socket.once("connect", () => {
      clearTimeout(timer);
      isOpen = true;
      resolve({
        send: (bytes) => void socket.write(bytes),
        cut(how) {
          isCut = true;
          cutTcp(socket, how);
        },
      });
    });
    socket.on("error", reject); // after the connection is there, `close` says enough
    socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error("closed"));
      if (isOpen && !isCut) events.closed();
    });
  });
}

function cutTcp(socket: Socket, how: Cut): void {
  if (how === "leave") socket.end();
  else if (how === "reset") socket.resetAndDestroy();
  else socket.destroy();
}

function openWebSocket(url: string, events: WireEvents): Promise<Wire> {
  const socket = new WebSocket(url, ["mqtt"]) as WebSocket & Terminable;
  socket.binaryType = "arraybuffer";
  let isCut = false;
  socket.onmessage = ({ data }) => {
    if (!isCut) events.receive(new Uint8Array(data as ArrayBuffer));
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.terminate(), openMsMax);
    let isOpen = false;
    socket.onopen = () => {
      clearTimeout(timer);
      isOpen = true;
      resolve({
        send(bytes) {
          if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(bytes));
        },
        cut(how) {
          isCut = true;
          if (how === "leave") socket.close(1000);
          else socket.terminate();
        },
      });
    };
    socket.onerror = () => reject(new Error(`no WebSocket at ${url}`));
    socket.onclose = () => {
      clearTimeout(timer);
      reject(new Error("closed"));
      if (isOpen && !isCut) events.closed();
    };
  });
}

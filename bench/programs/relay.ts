/**
 * The bare relay: what this runtime can do at best, as a yardstick. A toy, not a broker.
 *
 * No checks, no sessions, no back pressure: a write that does not fit ends the process, and the
 * measurement with it.
 */

import { answer } from "./program.ts";
import { RelayClient } from "./relay-client.ts";

function tooSlow(): never {
  console.error("cannot relay: a subscriber is too slow for a relay without back pressure");
  process.exit(1);
}

const listener = Bun.listen<RelayClient>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open: (socket) => {
      socket.setNoDelay(true);
      socket.data = new RelayClient((bytes) => {
        if (socket.write(bytes) !== bytes.length) tooSlow();
      });
    },
    data: (socket, bytes) => socket.data.receive(bytes),
    close: (socket) => socket.data.leave(),
  },
});

const server = Bun.serve<{ client: RelayClient | undefined }>({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, own) =>
    own.upgrade(request, {
      data: { client: undefined },
      headers: { "sec-websocket-protocol": "mqtt" },
    })
      ? undefined
      : new Response("only WebSockets here", { status: 426 }),
  websocket: {
    idleTimeout: 0,
    open: (socket) => {
      socket.data.client = new RelayClient((bytes) => {
        if (socket.sendBinary(bytes) < 0) tooSlow();
      });
    },
    message: (socket, message) => {
      if (typeof message !== "string") socket.data.client?.receive(message);
    },
    close: (socket) => socket.data.client?.leave(),
  },
});

answer({ tcp: listener.port, websocket: server.port });

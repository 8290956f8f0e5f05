/**
 * A front that answers some requests itself, as whole bytes, and leaves all other connections to
 * the HTTP server behind it.
 *
 * The runtime's server makes a `Request`, a `Response` and a promise of a body for each, which for
 * a small answer costs more than all else. `docs/internals/tables.md` has the figures.
 */

import type { Clock, Logger } from "../../base/mod.ts";
import { type Front, joinServer, untilNone } from "../front.ts";
import { tcpKeepAliveMs, wholeBodyBytesMax, wholeStopMsMax } from "../limits.ts";
import { ownedSocket, type SocketOwner } from "../socket-owner.ts";
import { AnswerEncoder } from "./answer-encoder.ts";
import { WholeConnection, type WholeDoor } from "./whole-connection.ts";

export interface WholeFrontOptions extends Pick<WholeDoor, "taking" | "idleSecondsMax"> {
  readonly host: string;
  readonly port: number;
  /** Where the server listens, on 127.0.0.1. */
  readonly serverPort: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Listens at once; throws what the system says when the address cannot be had. */
export function openWholeFront(options: WholeFrontOptions): Front {
  const { host, port, clock } = options;
  const clients = new Map<number, string>();
  const connections = new Set<WholeConnection>();
  const door: WholeDoor = {
    ...options,
    connections,
    bodyBytesMax: wholeBodyBytesMax,
    encoder: new AnswerEncoder(() => clock.now()),
    handOver: (arrival) => joinServer(arrival, { ...options, clients }),
  };
  const listener = Bun.listen<SocketOwner>({
    hostname: host,
    port,
    allowHalfOpen: true,
    socket: {
      ...ownedSocket,
      binaryType: "buffer",
      open(socket) {
        socket.setNoDelay(true);
        socket.setKeepAlive(true, tcpKeepAliveMs);
        socket.data = new WholeConnection(socket, door);
      },
    },
  });
  return {
    port: listener.port,
    clientAddress: ({ address, port }) => (address === "127.0.0.1" ? clients.get(port) : undefined),
    async stop() {
      listener.stop(false);
      for (const connection of [...connections]) connection.finish();
      await untilNone(() => connections.size, clock, wholeStopMsMax);
      await untilNone(() => clients.size, clock);
    },
  };
}

/**
 * A front that answers requests itself, as whole bytes, and leaves connections with anything but
 * the plain to the HTTP server behind it.
 *
 * The runtime's server makes a `Request`, a `Response` and a promise of a body for each, which for
 * a small answer costs more than all else. `docs/internals/http.md` has the figures.
 *
 * Where a proxy brings the connections, each begins with a PROXY header, which says who asks.
 */

import type { Socket } from "bun";
import { type Clock, type Logger, noBytes } from "../../base/mod.ts";
import { addressOf, type Front, joinServer } from "../front.ts";
import {
  frontStopMsMax,
  heldBytesInAllMax,
  tcpKeepAliveMs,
  wholeBodyBytesMax,
  wholeStopMsMax,
} from "../limits.ts";
import { type Arrival, allowSeconds, ownedSocket, type SocketOwner } from "../socket-owner.ts";
import { untilNone } from "../until-none.ts";
import { AnswerEncoder } from "./answer-encoder.ts";
import { HeldBytes } from "./held-bytes.ts";
import { Refusals, Room } from "./room.ts";
import { WaitingSocket } from "./waiting-socket.ts";
import { WholeConnection, type WholeDoor } from "./whole-connection.ts";

export interface WholeFrontOptions
  extends Pick<
    WholeDoor,
    "meet" | "upgrade" | "failed" | "idleSecondsMax" | "requestSecondsMax" | "atEndOfTurn"
  > {
  /** File descriptors that its connections take, handed over or not; absent: as many as come. */
  readonly connectionFilesMax?: number | undefined;
  /** What it holds for slow clients; absent: 256 MB. */
  readonly heldBytesInAllMax?: number;
  /** Absent: `meet` looks at everything. */
  readonly changing?: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Every connection begins with a PROXY header, which has so long to come; absent: none does. */
  readonly proxyHeaderSecondsMax?: number | undefined;
  /** Where the server listens, on 127.0.0.1. */
  readonly serverPort: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Listens at once; throws what the system says when the address cannot be had. */
export function openWholeFront(options: WholeFrontOptions): Front {
  const { host, port, clock, logger } = options;
  const clients = new Map<number, string>();
  const handedOver = { count: 0 };
  const room = new Room({ handedOver, filesMax: options.connectionFilesMax, clock });
  const refusals = new Refusals({ clock, logger });
  const state = { isStopping: false };
  const held = new HeldBytes(options.heldBytesInAllMax ?? heldBytesInAllMax);
  const door: WholeDoor = {
    changing: [],
    ...options,
    room,
    refusals,
    bodyBytesMax: wholeBodyBytesMax,
    encoder: new AnswerEncoder(() => clock.now()),
    held,
    handOver: (arrival) => joinServer(arrival, { ...options, clients, handedOver, held }),
  };
  const listener = Bun.listen<SocketOwner>({
    hostname: host,
    port,
    allowHalfOpen: true,
    socket: {
      ...ownedSocket,
      binaryType: "buffer",
      open(socket) {
        if (!room.forConnection()) {
          refusals.count(socket.remoteAddress);
          socket.terminate();
          return;
        }
        socket.setNoDelay(true);
        socket.setKeepAlive(true, tcpKeepAliveMs);
        meetSocket(socket, door, { ...options, state });
      },
    },
  });
  return {
    port: listener.port,
    clientAddress: addressOf(clients),
    async stop() {
      state.isStopping = true;
      listener.stop(false);
      room.finish();
      await untilNone(() => room.size, clock, wholeStopMsMax);
      await untilNone(() => clients.size, clock, frontStopMsMax);
    },
  };
}

interface Meeting extends WholeFrontOptions {
  readonly state: { readonly isStopping: boolean };
}

function meetSocket(
  socket: Socket<SocketOwner>,
  door: WholeDoor,
  { proxyHeaderSecondsMax, logger, state }: Meeting,
): void {
  const welcome = ({ remoteAddress, firstBytes }: Arrival) => {
    const connection = new WholeConnection(socket, remoteAddress, door);
    socket.data = connection;
    if (firstBytes.length > 0) connection.onData(asBuffer(firstBytes));
    if (state.isStopping) connection.finish();
  };
  if (proxyHeaderSecondsMax === undefined) {
    welcome({ socket, remoteAddress: socket.remoteAddress, firstBytes: noBytes });
    return;
  }
  socket.data = new WaitingSocket(socket, door.room, { logger, welcome });
  allowSeconds(socket, proxyHeaderSecondsMax);
}

/** The same bytes, as the socket would have given them. */
function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

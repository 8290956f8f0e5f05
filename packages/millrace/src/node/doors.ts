/**
 * The HTTP servers of the two doors.
 *
 * The edge gives `/mqtt` to the broker's listener and everything else to the gateway. The API door
 * always stands on loopback: until identities are enforced, whoever reaches it has every right.
 */

import type { Server } from "bun";
import { errorText, systemClock, WorldError } from "../base/mod.ts";
import type { Broker } from "../broker/mod.ts";
import type { Edge } from "../gateway/mod.ts";
import {
  listenTcp,
  mqttPath,
  mqttWebSocketHandler,
  type TcpListener,
  upgradeMqtt,
  type WebSocketState,
} from "../listeners/mod.ts";

const loopback = "127.0.0.1";

const exitBroken = 70;

/** How long the requests in flight have once a door closes. */
const drainMsMax = 3000;

/** Larger bodies are refused by each operation with its own error. */
const requestBytesMax = 32 * 1_048_576;

const serverOptions = {
  // Calls may take as long as their own time-outs allow.
  idleTimeout: 0,
  maxRequestBodySize: requestBytesMax,
  // Else the runtime would show a page with source code when something goes wrong.
  development: false,
  // Outside development the runtime would share a port that another server has.
  reusePort: false,
  /** A broken invariant: nothing that runs on after it can be trusted. */
  error(error: Error): never {
    process.stderr.write(`${error.stack}\n`);
    process.exit(exitBroken);
  },
} as const;

export type Answer = (request: Request, client: { readonly ip: string }) => Promise<Response>;

export interface Door {
  readonly port: number;
  /** Stops accepting; resolves when the requests in flight are answered, or have had their time. */
  stop(): Promise<void>;
}

/** Opens at once; throws a `WorldError` when the port cannot be had. */
export function openApiDoor(port: number, answer: Answer): Door {
  const server = listen({ what: "the API door", flag: "--api-port", port }, () =>
    Bun.serve({
      hostname: loopback,
      port,
      ...serverOptions,
      fetch: (request, server) => answer(request, clientOf(request, server)),
    }),
  );
  return { port: server.port ?? port, stop: () => drain(server) };
}

export interface EdgeOptions {
  readonly host: string;
  readonly port: number;
  readonly broker: Broker;
  readonly edge: Edge;
  /** Clients prove who they are, so that any page may open a WebSocket. */
  readonly anyOrigin: boolean;
}

/** Opens at once; throws a `WorldError` when the port cannot be had. */
export function openEdge({ host, port, broker, edge, anyOrigin }: EdgeOptions): Door {
  const server = listen({ what: "the edge", flag: "--port", port }, () =>
    Bun.serve<WebSocketState>({
      hostname: host,
      port,
      ...serverOptions,
      websocket: mqttWebSocketHandler(broker, { frameBytesMax: broker.limits.packetBytesMax * 2 }),
      fetch(request, server) {
        if (pathOf(request.url) !== mqttPath) return edge.fetch(request, clientOf(request, server));
        return upgradeMqtt(request, server, { anyOrigin });
      },
    }),
  );
  return { port: server.port ?? port, stop: () => drain(server) };
}

/** Opens at once; throws a `WorldError` when the port cannot be had. */
export function openMqtt(broker: Broker, address: { host: string; port: number }): TcpListener {
  return listen({ what: "MQTT over TCP", flag: "--mqtt-port", port: address.port }, () =>
    listenTcp(broker, address),
  );
}

function listen<T>(door: { what: string; flag: string; port: number }, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const inUse = (error as { code?: string }).code === "EADDRINUSE";
    const reason = inUse ? `port ${door.port} is in use` : errorText(error);
    const advice = `choose another port with ${door.flag}, or 0 for any free one`;
    throw new WorldError("NOT_LISTENING", `${door.what} cannot be opened: ${reason}; ${advice}`);
  }
}

/** A request whose body never comes to an end must not keep the node from closing its records. */
async function drain(server: Server<unknown>): Promise<void> {
  const late = systemClock.after(drainMsMax, () => void server.stop(true));
  await server.stop();
  late.cancel();
}

function clientOf(request: Request, server: Server<unknown>): { readonly ip: string } {
  return { ip: server.requestIP(request)?.address ?? "" };
}

function pathOf(url: string): string {
  const path = url.slice(url.indexOf("/", url.indexOf("//") + 2));
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/**
 * MQTT over WebSocket [MQTT 3.1.1, 6].
 *
 * Frames and packets are independent: the decoder sees one stream of bytes. This room only answers
 * the upgrade and carries bytes; the HTTP server it stands in belongs to the edge.
 *
 * A browser lets any page open a WebSocket to this machine. While clients need no credentials, a
 * page from elsewhere is therefore refused by its Origin; programs send none and are let in.
 */

import type { Server, ServerWebSocket, WebSocketHandler } from "bun";
import type { Broker, Connection, Link } from "../broker/mod.ts";

export interface WebSocketState {
  connection: Connection | undefined;
  link: WebSocketLink | undefined;
  readonly remoteAddress: string;
}

export const mqttPath = "/mqtt";

/** The second is what clients of MQTT 3.1 offer. */
const subprotocols = ["mqtt", "mqttv3.1"];

const idleSecondsMax = 120;

/**
 * Close codes of a client that leaves by itself. Lifecycle events call that a disconnect by the
 * client, as AWS IoT does; its will is published all the same, because only DISCONNECT takes it
 * back.
 */
const farewells: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/**
 * Answers a request for `/mqtt`: `undefined` when it became a WebSocket, else the refusal.
 * The client must offer the subprotocol `mqtt` [MQTT-6.0.0-3], or that of MQTT 3.1.
 */
export function upgradeMqtt(
  request: Request,
  server: Server<WebSocketState>,
  options: { readonly anyOrigin: boolean },
): Response | undefined {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return refusal(426, "this path speaks MQTT over WebSocket", { upgrade: "websocket" });
  }
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",");
  const subprotocol = offered
    .map((name) => name.trim())
    .find((name) => subprotocols.includes(name));
  if (!subprotocol) return refusal(400, 'the WebSocket subprotocol must be "mqtt"');
  const origin = request.headers.get("origin");
  if (!options.anyOrigin && origin !== null && !isLoopbackOrigin(origin)) {
    return refusal(403, `pages from "${origin}" may not connect without credentials`);
  }
  const remoteAddress = server.requestIP(request)?.address ?? "";
  const upgraded = server.upgrade(request, {
    headers: { "sec-websocket-protocol": subprotocol }, // [MQTT-6.0.0-4]
    data: { connection: undefined, link: undefined, remoteAddress },
  });
  return upgraded ? undefined : refusal(400, "not a valid WebSocket handshake");
}

/** What the HTTP server calls for sockets that `upgradeMqtt` let in. */
export function mqttWebSocketHandler(
  broker: Broker,
  limits: { readonly frameBytesMax: number },
): WebSocketHandler<WebSocketState> {
  return {
    maxPayloadLength: limits.frameBytesMax,
    backpressureLimit: 0,
    // A peer that vanished is found by a ping, whatever its keep-alive is.
    idleTimeout: idleSecondsMax,
    sendPings: true,
    open(socket) {
      const link = new WebSocketLink(socket);
      socket.data.link = link;
      socket.data.connection = broker.connect(link);
    },
    message(socket, message) {
      const { connection } = socket.data;
      if (typeof message !== "string") connection?.receive(message);
      else connection?.fail("text frame instead of a binary one", { clause: "MQTT-6.0.0-1" });
    },
    drain(socket) {
      socket.data.link?.drained();
      socket.data.connection?.drained();
    },
    close(socket, code) {
      socket.data.link?.closed();
      if (farewells.has(code)) socket.data.connection?.close("CLIENT_INITIATED_DISCONNECT");
      else socket.data.connection?.lost();
    },
  };
}

class WebSocketLink implements Link {
  readonly transport = "websocket";
  readonly remoteAddress: string;
  readonly #socket: ServerWebSocket<WebSocketState>;
  #writable = true;
  #closed = false;

  constructor(socket: ServerWebSocket<WebSocketState>) {
    this.#socket = socket;
    this.remoteAddress = socket.data.remoteAddress;
  }

  get writable(): boolean {
    return this.#writable;
  }

  write(bytes: Uint8Array): void {
    // The status is -1 when the runtime had to keep some of it back.
    if (this.#socket.sendBinary(bytes) === -1) this.#writable = false;
  }

  drained(): void {
    this.#writable = true;
  }

  closed(): void {
    this.#closed = true;
  }

  end(): void {
    if (!this.#closed) this.#socket.close(1000);
  }

  pause(): void {
    // The runtime has no pause for server sockets; packet ids bound what a client may have open.
  }

  resume(): void {}
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}

function refusal(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}

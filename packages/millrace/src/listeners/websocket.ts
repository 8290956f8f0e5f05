/**
 * MQTT over WebSocket [MQTT 3.1.1, 6].
 *
 * Frames and packets are independent: the decoder sees one stream of bytes. This room only answers
 * the upgrade and carries bytes; the HTTP server it stands in belongs to the edge.
 *
 * A request that is signed says who comes, and is refused when the signature is not right; what
 * that client may do goes with its link. A browser lets any page open a WebSocket to this machine.
 * While clients need no credentials, a page from elsewhere that brings none is therefore refused by
 * its Origin; programs send none and are let in.
 */

import type { Server, ServerWebSocket, WebSocketHandler } from "bun";
import { isLoopbackOrigin } from "../base/mod.ts";
import type { Admission, Broker, Connection, Link } from "../broker/mod.ts";
import { webSocketIdleSecondsMax } from "./limits.ts";

export const mqttPath = "/mqtt";

interface Ports {
  readonly remotePort: number;
  readonly localPort: number | undefined;
}

/** The second is what clients of MQTT 3.1 offer. */
const subprotocols = ["mqtt", "mqttv3.1"];

/** Close codes [RFC6455-7.4.1]. */
const normalClosure = 1000;
const unsupportedData = 1003;

/**
 * Close codes of a client that leaves by itself: those of a page that closes or goes away, and
 * from 3000 on those of an application. The others say that something went wrong.
 */
const farewells: ReadonlySet<number> = new Set([1000, 1001, 1005]);
const applicationCodeMin = 3000;

/** Who is behind a request: somebody, whom nobody believes, or nobody in particular. */
export type Authenticate = (
  request: Request,
  client: { readonly ip: string },
) => { readonly admit: Admission } | { readonly refusal: Response | Promise<Response> } | undefined;

export interface UpgradeOptions {
  /** Pages from anywhere may come without credentials, because those alone let nobody in. */
  readonly anyOrigin: boolean;
  readonly remoteAddress: string;
  readonly authenticate: Authenticate;
}

/**
 * Answers a request for `/mqtt`: `undefined` when it became a WebSocket, else the refusal.
 * The client must offer the subprotocol `mqtt` [MQTT-6.0.0-3], or that of MQTT 3.1.
 */
export function upgradeMqtt(
  request: Request,
  server: Server<WebSocketLink>,
  options: UpgradeOptions,
): Response | Promise<Response> | undefined {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return refusal(426, "this path speaks MQTT over WebSocket", { upgrade: "websocket" });
  }
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",");
  const subprotocol = offered
    .map((name) => name.trim())
    .find((name) => subprotocols.includes(name));
  if (!subprotocol) return refusal(400, 'the WebSocket subprotocol must be "mqtt"');
  const known = options.authenticate(request, { ip: options.remoteAddress });
  if (known && "refusal" in known) return known.refusal;
  const origin = request.headers.get("origin");
  if (!known && !options.anyOrigin && origin !== null && !isLoopbackOrigin(origin)) {
    return refusal(403, `pages from "${origin}" may not connect without credentials`);
  }
  const upgraded = server.upgrade(request, {
    headers: { "sec-websocket-protocol": subprotocol }, // [MQTT-6.0.0-4] [MQTT5-6.0.0-4]
    data: new WebSocketLink(options.remoteAddress, {
      ports: portsOf(request, server, options),
      admit: known?.admit,
    }),
  });
  return upgraded ? undefined : refusal(400, "not a valid WebSocket handshake");
}

/** Behind a proxy the ports are those of its own connection, and say nothing. */
function portsOf(
  request: Request,
  server: Server<WebSocketLink>,
  { remoteAddress }: { readonly remoteAddress: string },
): Ports | undefined {
  const peer = server.requestIP(request);
  if (peer?.address !== remoteAddress) return undefined;
  return { remotePort: peer.port, localPort: server.port };
}

/** What the HTTP server calls for sockets that `upgradeMqtt` let in. */
export function mqttWebSocketHandler(
  broker: Broker,
  limits: { readonly frameBytesMax: number },
): WebSocketHandler<WebSocketLink> {
  return {
    maxPayloadLength: limits.frameBytesMax,
    backpressureLimit: 0,
    // A peer that vanished is found by a ping, whatever its keep-alive is.
    idleTimeout: webSocketIdleSecondsMax,
    sendPings: true,
    open: (socket) => socket.data.open(socket, broker),
    message: (socket, message) => socket.data.receive(message),
    drain: (socket) => socket.data.drained(),
    close: (socket, code) => socket.data.closed(code),
  };
}

/**
 * A client of the broker over WebSocket.
 *
 * The runtime keeps what the kernel does not take. Ending lingers there: its close frame goes out
 * behind the last bytes, then FIN; what comes in is thrown away, and 16 seconds later the socket is
 * closed, whatever the other side does.
 */
export class WebSocketLink implements Link {
  readonly remoteAddress: string;
  readonly admit: Admission | undefined;
  readonly #remotePort: number | undefined;
  readonly #localPort: number | undefined;
  #socket: ServerWebSocket<WebSocketLink> | undefined;
  #connection: Connection | undefined;
  #writable = true;
  #ended = false;
  #closeCode = normalClosure;

  constructor(remoteAddress: string, { ports, admit }: { ports?: Ports; admit?: Admission } = {}) {
    this.remoteAddress = remoteAddress;
    this.admit = admit;
    this.#remotePort = ports?.remotePort;
    this.#localPort = ports?.localPort;
  }

  get addresses(): Link["addresses"] {
    return { remotePort: this.#remotePort, localPort: this.#localPort };
  }

  get transport(): "websocket" {
    return "websocket";
  }

  get writable(): boolean {
    return this.#writable;
  }

  /** From here on the messages are the broker's; it may end the socket at once. */
  open(socket: ServerWebSocket<WebSocketLink>, broker: Broker): void {
    this.#socket = socket;
    this.#connection = broker.connect(this);
  }

  write(bytes: Uint8Array): void {
    // The status is -1 when the runtime had to keep some of it back.
    if (this.#socket?.sendBinary(bytes) === -1) this.#writable = false;
  }

  receive(message: string | Uint8Array): void {
    if (this.#ended) return;
    if (typeof message !== "string") {
      this.#connection?.receive(message); // [MQTT-6.0.0-2] [MQTT5-6.0.0-2]
      return;
    }
    this.#closeCode = unsupportedData;
    // [MQTT5-6.0.0-1]
    this.#connection?.fail("text frame instead of a binary one", { clause: "MQTT-6.0.0-1" });
  }

  drained(): void {
    this.#writable = true;
    this.#connection?.drained();
  }

  closed(code: number): void {
    this.#ended = true;
    if (farewells.has(code) || code >= applicationCodeMin) this.#connection?.left();
    this.#connection?.gone();
  }

  end(): void {
    if (this.#ended) return;
    // The last packets may still wait for a slow reader; the runtime keeps them for the moment.
    if (!this.#writable) this.drained();
    this.#ended = true;
    this.#socket?.resume(); // a socket that is not read does not see the other side end
    this.#socket?.close(this.#closeCode);
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }
}

function refusal(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}

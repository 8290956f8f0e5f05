/**
 * MQTT over WebSocket as the runtime's HTTP server carries it [MQTT 3.1.1, 6].
 *
 * Frames and packets are independent: the decoder sees one stream of bytes. This room only answers
 * the upgrade and carries bytes; the HTTP server it stands in belongs to the edge.
 */

import type { Server, ServerWebSocket, WebSocketHandler } from "bun";
import type { Admission, Broker, Connection, Link } from "../broker/mod.ts";
import { webSocketIdleSecondsMax } from "./limits.ts";
import { closeCodes, isFarewell } from "./websocket/close-codes.ts";
import { acceptMqtt, type UpgradeOptions } from "./websocket/handshake.ts";
import type { WholeAnswer } from "./whole-http/whole-connection.ts";

interface Ports {
  readonly remotePort: number;
  readonly localPort: number | undefined;
}

/** Answers a request for `/mqtt`: `undefined` when it became a WebSocket, else the refusal. */
export function upgradeMqtt(
  request: Request,
  server: Server<WebSocketLink>,
  options: UpgradeOptions,
): Response | Promise<Response> | undefined {
  const acceptance = acceptMqtt(request, options);
  if ("refusal" in acceptance) {
    const { refusal } = acceptance;
    return refusal instanceof Promise ? refusal.then(responseOf) : responseOf(refusal);
  }
  const { subprotocol, admit } = acceptance;
  const ports = portsOf(request, server, options);
  const upgraded = server.upgrade(request, {
    headers: { "sec-websocket-protocol": subprotocol },
    data: new WebSocketLink(options.remoteAddress, { ports, admit }),
  });
  return upgraded ? undefined : new Response("not a valid WebSocket handshake\n", { status: 400 });
}

function responseOf({ status, headers, body }: WholeAnswer): Response {
  return new Response(new Uint8Array(body), { status, headers });
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
  #closeCode: number = closeCodes.normal;

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
    this.#closeCode = closeCodes.unsupportedData;
    // [MQTT5-6.0.0-1]
    this.#connection?.fail("text frame instead of a binary one", { clause: "MQTT-6.0.0-1" });
  }

  drained(): void {
    this.#writable = true;
    this.#connection?.drained();
  }

  closed(code: number): void {
    this.#ended = true;
    if (isFarewell(code)) this.#connection?.left();
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

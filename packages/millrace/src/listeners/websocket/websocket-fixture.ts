/** For the tests of this room: a door of WebSockets, frames as text, and clients made of bytes. */

import type { Socket } from "bun";
import { type Awaitable, systemClock } from "../../base/mod.ts";
import { type Caller, call, Reception } from "../listener-fixture.ts";
import { ownedSocket, SocketOwner } from "../socket-owner.ts";
import { AnswerEncoder } from "../whole-http/answer-encoder.ts";
import type { SmallAnswer } from "../whole-http/whole-answer.ts";
import { acceptMqtt, type UpgradeHead } from "./handshake.ts";
import { MqttWebSockets } from "./mqtt-websockets.ts";
import type { WebSocketLink } from "./websocket-link.ts";

/** Opcodes. [RFC 6455: 5.2] */
export const [continuation, text, binary, closing, ping, pong] = [0, 1, 2, 8, 9, 10] as const;

export const sampleKey = "dGhlIHNhbXBsZSBub25jZQ==";

interface FrameOptions {
  /** More of the message follows. */
  readonly more?: boolean;
  /** Four bytes; those of zero leave the payload as it is. */
  readonly mask?: string;
}

/** A frame as clients send it, as Latin-1. */
export function frame(
  opcode: number,
  payload: string,
  { more = false, mask = "\0\0\0\0" }: FrameOptions = {},
): string {
  const { length } = payload;
  const first = String.fromCharCode(opcode | (more ? 0 : 0x80));
  return first + lengthText(length, 0x80) + mask + masked(payload, mask);
}

/** As a server sends it: without a mask. */
export function served(opcode: number, payload: string): string {
  return String.fromCharCode(0x80 | opcode) + lengthText(payload.length, 0) + payload;
}

/** A server's close frame. */
export function closed(code: number): string {
  return served(closing, codeText(code));
}

export function codeText(code: number): string {
  return String.fromCharCode(code >> 8, code & 255);
}

function lengthText(length: number, maskBit: number): string {
  if (length < 126) return String.fromCharCode(maskBit | length);
  const bytes = Buffer.alloc(length < 65_536 ? 2 : 8);
  bytes.writeUIntBE(length, Math.max(0, bytes.length - 6), Math.min(6, bytes.length));
  return String.fromCharCode(maskBit | (bytes.length === 2 ? 126 : 127)) + bytes.toString("latin1");
}

function masked(payload: string, mask: string): string {
  if (mask === "\0\0\0\0") return payload;
  const bytes = Buffer.from(payload, "latin1").map((byte, at) => byte ^ mask.charCodeAt(at & 3));
  return Buffer.from(bytes).toString("latin1");
}

interface Opening {
  readonly reception: Reception;
  /** Absent: as a proxy would have told it. */
  readonly remoteAddress?: string;
  readonly door?: MqttWebSockets;
}

/** Reads the head of one request, and offers it to the door. */
class HandshakeSocket extends SocketOwner {
  readonly #door: MqttWebSockets;
  readonly #remoteAddress: string;
  #received = Buffer.alloc(0);

  constructor(socket: Socket<SocketOwner>, door: MqttWebSockets, remoteAddress: string) {
    super(socket);
    this.#door = door;
    this.#remoteAddress = remoteAddress;
  }

  protected override take(bytes: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const remoteAddress = this.#remoteAddress;
    const head = headOf(this.#received.toString("latin1", 0, end));
    const authenticate = () => undefined;
    const acceptance = acceptMqtt(head, { anyOrigin: false, remoteAddress, authenticate });
    const firstBytes = this.#received.subarray(end + 4);
    if ("refusal" in acceptance) void this.#refuse(acceptance.refusal);
    else this.#door.open({ socket: this.socket, remoteAddress, firstBytes }, acceptance);
  }

  async #refuse(refusal: Awaitable<SmallAnswer>): Promise<void> {
    const manner = { isLast: true, headOnly: false };
    const encoder = new AnswerEncoder(() => systemClock.now());
    const length = encoder.encode(await refusal, manner);
    this.write(encoder.bytes, length);
    this.end();
  }

  protected override drained(): void {}
  protected override ended(): void {}
  protected override gone(): void {}
}

function headOf(text: string): UpgradeHead {
  const [requestLine = "", ...lines] = text.split("\r\n");
  const [method = "", target = ""] = requestLine.split(" ");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { method, url: `http://localhost${target}`, headers };
}

/** A server of nothing but MQTT over WebSocket; stops with the test file. */
export function serve(opening: Opening): number {
  const { reception, remoteAddress = "192.0.2.7" } = opening;
  const { door = new MqttWebSockets(reception.broker) } = opening;
  const listener = Bun.listen<SocketOwner>({
    hostname: "127.0.0.1",
    port: 0,
    allowHalfOpen: true,
    socket: {
      ...ownedSocket,
      binaryType: "buffer",
      open(socket) {
        socket.setNoDelay(true);
        socket.data = new HandshakeSocket(socket, door, remoteAddress);
      },
    },
  });
  onEnd(() => listener.stop(true));
  return listener.port;
}

const ends: (() => void)[] = [];

/** At the end of a test file: `afterAll(endAll)`. */
export function endAll(): void {
  for (const end of ends.splice(0)) end();
}

export function onEnd(end: () => void): void {
  ends.push(end);
}

export function handshake(subprotocol = "mqtt"): string {
  return [
    "GET /mqtt HTTP/1.1",
    "Host: localhost",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${sampleKey}`,
    `Sec-WebSocket-Protocol: ${subprotocol}`,
    "\r\n",
  ].join("\r\n");
}

/** A program that speaks bytes; closed with the test file. */
export function visit(port: number, first: string): Caller {
  const caller = call(port, first);
  onEnd(() => caller.socket.destroy());
  return caller;
}

interface Visitor extends Caller {
  /** What it has received behind the answer to its handshake. */
  said(): string;
}

/** A client that is in; `behind` comes with its handshake. */
export async function enter(reception: Reception, port: number, behind = ""): Promise<Visitor> {
  const already = reception.guests.length;
  const caller = visit(port, handshake() + behind);
  await reception.until(() => reception.guests.length > already);
  const said = () => {
    const end = caller.received.indexOf("\r\n\r\n");
    return end < 0 ? "" : caller.received.slice(end + 4);
  };
  return Object.assign(caller, { said });
}

/** A door, and a client that is in. */
export async function scene() {
  const reception = new Reception();
  const door = new MqttWebSockets(reception.broker);
  const port = serve({ reception, door });
  const caller = await enter(reception, port);
  const guest = reception.guests[0]!;
  const link = guest.link as WebSocketLink;
  const send = (...frames: string[]) => caller.socket.write(frames.join(""), "latin1");
  return { reception, door, port, caller, guest, link, send };
}

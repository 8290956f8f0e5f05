/**
 * The opening handshake of MQTT over WebSocket. [RFC 6455: 4.2] [MQTT 3.1.1: 6]
 *
 * Pure: a request's head goes in, and out comes what is answered. A request that is signed says
 * who comes, and is refused when the signature is not right; what that client may do goes with its
 * link. A browser lets any page open a WebSocket to this machine. While clients need no
 * credentials, a page from elsewhere that brings none is therefore refused by its Origin; programs
 * send none and are let in.
 *
 * No extension is agreed on: compressing each of many small packets costs more than it saves.
 */

import { hash } from "node:crypto";
import { type Awaitable, isLoopbackOrigin, utf8 } from "../../base/mod.ts";
import type { Admission } from "../../broker/mod.ts";
import { wordsOf } from "../whole-http/header-list.ts";
import type { SmallAnswer } from "../whole-http/whole-answer.ts";

export const mqttPath = "/mqtt";

/** The second is what clients of MQTT 3.1 offer. */
const subprotocols = ["mqtt", "mqttv3.1"];

const version = "13";

/** What every server puts behind the client's key. [RFC 6455: 1.3] */
const acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What an answer must have that asks for another protocol. [RFC 9110: 15.5.22] */
const upgradeHeaders = { connection: "Upgrade", upgrade: "websocket" };

/** Base64 of 16 bytes. */
const keyPattern = /^[A-Za-z0-9+/]{22}==$/;

/** As much of a request as an upgrade is decided by; a `Request` is one. */
export interface UpgradeHead {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** By names in lower case; a header that is there twice has its values joined by commas. */
  readonly headers: {
    get(name: string): string | null;
    has(name: string): boolean;
    keys(): Iterable<string>;
  };
}

/** Who is behind a request: somebody, whom nobody believes, or nobody in particular. */
export type Authenticate = (
  head: UpgradeHead,
  client: { readonly ip: string },
) => Known | { readonly refusal: Awaitable<SmallAnswer> } | undefined;

interface Known {
  readonly admit: Admission;
  /** Nobody in particular either, whose request `admit` may look at. */
  readonly isUnproved?: boolean;
}

export interface UpgradeOptions {
  /** Pages from anywhere may come without credentials, because those alone let nobody in. */
  readonly anyOrigin: boolean;
  readonly remoteAddress: string;
  readonly authenticate: Authenticate;
}

/** A client that may speak MQTT from here on. */
export interface Accepted {
  /** To be sent before anything else. */
  readonly answer: Uint8Array;
  readonly admit: Admission | undefined;
}

export type Acceptance = Accepted | { readonly refusal: Awaitable<SmallAnswer> };

/**
 * Answers a request for `/mqtt`. The client must offer the subprotocol `mqtt` [MQTT-6.0.0-3], or
 * that of MQTT 3.1.
 */
export function acceptMqtt(head: UpgradeHead, options: UpgradeOptions): Acceptance {
  const { headers } = head;
  const wrong = handshakeProblem(head);
  if (wrong) return { refusal: wrong };
  const offered = wordsOf(headers.get("sec-websocket-protocol") ?? "");
  const subprotocol = offered.find((name) => subprotocols.includes(name));
  if (!subprotocol) return refuse(400, 'the WebSocket subprotocol must be "mqtt"');
  const known = options.authenticate(head, { ip: options.remoteAddress });
  if (known && "refusal" in known) return known;
  const origin = headers.get("origin");
  const isUnproved = known?.isUnproved ?? !known;
  if (isUnproved && !options.anyOrigin && origin !== null && !isLoopbackOrigin(origin)) {
    return refuse(403, `pages from "${origin}" may not connect without credentials`);
  }
  const answer = answerOf(headers.get("sec-websocket-key")!, subprotocol);
  return { answer, admit: known?.admit };
}

/** What of a request is no opening handshake. [RFC 6455: 4.2.1] */
function handshakeProblem({ method, headers }: UpgradeHead): SmallAnswer | undefined {
  if (!hasToken(headers.get("upgrade"), "websocket")) {
    return plainAnswer(426, "this path speaks MQTT over WebSocket", upgradeHeaders);
  }
  if (method !== "GET") {
    return plainAnswer(405, "a WebSocket is opened by GET", { allow: "GET" });
  }
  // Else what follows the head would be a body to whoever stands between, and frames here.
  if (headers.has("transfer-encoding") || (headers.get("content-length") ?? "0") !== "0") {
    return plainAnswer(400, "a WebSocket is opened without a body");
  }
  if (!hasToken(headers.get("connection"), "upgrade")) {
    return plainAnswer(400, 'the header "Connection" must name "Upgrade"');
  }
  // [RFC 6455: 4.4]
  if (headers.get("sec-websocket-version") !== version) {
    const text = `the version of the WebSocket protocol must be ${version}`;
    return plainAnswer(426, text, { ...upgradeHeaders, "sec-websocket-version": version });
  }
  if (!keyPattern.test(headers.get("sec-websocket-key") ?? "")) {
    return plainAnswer(400, 'the header "Sec-WebSocket-Key" must be 16 bytes in base64');
  }
  return undefined;
}

/** Proves to the client that its handshake was read. [RFC 6455: 4.2.2] */
function answerOf(key: string, subprotocol: string): Uint8Array {
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${hash("sha1", `${key}${acceptSuffix}`, "base64")}`,
    `Sec-WebSocket-Protocol: ${subprotocol}`, // [MQTT-6.0.0-4] [MQTT5-6.0.0-4]
    "\r\n",
  ];
  return utf8(lines.join("\r\n"));
}

/** Whether a header that is a list has the token, in whatever case. */
function hasToken(list: string | null, token: string): boolean {
  return list !== null && wordsOf(list.toLowerCase()).includes(token);
}

function refuse(status: number, text: string): Acceptance {
  return { refusal: plainAnswer(status, text) };
}

function plainAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): SmallAnswer {
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
    body: utf8(`${text}\n`),
  };
}

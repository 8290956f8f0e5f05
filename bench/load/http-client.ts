/**
 * One HTTP/1.1 connection that stays open, with one request on its way at a time.
 *
 * Nothing but the status, the length and the body is looked at, so that the generator costs little.
 */

import { Connection } from "./connection.ts";
import type { Target } from "./workload.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const headEnd = "\r\n\r\n";
const lastChunk = "0\r\n\r\n";

export class HttpClient {
  readonly #connection: Connection;
  #received: Buffer = Buffer.alloc(0);
  #answered: (answer: HttpAnswer) => void = () => {};

  static async open(target: Target, lost: (reason: string) => void): Promise<HttpClient> {
    return new HttpClient(await Connection.open({ target, lost, receive: () => {} }));
  }

  private constructor(connection: Connection) {
    this.#connection = connection;
    connection.receive = (bytes) => this.#receive(bytes);
  }

  /** Sends a whole request; `answered` is called once, with a body that is the caller's own. */
  ask(request: Uint8Array, answered: (answer: HttpAnswer) => void): void {
    this.#answered = answered;
    this.#connection.send(request);
  }

  close(): void {
    this.#connection.close();
  }

  #receive(bytes: Uint8Array): void {
    const all = this.#received.length > 0 ? Buffer.concat([this.#received, bytes]) : bytes;
    this.#received = Buffer.from(all);
    const answer = readAnswer(this.#received);
    if (!answer) return;
    this.#received = Buffer.alloc(0);
    this.#answered(answer);
  }
}

export interface HttpCaller {
  /** Rejects when the connection ends before the answer. */
  request(bytes: Uint8Array): Promise<HttpAnswer>;
  close(): void;
}

/** A connection to a port of this machine, whose answers are awaited. */
export async function openCaller(port: number): Promise<HttpCaller> {
  let reject: (error: Error) => void = () => {};
  const target: Target = { transport: "tcp", host: "127.0.0.1", port, path: "/" };
  const client = await HttpClient.open(target, (reason) => reject(new Error(reason)));
  return {
    request: (bytes) =>
      new Promise((resolve, lost) => {
        reject = lost;
        client.ask(bytes, resolve);
      }),
    close: () => client.close(),
  };
}

export interface HttpRequest {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

export function encodeRequest({ method = "GET", path, headers = [], body = "" }: HttpRequest) {
  const lines = [`${method} ${path} HTTP/1.1`, "Host: 127.0.0.1", "Accept: */*", ...headers];
  if (method === "POST") lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

/** `undefined` while some of it is missing. */
export function readAnswer(received: Buffer): HttpAnswer | undefined {
  const end = received.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = received.toString("latin1", 0, end).toLowerCase();
  const status = Number(head.slice(9, 12));
  const rest = received.subarray(end + headEnd.length);
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  if (length !== undefined) {
    return rest.length < Number(length) ? undefined : { status, body: rest };
  }
  if (!head.includes("transfer-encoding: chunked")) {
    throw new Error("an answer of no known length");
  }
  return rest.subarray(-lastChunk.length).toString("latin1") === lastChunk
    ? { status, body: joinChunks(rest) }
    : undefined;
}

function joinChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const length = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (!length) return Buffer.concat(chunks);
    const start = lineEnd + 2;
    chunks.push(bytes.subarray(start, start + length));
    at = start + length + 2;
  }
}

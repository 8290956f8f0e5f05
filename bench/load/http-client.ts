/**
 * An HTTP/1.1 client of one connection, one request at a time, written by hand so that it costs
 * little. It reads answers with a Content-Length alone, and anything else ends the measurement.
 */

const headEnd = Buffer.from("\r\n\r\n");
const none = Buffer.alloc(0);

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export interface HttpRequest {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

export class HttpClient {
  readonly #socket: Bun.Socket;
  #received: Buffer = none;
  #waiting: { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Bun.Socket) {
    this.#socket = socket;
  }

  static async open(port: number): Promise<HttpClient> {
    const { promise, resolve } = Promise.withResolvers<HttpClient>();
    await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open(socket) {
          socket.setNoDelay(true);
          resolve(new HttpClient(socket));
        },
        data: (_, bytes) => void promise.then((client) => client.#receive(bytes)),
        close: () => void promise.then((client) => client.#lost()),
      },
    });
    return promise;
  }

  /** Rejects when the connection ends before the answer. */
  request(bytes: Uint8Array): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#socket.write(bytes) !== bytes.length) reject(new Error("a request does not fit"));
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.end();
  }

  #lost(): void {
    this.#waiting?.reject(new Error("the server closed a connection"));
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length ? Buffer.concat([this.#received, bytes]) : bytes;
    const end = this.#received.indexOf(headEnd);
    if (end < 0) return;
    const head = this.#received.toString("latin1", 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without a Content-Length: ${head}`);
    const start = end + headEnd.length;
    if (this.#received.length < start + Number(length)) return;
    const body = Buffer.from(this.#received.subarray(start, start + Number(length)));
    this.#received = none;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}

export function encodeRequest({ method = "GET", path, headers = [], body = "" }: HttpRequest) {
  const lines = [`${method} ${path} HTTP/1.1`, "Host: 127.0.0.1", "Accept: */*", ...headers];
  if (method === "POST") lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

/**
 * The two HTTP servers under the Runtime API: the runtime's own, which is quick, and Node's, which
 * shows the trailers of a request. Both listen at once, on a free port of the loopback interface,
 * and let a connection idle for as long as it likes.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { noBytes } from "../../base/mod.ts";

/** Of a request that has ended, with names in lower case. */
export type Trailers = () => Readonly<Record<string, string | undefined>>;

export type Answer = (request: Request, trailers: Trailers) => Promise<Response>;

export interface HttpServer {
  readonly port: number;
  /** Breaks open requests. */
  close(): void;
}

export const host = "127.0.0.1";

/** `error` is the answer where `answer` throws. */
export function serveQuickly(answer: Answer, error: () => Response, bytesMax: number): HttpServer {
  const none = () => ({});
  const server = Bun.serve({
    hostname: host,
    port: 0,
    idleTimeout: 0,
    maxRequestBodySize: bytesMax,
    fetch: (request) => answer(request, none),
    error,
  });
  return { port: server.port!, close: () => void server.stop(true) };
}

/** The same, with trailers. */
export function serveWithTrailers(answer: Answer, error: () => Response): HttpServer {
  const server = createServer((message, reply) => {
    answer(requestOf(message), () => message.trailers)
      .catch(error)
      .then((response) => write(response, reply))
      .catch(() => reply.destroy()); // whoever asked is gone
  });
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.timeout = 0;
  server.listen(0, host);
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port, close };
}

function requestOf(message: IncomingMessage): Request {
  const { method = "GET", url = "/" } = message;
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? (Readable.toWeb(message) as unknown as ReadableStream<Uint8Array>) : null;
  // Who speaks HTTP/1.0 need not name the host.
  return new Request(`http://${message.headers.host ?? host}${url}`, { method, headers, body });
}

async function write(response: Response, reply: ServerResponse): Promise<void> {
  const bytes = response.body ? new Uint8Array(await response.arrayBuffer()) : noBytes;
  const headers = Object.fromEntries(response.headers);
  reply.writeHead(response.status, { ...headers, "content-length": bytes.length });
  reply.end(bytes);
}

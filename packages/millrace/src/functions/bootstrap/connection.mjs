/**
 * The one connection of an environment to its Runtime API: HTTP/1.1, one request at a time.
 *
 * Written on a plain socket, because the end of this connection is the end of the server: whatever
 * closes it ends this process, also while a handler runs. While one runs the connection does not
 * keep the process alive, so that an event loop without work drains and says so.
 *
 * Reads what our server writes: a status line, headers, and a body of `Content-Length` bytes.
 */

import { connect } from "node:net";

const headEnd = Buffer.from("\r\n\r\n");
const unknownLength = -1;

/** @param {string} address `host:port` */
export function connectRuntimeApi(address) {
  const [host, port] = address.split(":");
  const socket = connect({ host, port: Number(port), noDelay: true });
  let received = Buffer.alloc(0);
  let bodyStart = 0;
  let bodyLength = unknownLength;
  let response;
  let waiting;

  socket.on("close", () => process.exit(0));
  socket.on("error", () => process.exit(0));
  socket.on("data", (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    if (bodyLength === unknownLength && !readHead()) return;
    if (received.length - bodyStart < bodyLength) return;
    response.body = received.subarray(bodyStart, bodyStart + bodyLength);
    received = Buffer.alloc(0);
    bodyLength = unknownLength;
    socket.unref();
    waiting(response);
  });

  /** True once the whole head is here. */
  function readHead() {
    const end = received.indexOf(headEnd);
    if (end < 0) return false;
    const lines = received.toString("latin1", 0, end).split("\r\n");
    response = { status: Number(lines[0].split(" ")[1]), headers: new Map(), body: undefined };
    for (const line of lines.slice(1)) {
      const colon = line.indexOf(":");
      response.headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    bodyStart = end + headEnd.length;
    bodyLength = Number(response.headers.get("content-length") ?? 0);
    return true;
  }

  /** Resolves with `{ status, headers, body }`; never rejects, as a broken connection ends us. */
  function request(method, path, body = "") {
    socket.ref();
    const bytes = Buffer.from(body);
    const head =
      `${method} /2018-06-01/runtime/${path} HTTP/1.1\r\nHost: ${address}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`;
    return new Promise((resolve) => {
      waiting = resolve;
      socket.cork();
      socket.write(head);
      if (bytes.length > 0) socket.write(bytes);
      socket.uncork();
    });
  }

  /** The answer to what is being sent. */
  function answered() {
    socket.ref();
    return new Promise((resolve) => {
      waiting = resolve;
    });
  }

  return {
    beginStream: (requestId, type) => beginStream({ socket, address, requestId, type, answered }),
    next: () => request("GET", "invocation/next"),
    respond: (requestId, json) => request("POST", `invocation/${requestId}/response`, json),
    fail: (requestId, json) => request("POST", `invocation/${requestId}/error`, json),
    failInit: (json) => request("POST", "init/error", json),
  };
}

/**
 * Begins an answer that comes in pieces. `write` calls back when the piece has left; `end` resolves
 * as a request does. Until then it does not keep the process alive.
 */
function beginStream({ socket, address, requestId, type, answered }) {
  socket.write(
    `POST /2018-06-01/runtime/invocation/${requestId}/response HTTP/1.1\r\nHost: ${address}\r\n` +
      `Content-Type: ${type}\r\nTransfer-Encoding: chunked\r\n` +
      "Lambda-Runtime-Function-Response-Mode: streaming\r\n\r\n",
  );
  return {
    write(bytes, callback) {
      if (bytes.length === 0) return callback();
      socket.cork();
      socket.write(`${bytes.length.toString(16)}\r\n`);
      socket.write(bytes);
      socket.write("\r\n", callback);
      socket.uncork();
    },
    end() {
      const over = answered();
      socket.write("0\r\n\r\n");
      return over;
    },
  };
}

/**
 * Handlers that answer in pieces: `awslambda.streamifyResponse((event, stream, context) => ...)`.
 *
 * The answer begins with the first piece; until then an error is reported as any other. One that
 * comes later breaks the answer off. Whatever a handler writes behind its error is dropped: by then
 * the channel may have the next call's answer.
 */

import { Writable } from "node:stream";
import { describeError, logError } from "./errors.mjs";

const streamed = Symbol("answers in pieces");

export const awslambda = {
  streamifyResponse(handler) {
    handler[streamed] = true;
    return handler;
  },
  HttpResponseStream: {
    /** Puts status and headers before the body, as a function URL reads them. */
    from(stream, prelude) {
      stream.setContentType("application/vnd.awslambda.http-integration-response");
      stream.write(JSON.stringify(prelude));
      stream.write(Buffer.alloc(8));
      return stream;
    },
  },
};

export function isStreamed(handler) {
  return handler[streamed] === true;
}

class ResponseStream extends Writable {
  #begin;
  #contentType = "application/octet-stream";
  #isFailed = false;
  begun;

  constructor(begin) {
    super();
    this.#begin = begin;
  }

  setContentType(contentType) {
    this.#contentType = contentType;
  }

  /** The call is over: nothing more may begin, or come into, an answer. */
  fail() {
    this.#isFailed = true;
  }

  _write(chunk, encoding, callback) {
    if (this.#isFailed) callback();
    else this.start().write(Buffer.from(chunk, encoding), callback);
  }

  start() {
    this.begun ??= this.#begin(this.#contentType);
    return this.begun;
  }
}

/**
 * Calls the handler and sends what it writes. Throws what it throws before its first piece;
 * resolves when the answer, whole or broken off, has been taken. `settle` is given the promise of
 * that when the last of it is sent, and gives it back.
 */
export async function serveStream(handler, call) {
  const { channel, event, context, settle } = call;
  const stream = new ResponseStream((type) => channel.beginStream(type));
  let onDrained;
  try {
    const finished = new Promise((resolve, reject) => {
      stream.once("finish", resolve);
      stream.once("error", reject);
      // Without work there is nobody left who could end the answer.
      onDrained = () => stream.end();
      process.on("beforeExit", onDrained);
    });
    finished.catch(() => {}); // the handler's own error is told first
    await handler(event, stream, context);
    await finished;
  } catch (error) {
    stream.fail();
    if (!stream.begun) throw error;
    logError("Invoke Error", error);
    await settle(channel.fail(JSON.stringify(describeError(error))));
    return;
  } finally {
    process.off("beforeExit", onDrained);
  }
  stream.start();
  await settle(stream.begun.end());
}

/**
 * Handlers that answer in pieces: `awslambda.streamifyResponse((event, stream, context) => ...)`.
 *
 * The answer begins with the first piece; until then an error is reported as any other. One that
 * comes later breaks the answer off. Whatever a handler writes behind its error is dropped: by then
 * the channel may have the next call's answer.
 */

import { Writable } from "node:stream";
import { logLine } from "./console.mjs";
import { describeError, logError } from "./errors.mjs";

/** Those of Lambda: what wraps handlers looks for them. */
const streamed = Symbol.for("aws.lambda.runtime.handler.streaming");
const highWaterMark = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");
const headEndedUnwritten =
  "on Lambda status and headers come with the first write: end() without one loses them";

class StreamingError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

export const awslambda = {
  streamifyResponse(handler, options) {
    handler[streamed] = "response";
    if (typeof options?.highWaterMark === "number") handler[highWaterMark] = options.highWaterMark;
    return handler;
  },
  HttpResponseStream: {
    /** Puts status and headers before the body, as a function URL reads them. */
    from(stream, prelude) {
      stream.setContentType("application/vnd.awslambda.http-integration-response");
      const head = JSON.stringify(prelude);
      stream._onBeforeFirstWrite = (write) => {
        write(head);
        write(Buffer.alloc(8));
      };
      return stream;
    },
  },
};

/** Throws where it answers in pieces of a kind that there is not. */
export function isStreamed(handler) {
  if (!handler[streamed]) return false;
  if (handler[streamed] === "response") return true;
  const message = "Only response streaming is supported.";
  throw new StreamingError("Runtime.MalformedStreamingHandler", message);
}

class ResponseStream extends Writable {
  #begin;
  #contentType = "application/octet-stream";
  #hasWritten = false;
  #isFailed = false;
  /** What `HttpResponseStream.from` puts there, as in Lambda's own stream. */
  _onBeforeFirstWrite;
  begun;

  constructor(begin, options) {
    super(options);
    this.#begin = begin;
  }

  setContentType(contentType) {
    if (this.#hasWritten) {
      const message = "Cannot set content-type, too late.";
      throw new StreamingError("Runtime.InvalidStreamingOperation", message);
    }
    this.#contentType = contentType;
  }

  /** What is neither text nor bytes is written as JSON. */
  write(chunk, encoding, callback) {
    this.#writeHead();
    const isPlain = typeof chunk === "string" || chunk instanceof Uint8Array || chunk === null;
    return super.write(isPlain ? chunk : JSON.stringify(chunk), encoding, callback);
  }

  end(...given) {
    if (!this.#hasWritten && this._onBeforeFirstWrite && !this.writableEnded) {
      logLine("WARN", headEndedUnwritten);
      this.#writeHead();
    }
    return super.end(...given);
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

  #writeHead() {
    if (this.#hasWritten) return;
    this.#hasWritten = true;
    this._onBeforeFirstWrite?.((bytes) => super.write(bytes));
  }
}

/**
 * Calls the handler and sends what it writes. Throws what it throws before its first piece;
 * resolves when the answer, whole or broken off, has been taken. `settle` is given the promise of
 * that when the last of it is sent, and gives it back.
 */
export async function serveStream(handler, call) {
  const { channel, event, context, settle } = call;
  const options = { highWaterMark: handler[highWaterMark] };
  const stream = new ResponseStream((type) => channel.beginStream(type), options);
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
    const returned = handler(event, stream, context);
    if (typeof returned?.then !== "function") {
      throw new Error("Streaming does not support non-async handlers.");
    }
    if ((await returned) !== undefined) {
      logLine("WARN", "Streaming handlers ignore return values.");
    }
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

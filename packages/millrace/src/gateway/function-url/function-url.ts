/**
 * The addresses of functions: `<id>.lambda-url.<anything>` on the edge, by the name that the client
 * calls us.
 *
 * In order: what a browser asks first, the request, who signed it, the call, the answer. An answer
 * in pieces leaves as they come; who hangs up does not stop the handler. When the handler fails in
 * the middle of one, the connection breaks, so that half an answer is never taken for a whole one.
 */

import {
  type Clock,
  errorText,
  InvariantBroken,
  type Logger,
  noBytes,
  type Random,
  textOf,
  utf8,
} from "../../base/mod.ts";
import {
  type FunctionUrl,
  type InvokeOptions,
  type InvokeResult,
  payloadBytesMax,
} from "../../functions/mod.ts";
import { type Answer, jsonAnswer, readHttpResult, textAnswer, withoutBody } from "../answer.ts";
import { AnswerHeaders } from "../answer-headers.ts";
import { createUrlEvent } from "../http-event.ts";
import { brokenAnswerSendMs } from "../limits.ts";
import { type EdgeRequest, type Incoming, readRequest } from "../request.ts";
import { describeCaller, type UrlCaller } from "./caller.ts";
import { answerPreflight, openToPage } from "./cors.ts";
import { type AnswerHead, contentTypeDefault, Prelude, preludeType } from "./prelude.ts";

export interface FunctionUrlOptions {
  readonly find: (id: string) => FunctionUrl | undefined;
  readonly invoke: (
    name: string,
    payload: Uint8Array,
    options: InvokeOptions,
  ) => Promise<InvokeResult>;
  /** Who signed the request and may call the function; `undefined`: nobody who may. */
  readonly identify: (question: UrlQuestion) => UrlCaller | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface UrlQuestion {
  readonly request: Incoming;
  readonly body: Uint8Array;
  readonly url: FunctionUrl;
}

/** The answer, or `undefined` when the request is for no address of a function. */
export type FunctionUrlDoor = (request: Incoming) => Promise<Answer> | undefined;

/** Of the host that the client names. */
const hostPattern = /^([a-z2-7]{32})\.lambda-url\./i;

/** Rejects with a broken invariant alone. */
export function createFunctionUrlDoor(options: FunctionUrlOptions): FunctionUrlDoor {
  return (request) => {
    const id = hostPattern.exec(request.described.host ?? "")?.[1]?.toLowerCase();
    if (id === undefined) return undefined;
    return answer({ id, request }, options);
  };
}

interface Asked {
  readonly id: string;
  readonly request: Incoming;
}

async function answer({ id, request }: Asked, options: FunctionUrlOptions): Promise<Answer> {
  const url = options.find(id);
  if (!url) return refuse(404, "Not Found");
  const preflight = url.cors && answerPreflight(request, url.cors);
  if (preflight) return preflight;
  const answered = await answerCall(url, { id, request }, options).catch((thrown) => {
    if (thrown instanceof InvariantBroken) throw thrown;
    options.logger.error("request failed", { path: request.path, error: errorText(thrown) });
    return textAnswer(500, "Internal Server Error");
  });
  if (url.cors) openToPage(answered.headers, request, url.cors);
  return answered;
}

async function answerCall(url: FunctionUrl, asked: Asked, options: FunctionUrlOptions) {
  const { request } = asked;
  const read = await readRequest(request, options);
  if (!read) return refuse(413, "Request Entity Too Large");
  const question = { request, body: read.body, url };
  const caller = url.signed ? options.identify(question) : undefined;
  if (url.signed && !caller) return refuse(403, "Forbidden", "AccessDeniedException");
  const payload = utf8(createEvent(read, asked.id, caller));
  if (payload.length > payloadBytesMax) return refuse(413, "Request Entity Too Large");
  const call = { url, payload, requestId: read.requestId, options };
  const answered = await (url.streamed ? callStreamed(call) : callBuffered(call));
  answered.headers.set("x-amzn-requestid", read.requestId);
  return answered;
}

/** Payload version 2.0, with the call's own request id; `anonymous` where nobody signs. */
function createEvent(request: EdgeRequest, id: string, caller: UrlCaller | undefined): string {
  const route = { method: "ANY", path: "$default", functionName: id };
  const own = { ...request, gatewayId: request.requestId };
  const context = {
    api: { apiId: id, stage: "$default" },
    accountId: caller?.accountId ?? "anonymous",
    ...(caller && { authorizer: describeCaller(caller) }),
  };
  return JSON.stringify(createUrlEvent(own, { route, parameters: {} }, context));
}

interface UrlCall {
  readonly url: FunctionUrl;
  readonly payload: Uint8Array;
  readonly requestId: string;
  readonly options: FunctionUrlOptions;
}

async function callBuffered({ url, payload, requestId, options }: UrlCall): Promise<Answer> {
  const { functionName, qualifier } = url;
  const result = await options.invoke(functionName, payload, { qualifier, requestId });
  return answerOf(result, { url, options, requestId });
}

/** What a call comes to that answers as a whole. */
function answerOf(
  result: InvokeResult,
  { url, options, requestId }: Omit<UrlCall, "payload">,
): Answer {
  if (!result.found) return refuse(404, "Not Found");
  if (result.throttled) return refuse(429, "Rate Exceeded.", "TooManyRequestsException");
  const answered = result.functionError
    ? undefined
    : readHttpResult(parseJson(result.payload), contentTypeDefault);
  if (answered) return answered;
  const reason = result.functionError ? "function failed" : "malformed result";
  options.logger.warn(reason, { function: url.functionName, request: requestId });
  return textAnswer(502, "Internal Server Error");
}

/** Answers with the first piece, or with what the call came to when it comes before. */
async function callStreamed(call: UrlCall): Promise<Answer> {
  const { url, payload, requestId, options } = call;
  const { functionName, qualifier } = url;
  const streamed = new StreamedAnswer();
  const onPiece = (piece: Uint8Array, contentType: string) => streamed.push(piece, contentType);
  const how = { qualifier, requestId, onPiece };
  const invoked = options.invoke(functionName, payload, how);
  const first = await Promise.race([streamed.begun, invoked]);
  if (!("found" in first)) {
    void invoked.then((result) => {
      if (result.found && result.functionError === undefined) return streamed.end();
      const fields = { function: functionName, request: requestId };
      options.logger.warn("function failed in the middle of its answer", fields);
      return streamed.breakOff(options.clock);
    });
    return first;
  }
  const isEmpty = first.found && first.payload.length === 0 && !streamed.isMalformed;
  if (!isEmpty) return answerOf(first, call);
  return { status: 200, headers: new AnswerHeaders(), body: noBytes };
}

/** An answer whose head may come with its first pieces. */
class StreamedAnswer {
  readonly #stream = new TransformStream<Uint8Array, Uint8Array>();
  readonly #writer = this.#stream.writable.getWriter();
  readonly #begun = Promise.withResolvers<Answer>();
  #prelude: Prelude | undefined;
  #state: "none" | "head" | "body" | "nothing more" = "none";

  /** The answer, once its head is known. */
  get begun(): Promise<Answer> {
    return this.#begun.promise;
  }

  /** It has begun with a head that is none, or that has not come to its end. */
  get isMalformed(): boolean {
    return this.#state !== "none";
  }

  async push(piece: Uint8Array, contentType: string): Promise<void> {
    if (this.#state === "none") this.#begin(contentType);
    if (this.#state === "body") return this.#write(piece);
    if (this.#state !== "head") return;
    const read = this.#prelude!.push(piece);
    if (read.kind === "malformed") this.#state = "nothing more";
    if (read.kind === "head") this.#answer(read.head);
    if (read.kind === "head" && this.#takesBody) await this.#write(read.body);
  }

  /** Nothing more comes. */
  async end(): Promise<void> {
    await this.#writer.close().catch(() => {}); // nobody reads any more
  }

  /** Breaks the connection, so that what has come is not taken for all. */
  async breakOff(clock: Clock): Promise<void> {
    // The server drops what it has not sent yet, the head included.
    await new Promise<void>((resolve) => clock.after(brokenAnswerSendMs, resolve));
    await this.#writer.abort(new Error("the handler failed")).catch(() => {}); // the same
  }

  #begin(contentType: string): void {
    if (contentType === preludeType) {
      this.#state = "head";
      this.#prelude = new Prelude();
    } else {
      const headers = new AnswerHeaders();
      if (headers.append("content-type", contentType)) this.#answer({ status: 200, headers });
      else this.#state = "nothing more";
    }
  }

  #answer({ status, headers }: AnswerHead): void {
    this.#state = withoutBody.has(status) ? "nothing more" : "body";
    const body = this.#takesBody ? { pieces: this.#stream.readable } : noBytes;
    this.#begun.resolve({ status, headers, body });
  }

  get #takesBody(): boolean {
    return this.#state === "body";
  }

  /** Who hangs up does not stop the handler: its pieces then go nowhere. */
  async #write(piece: Uint8Array): Promise<void> {
    if (piece.length > 0) await this.#writer.write(piece).catch(() => {});
  }
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(payload));
  } catch {
    return undefined; // a runtime may answer with anything
  }
}

function refuse(status: number, message: string, errorType?: string): Answer {
  const headers: Record<string, string> = errorType ? { "x-amzn-errortype": errorType } : {};
  return jsonAnswer(status, { Message: message }, headers);
}

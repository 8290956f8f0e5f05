/**
 * One API: finds the route, calls its function, answers.
 *
 * The two kinds differ in event, in reading the result and in the words of each refusal;
 * everything else is the same. A function is given a bound to answer in; when it is over the
 * client is told, while the call goes on until its own time limit.
 */

import {
  type Awaitable,
  type Clock,
  type Logger,
  type Random,
  textOf,
  utf8,
  utf8BytesPerUnitMax,
} from "../base/mod.ts";
import { type InvokeResult, payloadBytesMax } from "../functions/mod.ts";
import { type Coding, compress, isCompressible } from "../objects/mod.ts";
import { type Answer, readHttpResult, readHttpResult1, readRestResult } from "./answer.ts";
import { chooseCoding } from "./content-coding.ts";
import type { HttpApiDefinition } from "./definition.ts";
import { withCors } from "./http-cors.ts";
import { createHttpEvent } from "./http-event.ts";
import { createHttpEvent1 } from "./http-event-1.ts";
import { compressedAnswerBytesMin, httpApiWaitMsMax, restApiWaitMsMax } from "./limits.ts";
import { matchesMediaType } from "./media-type.ts";
import { type Refusal, refusals } from "./refusals.ts";
import { type Client, type EdgeRequest, readRequest } from "./request.ts";
import { preflightRoutes } from "./rest-cors.ts";
import { createRestEvent } from "./rest-event.ts";
import { createRouteFinder, type RouteMatch } from "./routes.ts";
import { createThrottle } from "./throttle.ts";

export interface ApiOptions {
  readonly api: HttpApiDefinition;
  readonly accountId: string;
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export type Invoke = (
  name: string,
  payload: string,
  options?: {
    readonly requestId?: string | undefined;
    readonly qualifier?: string | undefined;
  },
) => Promise<InvokeResult>;

/** Answers with what the function said, or with a refusal. */
export type Api = (request: Request, client: Client) => Promise<Response>;

/** Serves requests of one API; rejects only when `invoke` does. */
export function createApi(options: ApiOptions): Api {
  const { api, logger } = options;
  const words = refusals[api.kind];
  const findRoute = createRouteFinder({ ...api, routes: [...api.routes, ...preflightRoutes(api)] });
  const takes = createThrottle(api);

  async function answerIt(request: EdgeRequest | undefined): Promise<Response> {
    if (!request) return refuse(words.bodyTooLarge);
    const match = findRoute(request.method, request.path);
    if (match === "malformed") return refuse(words.malformedPath);
    if (!match) return refuse(words.noRoute);
    const { fixedHeaders } = match.route;
    if (fixedHeaders) return new Response(null, { headers: fixedHeaders });
    if (!takes(match.route, request.nowMs)) return refuse(words.tooManyRequests);
    const outcome = await call(request, match, options);
    if ("refusal" in outcome) {
      const { functionName } = match.route;
      const { requestId } = request;
      logger.warn(outcome.reason, { api: api.name, function: functionName, request: requestId });
      return refuse(outcome.refusal);
    }
    const encoded = encode(request, outcome.answer);
    // Most are sent as they are, and nothing is waited for.
    const ready = encoded instanceof Promise ? await encoded : encoded;
    addIds(ready.headers, request, api);
    return send(ready);
  }

  const preflight = (headers: Readonly<Record<string, string>>) =>
    new Response(null, { status: 204, headers });
  const answer = api.cors ? withCors(answerIt, { cors: api.cors, preflight }) : answerIt;
  return async (incoming, client) => {
    const read = readRequest(incoming, client, options);
    return answer(read instanceof Promise ? await read : read);
  };
}

/** Every request can be found again by its id, in the header that its kind of API has for it. */
function addIds(headers: Headers, request: EdgeRequest, { kind }: HttpApiDefinition): void {
  if (kind === "http") {
    headers.set("apigw-requestid", request.gatewayId);
    return;
  }
  headers.set("x-amzn-requestid", request.requestId);
  headers.set("x-amz-apigw-id", request.gatewayId);
}

type Called = { readonly answer: Answer } | { readonly refusal: Refusal; readonly reason: string };

async function call(request: EdgeRequest, match: RouteMatch, options: ApiOptions): Promise<Called> {
  const { api, clock } = options;
  const words = refusals[api.kind];
  const rest = api.kind === "rest";
  const { functionName, qualifier, payloadVersion, timeoutMs } = match.route;
  const old = payloadVersion === "1.0";
  const createEvent = rest ? createRestEvent : old ? createHttpEvent1 : createHttpEvent;
  const payload = JSON.stringify(createEvent(request, match, options));
  if (isLongerThan(payload, payloadBytesMax)) {
    return { refusal: words.bodyTooLarge, reason: "event too large" };
  }
  const waitMs = rest ? restApiWaitMsMax : (timeoutMs ?? httpApiWaitMsMax);
  // An HTTP API has no such id of its own: so what is logged here is found in the function's log.
  const own = rest ? { qualifier } : { qualifier, requestId: request.requestId };
  const invoked = options.invoke(functionName, payload, own);
  const called = await within(invoked, waitMs, clock);
  if (!called) return { refusal: words.tookTooLong, reason: "function took too long" };
  if (!called.found) return { refusal: words.functionFailed, reason: "function not found" };
  if (called.throttled) return { refusal: words.throttled, reason: "function throttled" };
  if (called.functionError) return { refusal: words.functionFailed, reason: "function failed" };
  const result = parseJson(called.payload);
  const readHttp = old ? readHttpResult1 : readHttpResult;
  const answer = rest ? readRestResult(result, decodesFor(request, api)) : readHttp(result);
  return answer ? { answer } : { refusal: words.malformedResult, reason: "malformed result" };
}

/** `undefined` when time is over first. */
function within<T>(promise: Promise<T>, waitMs: number, clock: Clock): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(waitMs, () => resolve(undefined));
    promise.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (thrown) => {
        timer.cancel();
        reject(thrown);
      },
    );
  });
}

/** The first type that the client accepts decides. */
function decodesFor(request: EdgeRequest, api: HttpApiDefinition): boolean {
  const wanted = (request.headers.accept ?? "*/*").split(",")[0]!;
  return (api.binaryMediaTypes ?? []).some((pattern) => matchesMediaType(pattern, wanted));
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(payload));
  } catch {
    return undefined; // a runtime may answer with anything; no kind of API takes it
  }
}

/** Compresses as a CDN does, where the client takes it and the function has not done it itself. */
function encode(request: EdgeRequest, answer: Answer): Awaitable<Answer> {
  const { headers, body } = answer;
  if (!isLongerThan(body, compressedAnswerBytesMin - 1)) return answer;
  if (headers.has("content-encoding")) return answer;
  if (!isCompressible(headers.get("content-type") ?? "")) return answer;
  if (headers.get("cache-control")?.includes("no-transform")) return answer;
  headers.append("vary", "Accept-Encoding");
  const coding = chooseCoding(request.headers["accept-encoding"] ?? null);
  if (!coding) return answer;
  headers.set("content-encoding", coding);
  const etag = headers.get("etag");
  if (etag?.startsWith('"')) headers.set("etag", `W/${etag}`); // no longer byte for byte
  return compressed(answer, coding);
}

/** By its bytes, which are counted only where a text could have more of them or fewer. */
function isLongerThan(body: string | Uint8Array, bytesMax: number): boolean {
  if (typeof body !== "string" || body.length > bytesMax) return body.length > bytesMax;
  return body.length * utf8BytesPerUnitMax > bytesMax && Buffer.byteLength(body) > bytesMax;
}

async function compressed({ status, headers, body }: Answer, coding: Coding): Promise<Answer> {
  const bytes = typeof body === "string" ? utf8(body) : body;
  return { status, headers, body: await compress(bytes, coding, "each") };
}

export const withoutBody = new Set([204, 205, 304]);

export function send({ status, headers, body }: Answer): Response {
  if (withoutBody.has(status)) {
    headers.delete("content-type");
    return new Response(null, { status, headers });
  }
  return new Response(body as string | Uint8Array<ArrayBuffer>, { status, headers });
}

function refuse({ status, message, errorType }: Refusal): Response {
  const headers: Record<string, string> = errorType ? { "x-amzn-errortype": errorType } : {};
  return Response.json({ message }, { status, headers });
}

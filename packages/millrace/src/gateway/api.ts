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
  EqualWaits,
  type Logger,
  noBytes,
  type Random,
  textOf,
  utf8,
  utf8BytesPerUnitMax,
} from "../base/mod.ts";
import { type InvokeResult, payloadBytesMax } from "../functions/mod.ts";
import { type Coding, compress, isCompressible } from "../objects/mod.ts";
import {
  jsonAnswer,
  readHttpResult,
  readHttpResult1,
  readRestResult,
  type WholeAnswer,
} from "./answer.ts";
import { AnswerHeaders } from "./answer-headers.ts";
import { createAuthorizers, type Verdict } from "./authorizer/authorizers.ts";
import { createTokenAuthorizer, type VerifyToken } from "./authorizer/jwt.ts";
import { chooseCoding } from "./content-coding.ts";
import { answerWithCors } from "./cors/http-cors.ts";
import { preflightRoutes } from "./cors/rest-cors.ts";
import type { FixedAnswer, HttpApiDefinition } from "./definition.ts";
import { answerOrFail } from "./failure.ts";
import { fixedAnswer } from "./fixed-answer.ts";
import { createHttpEvent } from "./http-event.ts";
import { createHttpEvent1 } from "./http-event-1.ts";
import { compressedAnswerBytesMin, httpApiWaitMsMax, restApiWaitMsMax } from "./limits.ts";
import { matchesMediaType } from "./media-type.ts";
import { customized } from "./refusal/gateway-response.ts";
import { type Refusal, refusals } from "./refusal/refusals.ts";
import { type EdgeRequest, type Incoming, readRequest } from "./request.ts";
import { createRestEvent } from "./rest-event.ts";
import { createRouteFinder, type RouteMatch } from "./routes.ts";
import { createThrottle } from "./throttle.ts";

export interface ApiOptions {
  readonly api: HttpApiDefinition;
  readonly accountId: string;
  readonly invoke: Invoke;
  /** Needed where a route is for tokens. */
  readonly verifyToken?: VerifyToken;
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
export type Api = (request: Incoming) => Awaitable<WholeAnswer>;

/** Serves requests of one API. Rejects only when `invoke` does; with CORS it answers that, too. */
export function createApi(options: ApiOptions): Api {
  const { api, clock } = options;
  const words = refusals[api.kind];
  const routes = [...api.routes, ...preflightRoutes(api)];
  const findRoute = createRouteFinder({ ...api, routes });
  const authorize = createAuthorizers({ ...options, api: { ...api, routes } });
  const authorizeToken = createTokenAuthorizer(options);
  const takes = createThrottle(api);
  const ms = api.kind === "rest" ? restApiWaitMsMax : httpApiWaitMsMax;
  const waitsOfRoutes = waitsByMs(api, clock);
  const calling = { ...options, waits: new EqualWaits({ clock, ms }), waitsOfRoutes };

  function answerIt(request: EdgeRequest | undefined): Awaitable<WholeAnswer> {
    if (!request) return refuse(words.bodyTooLarge, api, undefined);
    const match = findRoute(request.method, request.path);
    if (match === "malformed") return refuseBy(words.malformedPath, request, api);
    if (!match) return refuseBy(words.noRoute, request, api);
    if (!takes(match.route, request.nowMs)) return refuseBy(words.tooManyRequests, request, api);
    const { authorizer, jwt } = match.route;
    if (!authorizer && !jwt) return answerRoute(request, match, calling);
    const verdict = jwt
      ? authorizeToken(jwt, request, match)
      : authorize(authorizer!, request, match);
    const answerFor = (said: Verdict) =>
      "refusal" in said
        ? refuseBy(said.refusal, request, api)
        : answerRoute(request, match, { ...calling, authorizer: said.authorizer });
    return verdict instanceof Promise ? verdict.then(answerFor) : answerFor(verdict);
  }

  const { cors } = api;
  const preflight = (headers: Readonly<Record<string, string>>) => emptyAnswer(204, headers);
  function answer(incoming: Incoming, read: EdgeRequest | undefined): Awaitable<WholeAnswer> {
    if (!cors) return answerIt(read);
    const { method, path, described } = incoming;
    // Pages are to read of failures, too.
    const answerAnyway = () => answerOrFail(() => answerIt(read), { path, logger: options.logger });
    const asking = { method, headers: described };
    return answerWithCors(answerAnyway, asking, { cors, preflight });
  }

  return (incoming) => {
    const read = readRequest(incoming, options);
    return read instanceof Promise
      ? read.then((request) => answer(incoming, request))
      : answer(incoming, read);
  };
}

interface CallOptions extends ApiOptions {
  readonly waits: EqualWaits;
  /** Of routes that say how long an answer is waited for. */
  readonly waitsOfRoutes: ReadonlyMap<number, EqualWaits>;
  /** What the authorizer said of whoever asks. */
  readonly authorizer?: object;
}

function answerRoute(
  request: EdgeRequest,
  match: RouteMatch,
  options: CallOptions,
): Awaitable<WholeAnswer> {
  const { fixed } = match.route;
  if (fixed) return answerFixed(fixed, { request, match, options });
  return answerCall(request, match, options);
}

function waitsByMs({ routes }: HttpApiDefinition, clock: Clock): Map<number, EqualWaits> {
  const times = new Set(routes.flatMap(({ timeoutMs }) => timeoutMs ?? []));
  return new Map([...times].map((ms) => [ms, new EqualWaits({ clock, ms })]));
}

function answerCall(
  request: EdgeRequest,
  match: RouteMatch,
  options: CallOptions,
): Awaitable<WholeAnswer> {
  const asked = { request, match, options };
  const rest = options.api.kind === "rest";
  const { functionName, qualifier, timeoutMs } = match.route;
  const payload = createEvent(request, match, options);
  if (isLongerThan(payload, payloadBytesMax)) return told(asked, "bodyTooLarge", "event too large");
  // An HTTP API has no such id of its own: so what is logged here is found in the function's log.
  const own = rest ? { qualifier } : { qualifier, requestId: request.requestId };
  const waits = options.waitsOfRoutes.get(timeoutMs ?? 0) ?? options.waits;
  return inTime(options.invoke(functionName, payload, own), waits, asked);
}

function createEvent(request: EdgeRequest, match: RouteMatch, options: ApiOptions): string {
  const rest = options.api.kind === "rest";
  const one = match.route.payloadVersion === "1.0";
  const create = rest ? createRestEvent : one ? createHttpEvent1 : createHttpEvent;
  return JSON.stringify(create(request, match, options));
}

/** What the call comes to, or that it took too long. */
function inTime(
  invoked: Promise<InvokeResult>,
  waits: EqualWaits,
  asked: Asked,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const end = waits.begin(() => {
      resolve(told(asked, "tookTooLong", "function took too long"));
    });
    const failed = (thrown: unknown) => {
      end();
      reject(thrown);
    };
    invoked.then((called) => {
      if (!end()) return; // nobody waits for it any more
      try {
        resolve(answerOf(called, asked));
      } catch (thrown) {
        reject(thrown);
      }
    }, failed);
  });
}

interface Asked {
  readonly request: EdgeRequest;
  readonly match: RouteMatch;
  readonly options: CallOptions;
}

function answerOf(called: InvokeResult, asked: Asked): Awaitable<WholeAnswer> {
  if (!called.found) return told(asked, "functionFailed", "function not found");
  if (called.throttled) return told(asked, "throttled", "function throttled");
  if (called.functionError) return told(asked, "functionFailed", "function failed");
  const { request, match, options } = asked;
  const { api } = options;
  const result = parseJson(called.payload);
  const readHttp = match.route.payloadVersion === "1.0" ? readHttpResult1 : readHttpResult;
  const answer =
    api.kind === "rest" ? readRestResult(result, decodesFor(request, api)) : readHttp(result);
  if (!answer) return told(asked, "malformedResult", "malformed result");
  addIds(answer.headers, request, api);
  return encode(request, answer);
}

/** A refusal for the client, and its reason for the log. */
function told(
  { request, match, options: { api, logger } }: Asked,
  refusal: keyof (typeof refusals)["http"],
  reason: string,
): WholeAnswer {
  const { functionName } = match.route;
  logger.warn(reason, { api: api.name, function: functionName, request: request.requestId });
  return refuseBy(refusals[api.kind][refusal], request, api);
}

/** Every request can be found again by its id, in the header that its kind of API has for it. */
function addIds(headers: AnswerHeaders, request: EdgeRequest, { kind }: HttpApiDefinition): void {
  if (kind === "http") {
    headers.set("apigw-requestid", request.gatewayId);
    return;
  }
  headers.set("x-amzn-requestid", request.requestId);
  headers.set("x-amz-apigw-id", request.gatewayId);
}

/** The first type that the client accepts decides. */
function decodesFor(request: EdgeRequest, api: HttpApiDefinition): boolean {
  const wanted = (request.headers.accept ?? "*/*").split(",")[0]!;
  return (api.binaryMediaTypes ?? []).some((pattern) => matchesMediaType(pattern, wanted));
}

function answerFixed(
  fixed: FixedAnswer,
  { request, match, options: { api, logger } }: Asked,
): Awaitable<WholeAnswer> {
  const answer = fixedAnswer(fixed, request);
  if ("message" in answer) {
    if (answer.status < 500) return refuseBy(answer, request, api);
    const { path } = match.route;
    const found = { api: api.name, path, request: request.requestId };
    logger.warn("no template for this type of body", found);
    return refuseBy(answer, request, api);
  }
  addIds(answer.headers, request, api);
  return encode(request, answer);
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(payload));
  } catch {
    return undefined; // a runtime may answer with anything; no kind of API takes it
  }
}

/** Compresses as a CDN does, where the client takes it and the function has not done it itself. */
function encode(request: EdgeRequest, answer: WholeAnswer): Awaitable<WholeAnswer> {
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

async function compressed(
  { status, headers, body }: WholeAnswer,
  coding: Coding,
): Promise<WholeAnswer> {
  const bytes = typeof body === "string" ? utf8(body) : body;
  return { status, headers, body: await compress(bytes, coding, "each") };
}

function emptyAnswer(status: number, headers: Readonly<Record<string, string>>): WholeAnswer {
  return { status, headers: AnswerHeaders.of(headers), body: noBytes };
}

function refuseBy(refusal: Refusal, request: EdgeRequest, api: HttpApiDefinition): WholeAnswer {
  const answer = refuse(refusal, api, request);
  addIds(answer.headers, request, api);
  return answer;
}

/** Without ids: of a request whose body was too large nothing has been read. */
function refuse(
  refusal: Refusal,
  api: HttpApiDefinition,
  request: EdgeRequest | undefined,
): WholeAnswer {
  const { status, message, errorType, wwwAuthenticate } = refusal;
  const answer = jsonAnswer(status, { message }, { "content-type": "application/json" });
  if (errorType) answer.headers.set("x-amzn-errortype", errorType);
  if (wwwAuthenticate) answer.headers.set("www-authenticate", wwwAuthenticate);
  return customized(answer, { refusal, request }, api);
}

/**
 * What an HTTP API says to browsers about pages of other origins, where its template asks for it.
 *
 * Preflights are answered here, whatever routes there are, and headers of this kind that a function
 * returns are left out. Nothing is said to a request without `Origin`. Which page may ask is up to
 * the browser: a request of another origin is answered like any other, without these headers.
 *
 * The settings are like those of a function's URL (`function-url/cors.ts`), what is said is not: a
 * preflight has an `Origin` and gets 204, `https://*` and `http://*` stand for all origins of
 * theirs, and `*` never comes with credentials.
 * [API Gateway: Configure CORS for HTTP APIs; SAM: HttpApiCorsConfiguration]
 */

import type { Awaitable } from "../../base/mod.ts";
import type { CorsDefinition } from "../definition.ts";
import type { EdgeRequest } from "../request.ts";

/** As much of an answer's headers as is written to here. */
interface AnswerHeaderMap {
  keys(): Iterable<string>;
  delete(name: string): unknown;
  set(name: string, value: string): unknown;
  append(name: string, value: string): unknown;
}

interface Corsed<A> {
  readonly cors: CorsDefinition;
  /** The answer to a preflight, which has no body. */
  readonly preflight: (headers: Readonly<Record<string, string>>) => A;
}

/** As much of a request as is looked at. */
type Asking = Pick<EdgeRequest, "method" | "headers">;

/** The answer to a preflight, else what `answer` gives, saying what pages may read of it. */
export function answerWithCors<A extends { readonly headers: AnswerHeaderMap }>(
  answer: () => Awaitable<A>,
  request: Asking,
  { cors, preflight }: Corsed<A>,
): Awaitable<A> {
  if (isPreflight(request)) return varying(preflight(preflightHeaders(request, cors)), cors);
  const open = (answered: A): A => {
    for (const name of [...answered.headers.keys()]) {
      if (isCorsHeader(name)) answered.headers.delete(name);
    }
    const headers = corsHeaders(request, cors);
    for (const [name, value] of Object.entries(headers)) answered.headers.set(name, value);
    return varying(answered, cors);
  };
  const answered = answer();
  return answered instanceof Promise ? answered.then(open) : open(answered);
}

/** Caches must know of answers that differ by origin. */
function varying<A extends { readonly headers: AnswerHeaderMap }>(answer: A, cors: CorsDefinition) {
  if (!(cors.allowOrigins ?? []).includes("*")) answer.headers.append("vary", "Origin");
  return answer;
}

/** A browser's question before the request itself. */
export function isPreflight({ method, headers }: Asking): boolean {
  return (
    method === "OPTIONS" &&
    headers.origin !== undefined &&
    headers["access-control-request-method"] !== undefined
  );
}

/** The headers of the answer to a preflight; its status is 204 and it has no body. */
export function preflightHeaders(
  request: Asking,
  cors: CorsDefinition,
): Readonly<Record<string, string>> {
  const origin = allowedOrigin(request, cors);
  if (origin === undefined) return {};
  const { allowMethods = [], allowHeaders = [], maxAgeSeconds } = cors;
  return {
    ...originHeaders(origin, cors),
    ...(allowMethods.length > 0 && { "access-control-allow-methods": allowMethods.join(",") }),
    ...(allowHeaders.length > 0 && { "access-control-allow-headers": allowHeaders.join(",") }),
    ...(maxAgeSeconds !== undefined && { "access-control-max-age": String(maxAgeSeconds) }),
  };
}

/** What every other answer has besides its own headers. */
export function corsHeaders(
  request: Asking,
  cors: CorsDefinition,
): Readonly<Record<string, string>> {
  const origin = allowedOrigin(request, cors);
  if (origin === undefined) return {};
  const { exposeHeaders = [] } = cors;
  return {
    ...originHeaders(origin, cors),
    ...(exposeHeaders.length > 0 && { "access-control-expose-headers": exposeHeaders.join(",") }),
  };
}

/** Those that functions may not set themselves. */
function isCorsHeader(name: string): boolean {
  return /^access-control-/i.test(name);
}

/** `undefined`: the request has no origin, or one that may not ask. */
function allowedOrigin({ headers }: Asking, cors: CorsDefinition): string | undefined {
  const { origin } = headers;
  if (origin === undefined) return undefined;
  const { allowOrigins = [] } = cors;
  if (allowOrigins.includes("*")) return "*";
  return allowOrigins.some((allowed) => takesOrigin(allowed, origin)) ? origin : undefined;
}

/** `https://*` stands for every origin that begins so. */
function takesOrigin(allowed: string, origin: string): boolean {
  return allowed.endsWith("://*") ? origin.startsWith(allowed.slice(0, -1)) : allowed === origin;
}

function originHeaders(origin: string, { allowCredentials }: CorsDefinition) {
  return {
    "access-control-allow-origin": origin,
    ...(allowCredentials && { "access-control-allow-credentials": "true" }),
  };
}

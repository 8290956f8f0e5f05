/**
 * What a function's address says to browsers about pages of other origins, in the handler's place.
 *
 * Where it is set, a preflight never reaches the handler, and its own headers of the same names are
 * replaced: two answers to one question are refused by browsers.
 *
 * The settings are like those of an HTTP API (`cors/http-cors.ts`), what is said is not: a
 * preflight gets 200, also without an `Origin`; an origin is a whole one or `*`; and `*` may come
 * with credentials, where each origin is told its own name. [Lambda API: Cors]
 */

import { noBytes } from "../../base/mod.ts";
import type { UrlCors } from "../../functions/mod.ts";
import type { WholeAnswer } from "../answer.ts";
import { AnswerHeaders } from "../answer-headers.ts";
import type { Incoming } from "../request.ts";

type Asked = Pick<Incoming, "method" | "headers">;

/** The answer to a browser that asks what it may send; `undefined`: the request is no preflight. */
export function answerPreflight(request: Asked, cors: UrlCors): WholeAnswer | undefined {
  const { method, headers } = request;
  if (method !== "OPTIONS" || !headers.has("access-control-request-method")) return undefined;
  const answer = new AnswerHeaders();
  if (allowOrigin(answer, request, cors)) {
    set(answer, "access-control-allow-methods", cors.allowMethods);
    set(answer, "access-control-allow-headers", cors.allowHeaders);
    if (cors.maxAgeSeconds !== undefined) {
      answer.set("access-control-max-age", String(cors.maxAgeSeconds));
    }
  }
  return { status: 200, headers: answer, body: noBytes };
}

/** Lets the page read the answer, where its origin may ask. */
export function openToPage(answer: AnswerHeaders, request: Asked, cors: UrlCors): void {
  for (const name of [...answer.keys()]) {
    if (name.startsWith("access-control-")) answer.delete(name);
  }
  if (allowOrigin(answer, request, cors)) {
    set(answer, "access-control-expose-headers", cors.exposeHeaders);
  }
}

function allowOrigin(answer: AnswerHeaders, request: Asked, cors: UrlCors): boolean {
  const origin = request.headers.get("origin");
  const { allowOrigins = [], allowCredentials = false } = cors;
  const all = allowOrigins.includes("*");
  if (!all || allowCredentials) answer.append("vary", "Origin");
  // Told as it was set; browsers name scheme and host in lower case.
  const isNamed = allowOrigins.some((one) => one.toLowerCase() === origin);
  if (origin === null || !(all || isNamed)) return false;
  // A browser takes no `*` together with credentials.
  answer.set("access-control-allow-origin", all && !allowCredentials ? "*" : origin);
  if (allowCredentials) answer.set("access-control-allow-credentials", "true");
  return true;
}

function set(answer: AnswerHeaders, name: string, values: readonly string[] | undefined): void {
  if (values && values.length > 0) answer.append(name, values.join(",")); // or it is none
}

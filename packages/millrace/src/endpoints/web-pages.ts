/**
 * Web pages at the API door: those of this machine may use it, all others are kept out.
 *
 * The door trusts who can reach it, and every page in a browser on this machine can. A browser
 * names the page's origin, so a page from elsewhere is refused before anything is looked at.
 *
 * A page whose own name has been made to lead to this machine (DNS rebinding) is of one origin with
 * the door and names none, but its requests name its host: only hosts of this machine are answered.
 */

import { isLoopbackName, shortened } from "../base/mod.ts";
import { preflightAgeSeconds } from "./limits.ts";

const exposedHeaders = [
  "x-amzn-requestid",
  "x-amzn-errortype",
  "x-amz-function-error",
  "x-amz-log-result",
  "x-amz-executed-version",
].join(", ");

/** Whether a request was sent to this machine by name; without a `Host` header it was not. */
export function isLoopbackHost(host: string | null): boolean {
  if (host === null) return false;
  return isLoopbackName(host.toLowerCase().replace(/:\d{0,5}$/, ""));
}

/** What is said to a request for which `isLoopbackHost` does not hold. */
export function foreignHost(host: string | null): string {
  const what = host === null ? "A request without a Host" : `The host "${shortened(host)}"`;
  return `${what} is not answered here: the API of this machine is at localhost or 127.0.0.1`;
}

/** Whether a browser asks what it may send, before it sends it. */
export function isPreflight(request: Request): boolean {
  return request.method === "OPTIONS" && request.headers.has("access-control-request-method");
}

/** Allows what the preflight asks for; its origin was checked before. */
export function preflightAnswer(request: Request): Response {
  const { headers } = request;
  const answer = new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers": headers.get("access-control-request-headers") ?? "",
      "access-control-max-age": String(preflightAgeSeconds),
    },
  });
  if (headers.has("access-control-request-private-network")) {
    answer.headers.set("access-control-allow-private-network", "true");
  }
  return answer;
}

/** Lets the page read the answer. */
export function openToOrigin(answer: Response, origin: string): Response {
  answer.headers.set("access-control-allow-origin", origin);
  answer.headers.set("access-control-expose-headers", exposedHeaders);
  answer.headers.append("vary", "Origin");
  return answer;
}

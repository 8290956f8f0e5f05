/**
 * Web pages at the API door: those of this machine may use it, all others are kept out.
 *
 * The door trusts who can reach it, and every page in a browser on this machine can. A browser
 * names the page's origin, so a page from elsewhere is refused before anything is looked at.
 */

import { preflightAgeSeconds } from "./limits.ts";

const exposedHeaders = [
  "x-amzn-requestid",
  "x-amzn-errortype",
  "x-amz-function-error",
  "x-amz-log-result",
  "x-amz-executed-version",
].join(", ");

/** Whether the origin is a page served by this machine. */
export function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { hostname, protocol } = new URL(origin);
  if (protocol !== "http:" && protocol !== "https:") return false;
  if (hostname === "localhost" || hostname.endsWith(".localhost")) return true;
  return hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
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

/**
 * How many requests a route takes: a token bucket, as API Gateway's. A request takes a token, so
 * many come back in a second, and there are never more than the burst. What finds none is refused.
 */

import type { HttpApiDefinition, RouteDefinition, ThrottleDefinition } from "./definition.ts";

/** Of an account on AWS, where a template sets one of the two. */
const ratePerSecondDefault = 10_000;
const burstDefault = 5_000;

export class TokenBucket {
  readonly #ratePerMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledAtMs: number | undefined;

  /** It begins full. */
  constructor({ ratePerSecond, burst }: ThrottleDefinition) {
    this.#ratePerMs = (ratePerSecond ?? ratePerSecondDefault) / 1000;
    this.#burst = burst ?? burstDefault;
    this.#tokens = this.#burst;
  }

  /** Whether there was a token for it. A clock that goes back gives none and takes none away. */
  take(nowMs: number): boolean {
    const passedMs = Math.max(0, nowMs - (this.#filledAtMs ?? nowMs));
    this.#filledAtMs = Math.max(nowMs, this.#filledAtMs ?? nowMs);
    this.#tokens = Math.min(this.#burst, this.#tokens + passedMs * this.#ratePerMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Whether a route takes one more request now; each route with a bound has a bucket of its own. */
export function createThrottle(
  api: HttpApiDefinition,
): (route: RouteDefinition, nowMs: number) => boolean {
  const buckets = new Map<RouteDefinition, TokenBucket>();
  for (const route of api.routes) {
    const named = api.routeThrottles ?? {};
    const key = routeKeysOf(route, api.kind).find((one) => named[one] !== undefined);
    const bound = route.throttle ?? (key === undefined ? api.throttle : named[key]);
    if (bound) buckets.set(route, new TokenBucket(bound));
  }
  return (route, nowMs) => buckets.get(route)?.take(nowMs) ?? true;
}

/** The names that `routeThrottles` may have, in the order in which they count for a route. */
export function routeKeys({ kind, routes }: Pick<HttpApiDefinition, "kind" | "routes">): string[] {
  return routes.flatMap((route) => routeKeysOf(route, kind));
}

/** As HTTP APIs name a route; a REST API's paths have a name for all of their methods, too. */
function routeKeysOf({ method, path }: RouteDefinition, kind: HttpApiDefinition["kind"]): string[] {
  const key = path === "$default" ? path : `${method} ${path}`;
  return kind === "rest" ? [key, `* ${path}`] : [key];
}

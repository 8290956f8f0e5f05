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
    const ofPath = named[routeKeyOf(route)] ?? named[`* ${route.path}`];
    const bound = route.throttle ?? ofPath ?? api.throttle;
    if (bound) buckets.set(route, new TokenBucket(bound));
  }
  return (route, nowMs) => buckets.get(route)?.take(nowMs) ?? true;
}

/** Bounds for routes that the API does not have, in words that name them. */
export function throttleProblems({
  name,
  routes,
  routeThrottles = {},
}: HttpApiDefinition): string[] {
  const known = new Set(routes.flatMap((route) => [routeKeyOf(route), `* ${route.path}`]));
  return Object.keys(routeThrottles)
    .filter((key) => !known.has(key))
    .map((key) => `API "${name}", settings of "${key}": it has no such route`);
}

/** As HTTP APIs name a route. */
function routeKeyOf({ method, path }: RouteDefinition): string {
  return path === "$default" ? path : `${method} ${path}`;
}

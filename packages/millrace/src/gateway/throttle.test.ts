import { expect, test } from "bun:test";
import type { HttpApiDefinition } from "./definition.ts";
import { createThrottle, routeKeys, TokenBucket } from "./throttle.ts";

/** How many of so many requests at that moment are taken. */
function taken(bucket: TokenBucket, nowMs: number, count: number): number {
  return Array.from({ length: count }, () => bucket.take(nowMs)).filter(Boolean).length;
}

test("a burst is taken at once, and then as many in a second as the rate says", () => {
  const bucket = new TokenBucket({ ratePerSecond: 10, burst: 5 });
  expect(taken(bucket, 1_000, 8)).toBe(5);
  expect(taken(bucket, 1_099, 1)).toBe(0);
  expect(taken(bucket, 1_100, 2)).toBe(1);
  expect(taken(bucket, 1_400, 9)).toBe(3);
});

test("tokens are kept up to the burst and no further", () => {
  const bucket = new TokenBucket({ ratePerSecond: 10, burst: 5 });
  expect(taken(bucket, 0, 5)).toBe(5);
  expect(taken(bucket, 3_600_000, 9)).toBe(5);
});

test("a rate below one in a second takes one now and then", () => {
  const bucket = new TokenBucket({ ratePerSecond: 0.5, burst: 1 });
  const moments = [0, 1_000, 2_000, 3_000, 4_000];
  expect(moments.map((nowMs) => bucket.take(nowMs))).toEqual([true, false, true, false, true]);
});

test("a burst of 0 takes nothing, ever", () => {
  const bucket = new TokenBucket({ ratePerSecond: 10, burst: 0 });
  expect(taken(bucket, 0, 3) + taken(bucket, 60_000, 3)).toBe(0);
});

test("what is not said is an account's", () => {
  expect(taken(new TokenBucket({ ratePerSecond: 1 }), 0, 6_000)).toBe(5_000);
  const bucket = new TokenBucket({ burst: 20_000 });
  taken(bucket, 0, 20_000);
  expect(taken(bucket, 1_000, 20_000)).toBe(10_000);
});

test("a clock that goes back gives nothing twice", () => {
  const bucket = new TokenBucket({ ratePerSecond: 1, burst: 1 });
  expect(bucket.take(10_000)).toBe(true);
  expect(bucket.take(5_000)).toBe(false);
  expect(bucket.take(10_000)).toBe(false);
  expect(bucket.take(11_000)).toBe(true);
});

const route = (path: string, more = {}) => ({ method: "GET", path, functionName: "f", ...more });
const routes = [
  route("/own", { throttle: { burst: 1 } }),
  route("/named"),
  route("/a"),
  route("/b"),
];
const api: HttpApiDefinition = {
  name: "Web",
  apiId: "a",
  kind: "http",
  stage: "$default",
  routes,
  throttle: { ratePerSecond: 1, burst: 3 },
  routeThrottles: { "GET /named": { burst: 2 }, "GET /own": { burst: 9 } },
};

test("a route has its own bound, else the one under its name, else that of all", () => {
  const takes = createThrottle(api);
  const counts = routes.map((one) => Array.from({ length: 9 }, () => takes(one, 0)));
  expect(counts.map((taken) => taken.filter(Boolean).length)).toEqual([1, 2, 3, 3]);
});

test("a bound of all methods of a path is that of each, where it has none of its own", () => {
  const takes = createThrottle({ ...api, kind: "rest", routeThrottles: { "* /a": { burst: 1 } } });
  const counts = [2, 3].map((at) => Array.from({ length: 9 }, () => takes(routes[at]!, 0)));
  expect(counts.map((taken) => taken.filter(Boolean).length)).toEqual([1, 3]);
});

test("without a bound every request is taken", () => {
  const takes = createThrottle({ ...api, throttle: undefined, routeThrottles: undefined });
  expect(Array.from({ length: 9_999 }, () => takes(routes[2]!, 0))).not.toContain(false);
});

test("a path of all methods has a name in a REST API alone", () => {
  const some = { ...api, routes: [route("/a")] };
  expect(routeKeys(some)).toEqual(["GET /a"]);
  expect(routeKeys({ ...some, kind: "rest" })).toEqual(["GET /a", "* /a"]);
  const takes = createThrottle({ ...some, routeThrottles: { "* /a": { burst: 1 } } });
  expect([takes(some.routes[0]!, 0), takes(some.routes[0]!, 0)]).toEqual([true, true]);
});

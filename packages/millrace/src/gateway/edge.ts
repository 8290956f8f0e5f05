/**
 * The edge: every request of the public goes to a bucket or to an API.
 *
 * A distribution decides by the path; without one, the application's single API takes all. APIs are
 * served at the root, as behind a domain of their own: a REST API's stage is in the event's
 * `requestContext.path` but never in the address.
 *
 * The server itself, and MQTT over WebSocket on it, are started elsewhere. For HEAD the answer
 * carries the body that GET would have; whoever sends it sends its headers and length alone.
 */

import type { Awaitable, Clock, Logger, Random } from "../base/mod.ts";
import type { Objects } from "../objects/mod.ts";
import { type Answer, jsonAnswer } from "./answer.ts";
import { type Api, createApi, type Invoke } from "./api.ts";
import type { VerifyToken } from "./authorizer/jwt.ts";
import type { DistributionDefinition, HttpApiDefinition, OriginDefinition } from "./definition.ts";
import { answerOrFail } from "./failure.ts";
import { matchesPathPattern } from "./path-pattern.ts";
import type { Incoming } from "./request.ts";
import { checkRoutePath } from "./routes.ts";
import { serveObject } from "./static.ts";

export interface EdgeOptions {
  readonly apis: readonly HttpApiDefinition[];
  readonly distributions: readonly DistributionDefinition[];
  readonly accountId: string;
  readonly objects: Pick<Objects, "read">;
  readonly invoke: Invoke;
  /** Needed where a route is for tokens. */
  readonly verifyToken?: VerifyToken;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface Edge {
  /** Fails with a broken invariant alone, which is not for a request to survive. */
  answer(request: Incoming): Awaitable<Answer>;
}

/** Takes what `checkEdge` found nothing wrong with. */
export function createEdge(options: EdgeOptions): Edge {
  const { objects, logger } = options;
  const apis = new Map<string, Api>();
  for (const api of options.apis) apis.set(api.name, createApi({ ...options, api }));
  const chooseOrigin = originChooser(options);

  async function serveBucket(request: Incoming, bucketName: string): Promise<Answer> {
    const key = decodeKey(request.path);
    const file = key === undefined ? undefined : await objects.read(bucketName, key);
    return serveObject(request, key ?? "", file);
  }

  function answer(request: Incoming): Awaitable<Answer> {
    const origin = chooseOrigin(request.path);
    if (origin?.kind === "bucket") return serveBucket(request, origin.bucketName);
    const api = origin && apis.get(origin.apiName);
    return api ? api(request) : jsonAnswer(404, { message: "Not Found" });
  }

  return {
    answer: (request) => answerOrFail(() => answer(request), { path: request.path, logger }),
  };
}

/** What is wrong with the front of an application, in words that name it; empty: nothing. */
export function checkEdge(options: Pick<EdgeOptions, "apis" | "distributions">): string[] {
  const { apis, distributions } = options;
  const problems: string[] = [];
  if (distributions.length > 1) {
    problems.push(`distribution "${distributions[1]!.name}": only one is served so far`);
  }
  if (distributions.length === 0 && apis.length > 1) {
    problems.push(`API "${apis[1]!.name}": a second API needs a distribution that leads to it`);
  }
  for (const { name, behaviors, defaultOrigin } of distributions) {
    for (const origin of [...behaviors.map((behavior) => behavior.origin), defaultOrigin]) {
      if (origin.kind === "bucket" || apis.some((api) => api.name === origin.apiName)) continue;
      problems.push(
        `distribution "${name}" leads to the API "${origin.apiName}", which is not there`,
      );
    }
  }
  for (const api of apis) problems.push(...checkRoutes(api));
  return problems;
}

function checkRoutes(api: HttpApiDefinition): string[] {
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const { method, path } of api.routes) {
    const route = `API "${api.name}", route "${method} ${path}"`;
    // Two routes that differ in the names of their variables alone are one.
    const shape = `${method} ${path.replace(/\{[^}+]*(\+?)\}/g, "{$1}")}`;
    const wrong = checkRoutePath(path);
    if (wrong) problems.push(`${route}: its path ${wrong}`);
    else if (seen.has(shape)) problems.push(`${route}: there is one like it already`);
    if (path === "$default" && api.kind === "rest")
      problems.push(`${route}: only an HTTP API has it`);
    seen.add(shape);
  }
  return problems;
}

function originChooser(options: EdgeOptions): (path: string) => OriginDefinition | undefined {
  const [distribution] = options.distributions;
  if (distribution) {
    const { behaviors, defaultOrigin } = distribution;
    return (path) => {
      const behavior = behaviors.find(({ pathPattern }) => matchesPathPattern(pathPattern, path));
      return behavior?.origin ?? defaultOrigin;
    };
  }
  const [api] = options.apis;
  const origin = api && ({ kind: "api", apiName: api.name } as const);
  return () => origin;
}

/** `undefined`: the path is not properly encoded, so it names nothing. */
function decodeKey(path: string): string | undefined {
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    return undefined;
  }
}

/**
 * Which route of an API takes a request.
 *
 * The most specific path wins: from the left, a literal segment before `{name}` before `{name+}`;
 * then the method before `ANY`. Routes with another method are not looked at: where a path has
 * OPTIONS alone, a less specific one with `ANY` takes its other requests. Of an HTTP API those with
 * `{name+}` come behind all others, and `$default` takes the rest. [API Gateway: HTTP API routes]
 */

import type { HttpApiDefinition, RouteDefinition } from "./definition.ts";

export interface RouteMatch {
  readonly route: RouteDefinition;
  /** Decoded; empty when the path has no variables. */
  readonly parameters: Readonly<Record<string, string>>;
}

export type RouteFinder = (method: string, path: string) => RouteMatch | "malformed" | undefined;

interface CompiledRoute {
  readonly route: RouteDefinition;
  readonly segments: readonly Segment[];
}

interface Segment {
  readonly kind: "literal" | "variable" | "greedy";
  readonly text: string;
}

const rank = { literal: 0, variable: 1, greedy: 2 };

/** Requests for few paths are many; what was found for the last ones need not be looked for. */
const rememberedMax = 256;
const rememberedLengthMax = 1024;

/** `path` is percent-encoded; one that cannot be decoded is `malformed`. */
export function createRouteFinder(api: HttpApiDefinition): RouteFinder {
  const find = createFinder(api);
  const remembered = new Map<string, ReturnType<RouteFinder>>();
  return (method, path) => {
    const key = `${method} ${path}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const found = find(method, path);
    if (key.length > rememberedLengthMax) return found;
    if (remembered.size === rememberedMax) remembered.clear();
    remembered.set(key, found);
    return found;
  };
}

function createFinder(api: HttpApiDefinition): RouteFinder {
  const fallback = api.routes.find((route) => route.path === "$default");
  const compiled = api.routes
    .filter((route) => route !== fallback)
    .map((route) => ({ route, segments: parseRoute(route.path) }))
    .sort((left, right) => {
      const last = api.kind === "http" ? Number(isGreedy(left)) - Number(isGreedy(right)) : 0;
      return last || compareRoutes(left, right);
    });
  return (method, path) => {
    const parts = decodePath(path, api.kind);
    if (!parts) return "malformed";
    const takesMethod = ({ route }: CompiledRoute) =>
      route.method === method || route.method === "ANY";
    const found = compiled.find((one) => takesMethod(one) && matches(one, parts));
    if (found) return describeMatch(found, parts);
    return fallback && { route: fallback, parameters: {} };
  };
}

/** What no request could ever be routed by, in words; `undefined` when the path is sound. */
export function checkRoutePath(path: string): string | undefined {
  if (path === "$default") return undefined;
  if (!path.startsWith("/")) return "does not begin with a slash";
  const segments = parseRoute(path);
  if (segments.slice(0, -1).some((segment) => segment.kind === "greedy")) {
    return "has a greedy variable that is not at its end";
  }
  if (segments.some(({ kind, text }) => kind === "literal" && /[{}]/.test(text))) {
    return "has a brace inside a segment";
  }
  return undefined;
}

function parseRoute(path: string): Segment[] {
  return splitPath(path).map((text) => {
    const variable = /^\{([\w.:-]+)(\+?)\}$/.exec(text);
    if (!variable) return { kind: "literal", text };
    return { kind: variable[2] ? "greedy" : "variable", text: variable[1]! };
  });
}

/** `/` is no segment at all. */
function splitPath(path: string): string[] {
  return path === "/" ? [] : path.slice(1).split("/");
}

function decodePath(path: string, kind: HttpApiDefinition["kind"]): string[] | undefined {
  // A REST API takes `/a/` for `/a`.
  const trimmed =
    kind === "rest" && path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  try {
    const parts = splitPath(trimmed);
    return trimmed.includes("%") ? parts.map(decodeURIComponent) : parts;
  } catch {
    return undefined; // a percent sign without two hexadecimal digits, or not UTF-8
  }
}

function matches(route: CompiledRoute, parts: readonly string[]): boolean {
  const { segments } = route;
  const greedy = isGreedy(route);
  if (greedy ? parts.length < segments.length : parts.length !== segments.length) return false;
  return segments.every(({ kind, text }, at) => {
    return kind === "literal" ? parts[at] === text : kind === "greedy" || parts[at] !== "";
  });
}

function describeMatch({ route, segments }: CompiledRoute, parts: readonly string[]): RouteMatch {
  const parameters: Record<string, string> = {};
  for (const [at, { kind, text }] of segments.entries()) {
    if (kind === "variable") parameters[text] = parts[at]!;
    if (kind === "greedy") parameters[text] = parts.slice(at).join("/");
  }
  return { route, parameters };
}

function isGreedy({ segments }: CompiledRoute): boolean {
  return segments.at(-1)?.kind === "greedy";
}

function compareRoutes(left: CompiledRoute, right: CompiledRoute): number {
  const shared = Math.min(left.segments.length, right.segments.length);
  for (let at = 0; at < shared; at += 1) {
    const difference = rank[left.segments[at]!.kind] - rank[right.segments[at]!.kind];
    if (difference !== 0) return difference;
  }
  // Of two that can both match, the longer one has its greedy variable later.
  const length = right.segments.length - left.segments.length;
  if (length !== 0) return length;
  return Number(left.route.method === "ANY") - Number(right.route.method === "ANY");
}

/** The event of an HTTP API: payload version 2.0. What is absent is left out, never null. */

import { textOf, toBase64 } from "../base/mod.ts";
import type { HttpApiDefinition } from "./definition.ts";
import { describeDomain, type EdgeRequest, formatRequestTime, parseQuery } from "./request.ts";
import type { RouteMatch } from "./routes.ts";

export interface HttpEventContext {
  readonly api: Pick<HttpApiDefinition, "apiId" | "stage" | "stageVariables">;
  readonly accountId: string;
  /** Who signed the request, where that is asked for. */
  readonly authorizer?: object;
}

/**
 * Text crosses as it is, every other body as base64. Several values of one query name are joined
 * with commas; cookies are in their own list and not among the headers. The path is decoded.
 */
export function createHttpEvent(
  request: EdgeRequest,
  match: RouteMatch,
  context: HttpEventContext,
): object {
  return createEventAt(toldPath(request, context.api), request, { match, context });
}

/** The same for a function's own address, whose events tell the path as it came. */
export function createUrlEvent(
  request: EdgeRequest,
  match: RouteMatch,
  context: HttpEventContext,
): object {
  return createEventAt(request.path, request, { match, context });
}

function createEventAt(
  path: string,
  request: EdgeRequest,
  told: { readonly match: RouteMatch; readonly context: HttpEventContext },
): object {
  const { headers } = request;
  const { route, parameters } = told.match;
  const { api } = told.context;
  const routeKey = route.path === "$default" ? "$default" : `${route.method} ${route.path}`;
  const query = parseQuery(request.query);
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: request.query,
    cookies: headers.cookie?.split(/;\s*/),
    headers: headers.cookie === undefined ? headers : withoutCookie(headers),
    queryStringParameters: query.length > 0 ? joinByName(query) : undefined,
    requestContext: describeContext(request, { path, routeKey }, told.context),
    ...describeBody(request),
    stageVariables: api.stageVariables,
    pathParameters: isEmpty(parameters) ? undefined : parameters,
  };
}

function withoutCookie({ cookie: _, ...others }: EdgeRequest["headers"]) {
  return others;
}

function describeContext(
  request: EdgeRequest,
  { path, routeKey }: { readonly path: string; readonly routeKey: string },
  { api, accountId, authorizer }: HttpEventContext,
): object {
  return {
    accountId,
    apiId: api.apiId,
    authorizer,
    ...describeDomain(request),
    http: {
      method: request.method,
      path,
      protocol: "HTTP/1.1",
      sourceIp: request.sourceIp,
      userAgent: request.headers["user-agent"] ?? "",
    },
    requestId: request.gatewayId,
    routeKey,
    stage: api.stage,
    time: formatRequestTime(request.nowMs),
    timeEpoch: request.nowMs,
  };
}

function isEmpty(parameters: object): boolean {
  for (const _ in parameters) return false;
  return true;
}

/**
 * The path as events of an HTTP API tell it. It is decoded, `rawPath` too: no page of AWS says so,
 * captured events do; routing has seen to it that it can be. A stage with a name is its first part.
 */
export function toldPath(
  { path }: Pick<EdgeRequest, "path">,
  { stage }: Pick<HttpApiDefinition, "stage">,
): string {
  const decoded = path.includes("%") ? decodeURIComponent(path) : path;
  return stage === "$default" ? decoded : `/${stage}${decoded}`;
}

function describeBody({ body, headers }: EdgeRequest) {
  if (body.length === 0) return { isBase64Encoded: false };
  const isBase64Encoded = !isText(headers["content-type"] ?? "");
  return { body: isBase64Encoded ? toBase64(body) : textOf(body), isBase64Encoded };
}

/** Bodies of all other types, and of none, cross as base64. */
export function isText(contentType: string): boolean {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  return /^text\/|^application\/(json|javascript|xml)$|\+(json|xml)$/.test(type);
}

function joinByName(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

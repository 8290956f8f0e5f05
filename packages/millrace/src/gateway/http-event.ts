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
 * with commas; cookies are in their own list and not among the headers.
 */
export function createHttpEvent(
  request: EdgeRequest,
  { route, parameters }: RouteMatch,
  context: HttpEventContext,
): object {
  const { headers } = request;
  const { api } = context;
  const path = stagedPath(request, api);
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
    requestContext: describeContext(request, { path, routeKey }, context),
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

/** On AWS a stage with a name is the first part of the path, and the event says so. */
export function stagedPath(
  { path }: Pick<EdgeRequest, "path">,
  { stage }: Pick<HttpApiDefinition, "stage">,
): string {
  return stage === "$default" ? path : `/${stage}${path}`;
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

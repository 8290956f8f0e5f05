/** The event of an HTTP API: payload version 2.0. What is absent is left out, never null. */

import { textOf, toBase64 } from "../base/mod.ts";
import type { HttpApiDefinition } from "./definition.ts";
import { type EdgeRequest, formatRequestTime, parseQuery } from "./request.ts";
import type { RouteMatch } from "./routes.ts";

/**
 * Text crosses as it is, every other body as base64. Several values of one query name are joined
 * with commas; cookies are in their own list and not among the headers.
 */
export function createHttpEvent(
  request: EdgeRequest,
  { route, parameters }: RouteMatch,
  context: { readonly api: HttpApiDefinition; readonly accountId: string },
): object {
  const { body } = request;
  const { cookie } = request.headers;
  const headers = cookie === undefined ? request.headers : withoutCookie(request.headers);
  const isBase64Encoded = body.length > 0 && !isText(headers["content-type"] ?? "");
  const query = parseQuery(request.query);
  const path = stagedPath(request, context.api);
  const routeKey = route.path === "$default" ? "$default" : `${route.method} ${route.path}`;
  const { domainName, domainPrefix } = describeDomain(request);
  const hasParameters = Object.keys(parameters).length > 0;
  // What is undefined is no member of the JSON; spreads of what may be absent would cost more.
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: request.query,
    cookies: cookie?.split(/;\s*/),
    headers,
    queryStringParameters: query.length > 0 ? joinByName(query) : undefined,
    requestContext: {
      accountId: context.accountId,
      apiId: context.api.apiId,
      domainName,
      domainPrefix,
      http: {
        method: request.method,
        path,
        protocol: "HTTP/1.1",
        sourceIp: request.sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: request.gatewayId,
      routeKey,
      stage: context.api.stage,
      time: formatRequestTime(request.nowMs),
      timeEpoch: request.nowMs,
    },
    body: body.length > 0 ? (isBase64Encoded ? toBase64(body) : textOf(body)) : undefined,
    pathParameters: hasParameters ? parameters : undefined,
    isBase64Encoded,
    stageVariables: context.api.stageVariables,
  };
}

/** On AWS a stage with a name is the first part of the path, and the event says so. */
export function stagedPath({ path }: EdgeRequest, { stage }: HttpApiDefinition): string {
  return stage === "$default" ? path : `/${stage}${path}`;
}

function withoutCookie({ cookie: _, ...others }: EdgeRequest["headers"]): EdgeRequest["headers"] {
  return others;
}

/** The name by which the client called us, with its port, as there is no other domain. */
export function describeDomain(request: EdgeRequest) {
  const domainName = request.headers.host ?? "";
  return { domainName, domainPrefix: /^[^.:]*/.exec(domainName)![0] };
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

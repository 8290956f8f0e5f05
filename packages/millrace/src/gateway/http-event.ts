/** The event of an HTTP API: payload version 2.0. What is absent is left out, never null. */

import { textOf, toBase64 } from "../base/mod.ts";
import type { HttpApiDefinition } from "./definition.ts";
import { type EdgeRequest, formatRequestTime, parseQuery } from "./request.ts";
import type { RouteMatch } from "./routes.ts";

export interface HttpEventContext {
  readonly api: Pick<HttpApiDefinition, "apiId" | "stage" | "stageVariables">;
  readonly accountId: string;
  /** Who signed the request, where that is asked for. */
  readonly authorizer?: object;
}

/**
 * Its JSON. Text crosses as it is, every other body as base64. Several values of one query name are
 * joined with commas; cookies are in their own list and not among the headers.
 *
 * Put together from texts: what does not differ between requests with the same headers need not be
 * quoted again, and that is most of an event.
 */
export function createHttpEvent(
  request: EdgeRequest,
  { route, parameters }: RouteMatch,
  context: HttpEventContext,
): string {
  const { cookie } = request.headers;
  const query = parseQuery(request.query);
  const path = json(stagedPath(request, context.api));
  const key = json(route.path === "$default" ? "$default" : `${route.method} ${route.path}`);
  let event = `{"version":"2.0","routeKey":${key},"rawPath":${path}`;
  event += `,"rawQueryString":${json(request.query)}`;
  if (cookie !== undefined) event += `,"cookies":${json(cookie.split(/;\s*/))}`;
  event += `,"headers":${request.described.jsonWithoutCookies}`;
  if (query.length > 0) event += `,"queryStringParameters":${json(joinByName(query))}`;
  event += `,"requestContext":${requestContextOf(request, context, { key, path })}`;
  event += bodyOf(request);
  const { stageVariables } = context.api;
  if (stageVariables) event += `,"stageVariables":${json(stageVariables)}`;
  for (const _ in parameters) return `${event},"pathParameters":${json(parameters)}}`;
  return `${event}}`;
}

/** On AWS a stage with a name is the first part of the path, and the event says so. */
export function stagedPath(
  { path }: Pick<EdgeRequest, "path">,
  { stage }: Pick<HttpApiDefinition, "stage">,
): string {
  return stage === "$default" ? path : `/${stage}${path}`;
}

/** `key` and `path` are quoted. */
function requestContextOf(
  request: EdgeRequest,
  { api, accountId, authorizer }: HttpEventContext,
  { key, path }: { readonly key: string; readonly path: string },
): string {
  const { domainName, domainPrefix } = describeDomain(request);
  let text = `{"accountId":${json(accountId)},"apiId":${json(api.apiId)}`;
  if (authorizer) text += `,"authorizer":${json(authorizer)}`;
  text += `,"domainName":${json(domainName)},"domainPrefix":${json(domainPrefix)}`;
  text += `,"http":{"method":${json(request.method)},"path":${path},"protocol":"HTTP/1.1"`;
  text += `,"sourceIp":${json(request.sourceIp)}`;
  text += `,"userAgent":${json(request.headers["user-agent"] ?? "")}}`;
  text += `,"requestId":"${request.gatewayId}","routeKey":${key},"stage":${json(api.stage)}`;
  const { nowMs } = request;
  return `${text},"time":"${formatRequestTime(nowMs)}","timeEpoch":${nowMs}}`;
}

/** The members that say what the body is, with the comma before them. */
function bodyOf({ body, headers }: EdgeRequest): string {
  if (body.length === 0) return `,"isBase64Encoded":false`;
  if (isText(headers["content-type"] ?? "")) {
    return `,"body":${json(textOf(body))},"isBase64Encoded":false`;
  }
  return `,"body":"${toBase64(body)}","isBase64Encoded":true`;
}

/** Text that is its own quotation, as most is here; to see that costs less than to quote it. */
const unquoted = /^[ !#-[\]-~]*$/;

function json(value: string | object): string {
  if (typeof value === "string" && unquoted.test(value)) return `"${value}"`;
  return JSON.stringify(value);
}

/** The name by which the client called us, with its port, as there is no other domain. */
export function describeDomain(request: Pick<EdgeRequest, "headers">) {
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

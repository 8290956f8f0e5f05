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
 * Put together from texts: what does not differ between requests with the same headers is quoted
 * once for all of them.
 */
export function createHttpEvent(
  request: EdgeRequest,
  { route, parameters }: RouteMatch,
  { api, accountId, authorizer }: HttpEventContext,
): string {
  const { headers, described, gatewayId, nowMs } = request;
  const { texts } = described;
  const path = json(stagedPath(request, api));
  const key = json(route.path === "$default" ? "$default" : `${route.method} ${route.path}`);
  const cookies = member("cookies", headers.cookie?.split(/;\s*/));
  const query = request.query === "" ? "" : queryMember(request.query);
  const caller = member("authorizer", authorizer);
  const stage = member("stageVariables", api.stageVariables);
  const variables = isEmpty(parameters) ? "" : member("pathParameters", parameters);
  const owner = `"accountId":${json(accountId)},"apiId":${json(api.apiId)}${caller}`;
  const http = `"method":${json(request.method)},"path":${path},"protocol":"HTTP/1.1"`;
  const ids = `"requestId":"${gatewayId}","routeKey":${key},"stage":${json(api.stage)}`;
  const time = `"time":"${formatRequestTime(nowMs)}","timeEpoch":${nowMs}`;
  const context = `{${owner},${texts.domain},"http":{${http},${texts.client}},${ids},${time}}`;
  const raw = `"rawPath":${path},"rawQueryString":${json(request.query)}${cookies}`;
  const rest = `${bodyOf(request)}${stage}${variables}`;
  const start = `{"version":"2.0","routeKey":${key},${raw},"headers":${texts.headers}${query}`;
  return `${start},"requestContext":${context}${rest}}`;
}

/** With its comma; nothing where there is no value. */
function member(name: string, value: object | undefined): string {
  return value === undefined ? "" : `,"${name}":${JSON.stringify(value)}`;
}

function isEmpty(parameters: object): boolean {
  for (const _ in parameters) return false;
  return true;
}

function queryMember(query: string): string {
  const pairs = parseQuery(query);
  return member("queryStringParameters", pairs.length > 0 ? joinByName(pairs) : undefined);
}

/** On AWS a stage with a name is the first part of the path, and the event says so. */
export function stagedPath(
  { path }: Pick<EdgeRequest, "path">,
  { stage }: Pick<HttpApiDefinition, "stage">,
): string {
  return stage === "$default" ? path : `/${stage}${path}`;
}

/** The members that say what the body is, with the comma before them. */
function bodyOf({ body, headers }: EdgeRequest): string {
  if (body.length === 0) return `,"isBase64Encoded":false`;
  if (isText(headers["content-type"] ?? "")) {
    return `,"body":${json(textOf(body))},"isBase64Encoded":false`;
  }
  return `,"body":"${toBase64(body)}","isBase64Encoded":true`;
}

/** Text that is its own quotation between quotes, as most is here. */
const unquoted = /^[ !#-[\]-~]*$/;

function json(text: string): string {
  return unquoted.test(text) ? `"${text}"` : JSON.stringify(text);
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

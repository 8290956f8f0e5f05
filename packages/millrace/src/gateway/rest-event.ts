/**
 * The event of a REST API's Lambda proxy: payload version 1.0 without its version. What is absent
 * is null.
 *
 * On AWS header names keep the client's case; here they are lost on the way in, so they are
 * spelled as browsers do over HTTP/1.1 (`Content-Type`), and a header that came twice has one
 * joined value.
 */

import { createHash } from "node:crypto";
import { textOf, toBase64 } from "../base/mod.ts";
import type { HttpApiDefinition, RouteDefinition } from "./definition.ts";
import { matchesMediaType } from "./media-type.ts";
import { describeDomain, type EdgeRequest, formatRequestTime, parseQuery } from "./request.ts";
import type { RouteMatch } from "./routes.ts";

export interface EventContext {
  readonly api: HttpApiDefinition;
  readonly accountId: string;
  /** What an authorizer said of whoever asks. */
  readonly authorizer?: object;
}

/**
 * A body crosses as text unless its type is among the API's binary media types. Of several values
 * of one query name the last is in the single map, all are in the other.
 */
export function createRestEvent(
  request: EdgeRequest,
  { route, parameters }: RouteMatch,
  context: EventContext,
): object {
  const { body } = request;
  const headers = Object.entries(request.headers).map(
    ([name, value]) => [spellHeader(name), value] as const,
  );
  const query = parseQuery(request.query);
  const isBase64Encoded = body.length > 0 && isBinary(request, context.api);
  const text = isBase64Encoded ? toBase64(body) : textOf(body);
  return {
    resource: route.path,
    path: request.path,
    httpMethod: request.method,
    headers: Object.fromEntries(headers),
    multiValueHeaders: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
    queryStringParameters: query.length > 0 ? Object.fromEntries(query) : null,
    multiValueQueryStringParameters: query.length > 0 ? groupByName(query) : null,
    pathParameters: Object.keys(parameters).length > 0 ? parameters : null,
    stageVariables: context.api.stageVariables ?? null,
    requestContext: describeContext(request, route, context),
    body: body.length > 0 ? text : null,
    isBase64Encoded,
  };
}

function describeContext(
  request: EdgeRequest,
  { path: resourcePath, resourceId }: RouteDefinition,
  { api, accountId, authorizer }: EventContext,
): object {
  return {
    resourceId: resourceId ?? idOf(resourcePath),
    resourcePath,
    httpMethod: request.method,
    extendedRequestId: request.gatewayId,
    requestTime: formatRequestTime(request.nowMs),
    path: `/${api.stage}${request.path}`,
    accountId,
    ...(authorizer && { authorizer }),
    protocol: "HTTP/1.1",
    stage: api.stage,
    ...describeDomain(request),
    requestTimeEpoch: request.nowMs,
    requestId: request.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      apiKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: request.headers["user-agent"] ?? null,
      user: null,
    },
    apiId: api.apiId,
  };
}

function idOf(resourcePath: string): string {
  return createHash("sha256").update(resourcePath).digest("hex").slice(0, 6);
}

function isBinary(request: EdgeRequest, api: HttpApiDefinition): boolean {
  const type = request.headers["content-type"] ?? "application/json";
  return (api.binaryMediaTypes ?? []).some((pattern) => matchesMediaType(pattern, type));
}

/** `content-type` becomes `Content-Type`; a browser's client hints are lower-case on the wire. */
function spellHeader(name: string): string {
  if (name.startsWith("sec-ch-")) return name;
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** All values of each name, in their order. */
export function groupByName(
  pairs: readonly (readonly [string, string])[],
): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  return Object.fromEntries(groups);
}

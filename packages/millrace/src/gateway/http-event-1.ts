/**
 * The event of an HTTP API with payload version 1.0. It has the members of a REST API's, and
 * differs in this: it says its version, header names are in lower case, the stage is part of the
 * path where it has a name, one id is both of the request's, and a body is text or base64 by its
 * type, as in version 2.0. Of several values of one query name the first is in the single map.
 */

import { textOf, toBase64 } from "../base/mod.ts";
import { isText, toldPath } from "./http-event.ts";
import { describeDomain, type EdgeRequest, formatRequestTime, parseQuery } from "./request.ts";
import { type EventContext, groupByName } from "./rest-event.ts";
import type { RouteMatch } from "./routes.ts";

/** What is absent is null. */
export function createHttpEvent1(
  request: EdgeRequest,
  { route, parameters }: RouteMatch,
  context: EventContext,
): object {
  const { body, headers } = request;
  const query = parseQuery(request.query);
  const isBase64Encoded = body.length > 0 && !isText(headers["content-type"] ?? "");
  const values = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  const path = toldPath(request, context.api);
  return {
    version: "1.0",
    resource: route.path,
    path,
    httpMethod: request.method,
    headers,
    multiValueHeaders: Object.fromEntries(values),
    queryStringParameters: query.length > 0 ? Object.fromEntries(query.toReversed()) : null,
    multiValueQueryStringParameters: query.length > 0 ? groupByName(query) : null,
    requestContext: describeContext(request, { path, resourcePath: route.path }, context),
    pathParameters: Object.keys(parameters).length > 0 ? parameters : null,
    stageVariables: context.api.stageVariables ?? null,
    body: body.length > 0 ? (isBase64Encoded ? toBase64(body) : textOf(body)) : null,
    isBase64Encoded,
  };
}

function describeContext(
  request: EdgeRequest,
  { path, resourcePath }: { readonly path: string; readonly resourcePath: string },
  { api, accountId, authorizer }: EventContext,
): object {
  return {
    accountId,
    apiId: api.apiId,
    ...(authorizer && { authorizer }),
    ...describeDomain(request),
    extendedRequestId: request.gatewayId,
    httpMethod: request.method,
    identity: {
      accessKey: null,
      accountId: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: request.sourceIp,
      user: null,
      userAgent: request.headers["user-agent"] ?? "",
      userArn: null,
    },
    path,
    protocol: "HTTP/1.1",
    requestId: request.gatewayId,
    requestTime: formatRequestTime(request.nowMs),
    requestTimeEpoch: request.nowMs,
    resourceId: null,
    resourcePath,
    stage: api.stage,
  };
}

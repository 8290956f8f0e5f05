/**
 * Identity sources: what of a request must be there before an authorizer is asked, and what its
 * answer is remembered by. [API Gateway: Lambda authorizers, identity sources]
 */

import { memberOf } from "../../base/mod.ts";
import { createRegex, type RegexResult } from "../../sql/mod.ts";
import type { HttpApiDefinition } from "../definition.ts";
import { toldPath } from "../http-event.ts";
import { describeDomain, type EdgeRequest, parseQuery } from "../request.ts";
import type { RouteMatch } from "../routes.ts";
import type { IdentitySource } from "./definition.ts";

export interface Asked {
  readonly request: EdgeRequest;
  readonly match: RouteMatch;
  readonly api: HttpApiDefinition;
  readonly accountId: string;
}

type OfContext = (asked: Asked) => string;

const ofContext: Readonly<Record<string, OfContext>> = {
  accountId: ({ accountId }) => accountId,
  apiId: ({ api }) => api.apiId,
  domainName: ({ request }) => describeDomain(request).domainName,
  httpMethod: ({ request }) => request.method,
  "identity.sourceIp": ({ request }) => request.sourceIp,
  "identity.userAgent": ({ request }) => request.headers["user-agent"] ?? "",
  path: ({ request, api }) =>
    api.kind === "http" ? toldPath(request, api) : `/${api.stage}${request.path}`,
  protocol: () => "HTTP/1.1",
  resourcePath: ({ match }) => match.route.path,
  routeKey: ({ match: { route } }) =>
    route.path === "$default" ? "$default" : `${route.method} ${route.path}`,
  stage: ({ api }) => api.stage,
};

/** What of the context may be a source here. */
export const contextNames: readonly string[] = Object.keys(ofContext);

/** What whole tokens have to match; no pattern is completed by what is put around it for that. */
export function createValidation(pattern: string): RegexResult {
  const alone = createRegex(pattern);
  return alone.ok ? createRegex(`^(?:${pattern})$`) : alone;
}

/** One value for each source; `undefined`: one of them is not there, or empty. */
export function readIdentity(
  sources: readonly IdentitySource[],
  asked: Asked,
): readonly string[] | undefined {
  const values: string[] = [];
  for (const source of sources) {
    const value = readValue(source, asked);
    if (!value) return undefined;
    values.push(value);
  }
  return values;
}

function readValue({ from, name }: IdentitySource, asked: Asked): string | undefined {
  const { request, api } = asked;
  if (from === "header") return memberOf(request.headers, name);
  if (from === "query") return parseQuery(request.query).findLast(([one]) => one === name)?.[1];
  if (from === "context") return ofContext[name]?.(asked);
  return memberOf(api.stageVariables ?? {}, name);
}

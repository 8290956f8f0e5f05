/** What an authorizer's function is asked: the event of the request, without its body. */

import { noBytes } from "../../base/mod.ts";
import { createHttpEvent, toldPath } from "../http-event.ts";
import { createHttpEvent1 } from "../http-event-1.ts";
import type { EdgeRequest } from "../request.ts";
import { createRestEvent } from "../rest-event.ts";
import type { AuthorizerDefinition } from "./definition.ts";
import type { Asked } from "./identity-source.ts";

/**
 * The method that is asked for, as policies name it. Its path is that of the route with what was
 * sent for its variables, decoded: who writes `/a` as `/%61` or `/a/` does not get around a policy.
 */
export function methodArn(apiArn: string, { request, match, api }: Asked): string {
  const { route, parameters } = match;
  const path =
    route.path === "$default"
      ? toldPath(request, { stage: "$default" })
      : route.path.replace(/\{([^{}+]+)\+?\}/g, (_, name: string) => parameters[name] ?? "");
  return `${apiArn}/${api.stage}/${request.method}${path}`;
}

/** `identity` has the values of its sources. [API Gateway: input to a Lambda authorizer] */
export function createAuthorizerEvent(
  { payload, apiArn }: AuthorizerDefinition,
  asked: Asked,
  identity: readonly string[],
): object {
  const arn = methodArn(apiArn, asked);
  if (payload === "token") {
    return { type: "TOKEN", authorizationToken: identity[0], methodArn: arn };
  }
  const request: EdgeRequest = { ...asked.request, body: noBytes };
  if (payload === "rest") {
    return {
      type: "REQUEST",
      methodArn: arn,
      ...bare(createRestEvent(request, asked.match, asked)),
    };
  }
  if (payload === "1.0") {
    const joined = identity.join(",");
    const whole = bare(createHttpEvent1(request, asked.match, asked));
    const own = { version: "1.0", type: "REQUEST", methodArn: arn };
    return { ...own, identitySource: joined, authorizationToken: joined, ...whole };
  }
  const whole = bare(createHttpEvent(request, asked.match, asked));
  const own = { version: "2.0", type: "REQUEST", routeArn: arn, identitySource: identity };
  return { ...own, ...whole };
}

/** Without the body, and with an empty map where the route's function is told null. */
function bare(event: object): object {
  const { body: _, isBase64Encoded: __, ...others } = event as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(others).map(([name, value]) => [name, value === null ? {} : value]),
  );
}

/** The events of a function: rules that invoke it, and routes that lead to it. */

import type { RouteDefinition } from "../../../gateway/mod.ts";
import { defaultSqlVersion } from "../../../sql/mod.ts";
import type { Draft } from "../../resource-type.ts";
import { implicitHttpApi, implicitRestApi, ruleOf } from "../../serverless.ts";
import { asMember, findAuthorizer } from "../api-gateway/authorizers/authorizers.ts";
import { eventRuleArnOf, eventRuleType } from "../events/events-rule.ts";
import { apiTypes } from "../http-api.ts";
import { readThrottle } from "../http-api-settings.ts";
import { keepRoute } from "../http-stage.ts";
import { ruleArn } from "../iot/iot-topic-rule.ts";
import { calledArn, calledQualifier } from "./function-reference.ts";
import type { FunctionEvent, FunctionResource } from "./function-schema.ts";

/** Adds the rules and routes of the function's events to the draft. */
export function connectEvents(resource: FunctionResource, draft: Draft): void {
  for (const [id, event] of Object.entries(resource.properties.Events ?? {})) {
    if (event.Type === "IoTRule") addRule(id, event, { resource, draft });
    else if (event.Type === "DynamoDB")
      continue; // a resource of its own, see `serverless.ts`
    else if (isEventRule(event)) permitRule(id, { resource, draft });
    else addRoute(id, event, { resource, draft });
  }
}

interface Context {
  readonly resource: FunctionResource;
  readonly draft: Draft;
}

type EventOf<T> = Extract<FunctionEvent, { readonly Type: T }>;

function addRule(id: string, event: EventOf<"IoTRule">, { resource, draft }: Context): void {
  const { identity, mark } = resource;
  const name = ruleOf(identity.logicalId, id);
  const path = ["Properties", "Events", id];
  mark(`rule:${name}`, path);
  mark(`rule:${name}:sql`, [...path, "Properties", "Sql"]);
  mark(`rule:${name}:actions[0].lambda.functionArn`, path);
  draft.rules.push({
    name,
    sql: event.Properties.Sql,
    sqlVersion: event.Properties.AwsIotSqlVersion ?? defaultSqlVersion,
    enabled: true,
    actions: [{ lambda: { functionArn: calledArn(identity) } }],
  });
  // As SAM does, with the rule.
  draft.permissions.push({
    functionName: identity.name,
    ...calledQualifier(identity),
    action: "lambda:InvokeFunction",
    principal: "iot.amazonaws.com",
    sourceArn: ruleArn({ ...identity, name }),
  });
}

function isEventRule(
  event: FunctionEvent,
): event is EventOf<"EventBridgeRule" | "CloudWatchEvent" | "Schedule"> {
  return ["EventBridgeRule", "CloudWatchEvent", "Schedule"].includes(event.Type);
}

/** The rule is a resource of its own; as SAM does, it comes with its permission. */
function permitRule(id: string, { resource, draft }: Context): void {
  const logicalId = ruleOf(resource.identity.logicalId, id);
  const rule = draft.findWhere([eventRuleType], (one) => one.logicalId === logicalId);
  if (!rule) return; // its name could not be found out, which is reported
  draft.permissions.push({
    functionName: resource.identity.name,
    ...calledQualifier(resource.identity),
    action: "lambda:InvokeFunction",
    principal: "events.amazonaws.com",
    sourceArn: eventRuleArnOf(rule),
  });
}

function addRoute(
  id: string,
  event: EventOf<"Api" | "HttpApi">,
  { resource, draft }: Context,
): void {
  const at = ["Properties", "Events", id, "Properties"];
  const route = event.Type === "Api" ? restRoute(event) : httpRoute(event);
  if (!route) {
    resource.report(at, "'Path' and 'Method' belong together: one of them is missing");
    return;
  }
  const kind = event.Type === "Api" ? "rest" : "http";
  if (kind === "rest" && route.path === "$default") {
    resource.report([...at, "Path"], "only an HttpApi event can have the path '$default'");
  }
  const api = findApi(event, draft);
  if (api === "missing") {
    const property = kind === "rest" ? "RestApiId" : "ApiId";
    const message = `'${property}' is no ${apiTypes[kind]} of this template`;
    resource.report([...at, property], message);
  }
  if (!api || api === "missing") return;
  const { identity } = resource;
  const called = { functionName: identity.name, ...calledQualifier(identity) };
  const whole = {
    ...route,
    ...called,
    ...authorizationOf(event, api, {
      draft,
      method: route.method,
      tell: (member, message) => resource.report([...at, "Auth", member], message),
    }),
    ...(event.Type === "HttpApi" && settingsOf(event, draft)),
  };
  keepRoute(api, whole, (message) => resource.report(at, message));
}

interface Telling {
  readonly draft: Draft;
  /** Of the route. */
  readonly method: string;
  readonly tell: (member: "Authorizer" | "AuthorizationScopes", message: string) => void;
}

/** As a member of the route: its own authorizer, else the API's default; none where it has none. */
function authorizationOf(
  { Properties: given }: EventOf<"Api" | "HttpApi">,
  { apiId, kind }: Draft["apis"][number],
  { draft, method, tell }: Telling,
): Pick<RouteDefinition, "authorizer" | "jwt"> {
  const auth = draft.apiAuthorizers.get(apiId);
  const { Authorizer: own, ...rest } = given.Auth ?? {};
  const scopes = "AuthorizationScopes" in rest ? rest.AuthorizationScopes : undefined;
  const isSparing = kind === "http" || auth?.sparesOptions;
  const isSpared = isSparing && method === "OPTIONS";
  const named = own ?? (isSpared ? undefined : auth?.default) ?? "NONE";
  const found = named === "NONE" ? undefined : findAuthorizer(draft, apiId, named);
  if (typeof found === "string") {
    // A default that is not there is told of the API, and what is wrong with one that is, too.
    if (own !== undefined && !auth?.broken?.has(own)) tell("Authorizer", found);
    return {};
  }
  const member = found ? asMember(found, scopes) : {};
  if (scopes && !member.jwt) tell("AuthorizationScopes", "scopes are for JWT authorizers alone");
  return member;
}

/** What else the event of an HTTP API says of its route. */
function settingsOf({ Properties: given }: EventOf<"HttpApi">, draft: Draft) {
  const throttle = readThrottle(given.RouteSettings, draft);
  return {
    ...(given.PayloadFormatVersion && { payloadVersion: given.PayloadFormatVersion }),
    ...(throttle && { throttle }),
    ...(given.TimeoutInMillis !== undefined && { timeoutMs: given.TimeoutInMillis }),
  };
}

interface Route {
  readonly method: string;
  readonly path: string;
}

function restRoute(event: EventOf<"Api">): Route {
  return { method: event.Properties.Method.toUpperCase(), path: event.Properties.Path };
}

/**
 * Neither path nor method: everything that no other route takes, which is `$default` with whatever
 * method. One alone is no route.
 */
function httpRoute(event: EventOf<"HttpApi">): Route | undefined {
  const { Path: path, Method: method } = event.Properties;
  if (path === undefined && method === undefined) return { method: "ANY", path: "$default" };
  if (path === undefined || method === undefined) return undefined;
  return { method: path === "$default" ? "ANY" : method.toUpperCase(), path };
}

/** `undefined` for an API that is declared but could not be built. */
function findApi(event: EventOf<"Api" | "HttpApi">, draft: Draft) {
  const named = event.Type === "Api" ? event.Properties.RestApiId : event.Properties.ApiId;
  const implicit = event.Type === "Api" ? implicitRestApi : implicitHttpApi;
  if (named === undefined) return draft.apis.find((api) => api.name === implicit);
  const type = event.Type === "Api" ? apiTypes.rest : apiTypes.http;
  const identity = draft.find([type], named);
  if (!identity) return "missing";
  return draft.apis.find((api) => api.name === identity.logicalId);
}

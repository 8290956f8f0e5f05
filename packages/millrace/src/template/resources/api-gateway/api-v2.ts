/**
 * `AWS::ApiGatewayV2::Api`: an HTTP API whose routes and stage are resources of their own, or come
 * with it: with `Target` it has a route, its integration and the stage `$default` (quick create).
 *
 * As SAM's HTTP APIs it is served at the root, whatever its stage. APIs of WebSockets are refused,
 * and so are definitions in OpenAPI.
 */

import {
  type Draft,
  defineResource,
  type Resource,
  stackAndLogicalId,
} from "../../resource-type.ts";
import { boolean, choice, dictionary, object, required, text, type ValueOf } from "../../schema.ts";
import { apiDomainName, apiId, apiTypes } from "../http-api.ts";
import { plainCorsConfiguration, readCors } from "../http-api-settings.ts";
import { defaultStage } from "../http-stage.ts";
import { findCalled, noteLeave, qualifierOf } from "./called-function.ts";
import { readRouteKey, routeKey } from "./route-key.ts";

const properties = object({
  Name: required(text()),
  ProtocolType: required(choice("HTTP", "WEBSOCKET")),
  CorsConfiguration: plainCorsConfiguration,
  Target: text(),
  RouteKey: routeKey,
  RouteSelectionExpression: text(),
  Description: text(),
  Version: text(),
  Tags: dictionary(text()),
  DisableExecuteApiEndpoint: boolean(),
  FailOnWarnings: boolean(),
  IpAddressType: choice("ipv4", "dualstack"),
});

type Api = Resource<ValueOf<typeof properties>>;

export const apiV2 = defineResource({
  type: apiTypes.plain,
  properties,
  defaultName: stackAndLogicalId,
  ref: apiId,
  attributes: { ApiId: apiId, ApiEndpoint: (identity) => `https://${apiDomainName(identity)}` },
  build(resource, draft) {
    const { identity, properties: given, mark, report } = resource;
    const { logicalId: name } = identity;
    if (given.ProtocolType === "WEBSOCKET") {
      const message = "WebSocket APIs are not implemented; browsers may connect by MQTT (/mqtt)";
      return report(["Properties", "ProtocolType"], message);
    }
    mark(`api:${name}`, []);
    checkSelection(resource);
    noteIdle(resource, draft);
    const at = ["Properties", "CorsConfiguration"];
    draft.apis.push({
      name,
      apiId: apiId(identity),
      kind: "http",
      stage: "",
      cors: readCors(given.CorsConfiguration, (path, said) => report([...at, ...path], said)),
      routes: [],
    });
    quickCreate(resource, draft);
    draft.atEnd(() => {
      if (draft.apis.find((one) => one.name === name)?.stage !== "") return;
      report(["Properties"], "the API has no stage: give it one by AWS::ApiGatewayV2::Stage");
    });
  },
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is written like this
const selections = ["${request.method} ${request.path}", "$request.method $request.path"];

function checkSelection({ properties: given, report }: Api): void {
  const { RouteSelectionExpression: expression } = given;
  if (expression === undefined || selections.includes(expression)) return;
  const message = `an HTTP API selects its routes by '${selections[0]}' alone`;
  report(["Properties", "RouteSelectionExpression"], message);
}

function noteIdle({ properties: given }: Api, draft: Draft): void {
  if (given.DisableExecuteApiEndpoint) draft.noteWithoutEffect("DisableExecuteApiEndpoint");
  if (given.Tags) draft.noteWithoutEffect(`Tags of ${apiTypes.plain}`);
  if (given.IpAddressType) draft.noteWithoutEffect("IpAddressType");
}

/** [API Gateway: CreateApi, quick create] */
function quickCreate({ identity, properties: given, report }: Api, draft: Draft): void {
  const { Target: target, RouteKey: key = defaultStage } = given;
  const api = draft.apis.at(-1)!;
  if (target === undefined) {
    if (given.RouteKey !== undefined) report(["Properties", "RouteKey"], "'Target' is missing");
    return;
  }
  api.stage = defaultStage;
  const found = findCalled(draft, target);
  const route = readRouteKey(key);
  if (typeof found === "string") report(["Properties", "Target"], found);
  if (typeof route === "string") report(["Properties", "RouteKey"], route);
  if (typeof found === "string" || typeof route === "string") return;
  const called = { functionName: found.identity.name, ...qualifierOf(found) };
  api.routes.push({ ...route, ...called, payloadVersion: "2.0" });
  noteLeave(draft, identity, { name: api.name, ...route, called: found });
}

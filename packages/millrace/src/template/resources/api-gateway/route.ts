/** `AWS::ApiGatewayV2::Route`: which requests of an HTTP API lead to an integration. */

import { defineResource, type Identity, stackAndLogicalId } from "../../resource-type.ts";
import { choice, object, required, text } from "../../schema.ts";
import { derivedId } from "../../surroundings.ts";
import { keepRoute } from "../http-stage.ts";
import { readAuthorization } from "./authorizers/authorization.ts";
import { scopes } from "./authorizers/jwt.ts";
import { noteLeave } from "./called-function.ts";
import { integrationType } from "./integration.ts";
import { findPlainApi, noApi, readRouteKey, routeKey } from "./route-key.ts";

export const apiRoute = defineResource({
  type: "AWS::ApiGatewayV2::Route",
  properties: object({
    ApiId: required(text()),
    RouteKey: required(routeKey),
    Target: required(text()),
    AuthorizationType: choice("NONE", "CUSTOM", "JWT", "AWS_IAM"),
    AuthorizerId: text(),
    AuthorizationScopes: scopes,
    ApiKeyRequired: choice("false"),
    OperationName: text(),
  }),
  defaultName: stackAndLogicalId,
  ref: routeId,
  attributes: { RouteId: routeId },
  build({ identity, properties: given, report }, draft) {
    const { ApiId: apiId, RouteKey: key, Target: target } = given;
    const api = findPlainApi(draft, apiId);
    if (api === "missing") report(["Properties", "ApiId"], `'${apiId}' ${noApi}`);
    const route = readRouteKey(key);
    if (typeof route === "string") report(["Properties", "RouteKey"], route);
    const authorizer = readAuthorization(given, { kind: "http", apiId, draft, report });
    const id = /^integrations\/(.+)$/.exec(target)?.[1];
    const isThere = id !== undefined && draft.find([integrationType], id) !== undefined;
    if (!isThere) {
      const form = "it is 'integrations/' and the Ref of one";
      report(["Properties", "Target"], `'${target}' is no integration of this template: ${form}`);
    }
    const integration = draft.integrations.get(id ?? "");
    if (typeof api !== "object" || typeof route === "string" || !integration) return;
    const { apiId: itsApi, called, ...calling } = integration;
    if (itsApi !== apiId) {
      report(["Properties", "Target"], "the integration belongs to another API");
    }
    keepRoute(api, { ...route, ...calling, ...authorizer }, (message) =>
      report(["Properties", "RouteKey"], message),
    );
    noteLeave(draft, identity, { name: api.name, ...route, called });
  },
});

function routeId({ stackName, logicalId }: Identity): string {
  return derivedId(`route/${stackName}/${logicalId}`, 7);
}

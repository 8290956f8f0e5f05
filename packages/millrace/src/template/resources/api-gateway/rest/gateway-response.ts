/** `AWS::ApiGateway::GatewayResponse`: what a REST API says where no function answers. */

import { defineResource, stackAndLogicalId } from "../../../resource-type.ts";
import { choice, dictionary, object, required, text } from "../../../schema.ts";
import { quoted, readResponse, responseTypes, status, templates } from "./gateway-responses.ts";
import { findRestApi, noRestApi } from "./path-resource.ts";

const prefix = "gatewayresponse.header.";

export const gatewayResponse = defineResource({
  type: "AWS::ApiGateway::GatewayResponse",
  properties: object({
    RestApiId: required(text()),
    ResponseType: required(choice(...responseTypes)),
    StatusCode: status,
    ResponseParameters: dictionary(quoted, /^gatewayresponse\.header\.[\w!#$%&'*+.^`|~-]+$/),
    ResponseTemplates: templates,
  }),
  scopeProperty: "RestApiId",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build({ properties: given, report }, draft) {
    const { RestApiId: apiId, ResponseType: type, ResponseParameters: parameters = {} } = given;
    const api = findRestApi(draft, apiId);
    if (api === "missing") report(["Properties", "RestApiId"], `'${apiId}' ${noRestApi}`);
    const named = Object.entries(parameters).map(([key, value]) => [
      key.slice(prefix.length),
      value,
    ]);
    const headers = Object.fromEntries(named) as Record<string, string>;
    const response = readResponse({ ...given, headers }, (path, message) =>
      report(["Properties", ...path], message),
    );
    if (typeof api !== "object") return;
    if (api.gatewayResponses && Object.hasOwn(api.gatewayResponses, type)) {
      report(
        ["Properties", "ResponseType"],
        `the API '${api.name}' has a response '${type}' already`,
      );
    }
    Object.assign(api, { gatewayResponses: { ...api.gatewayResponses, [type]: response } });
  },
});

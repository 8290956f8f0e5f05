/**
 * `AWS::ApiGatewayV2::Integration`: the function that routes of an HTTP API lead to.
 *
 * What else an integration may be (HTTP, other services, a VPC) is refused, and so are the roles
 * and the mapping of parameters.
 */

import { defineResource, type Identity, stackAndLogicalId } from "../../resource-type.ts";
import { choice, integer, object, required, text } from "../../schema.ts";
import { derivedId } from "../../surroundings.ts";
import { findCalled, qualifierOf } from "./called-function.ts";
import { findPlainApi, noApi } from "./route-key.ts";

const types = ["AWS_PROXY", "HTTP_PROXY", "AWS", "HTTP", "MOCK"] as const;

export const integrationType = "AWS::ApiGatewayV2::Integration";

export const apiIntegration = defineResource({
  type: integrationType,
  properties: object({
    ApiId: required(text()),
    IntegrationType: required(choice(...types)),
    IntegrationUri: required(text()),
    /** Of functions it has no default. [API Gateway: Lambda integrations for HTTP APIs] */
    PayloadFormatVersion: required(choice("1.0", "2.0")),
    TimeoutInMillis: integer(50, 30_000),
    Description: text(),
    /** A function is always called by POST, whatever is written. */
    IntegrationMethod: text(),
    ConnectionType: choice("INTERNET"),
  }),
  defaultName: stackAndLogicalId,
  ref: integrationId,
  attributes: { IntegrationId: integrationId },
  build({ identity, properties: given, report }, draft) {
    const { ApiId: apiId, IntegrationType: type, TimeoutInMillis: timeoutMs } = given;
    const api = findPlainApi(draft, apiId);
    if (api === "missing") report(["Properties", "ApiId"], `'${apiId}' ${noApi}`);
    if (type !== "AWS_PROXY") {
      const message = `integrations of type ${type} are not implemented; AWS_PROXY to functions is`;
      return report(["Properties", "IntegrationType"], message);
    }
    const called = findCalled(draft, given.IntegrationUri);
    if (typeof called === "string") return report(["Properties", "IntegrationUri"], called);
    draft.integrations.set(integrationId(identity), {
      apiId,
      functionName: called.identity.name,
      ...qualifierOf(called),
      called,
      payloadVersion: given.PayloadFormatVersion,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  },
});

function integrationId({ stackName, logicalId }: Identity): string {
  return derivedId(`integration/${stackName}/${logicalId}`, 7);
}

/**
 * `AWS::ApiGatewayV2::Authorizer`: a function that says which requests have a route of an HTTP API.
 * Tokens of other issuers (JWT) are refused.
 */

import { defineResource, type Identity, stackAndLogicalId } from "../../../resource-type.ts";
import { any, boolean, choice, integer, list, object, required, text } from "../../../schema.ts";
import { derivedId } from "../../../surroundings.ts";
import { findInvoked, qualifierOf } from "../called-function.ts";
import { findPlainApi, noApi } from "../route-key.ts";
import {
  addAuthorizer,
  apiArnOf,
  cacheProblem,
  keepSources,
  noteAsking,
  readSource,
  ttlSecondsMax,
} from "./authorizers.ts";
import { simpleNeeds2 } from "./sam-auth.ts";

export const httpAuthorizer = defineResource({
  type: "AWS::ApiGatewayV2::Authorizer",
  properties: object({
    ApiId: required(text()),
    Name: required(text()),
    AuthorizerType: required(choice("REQUEST", "JWT")),
    AuthorizerUri: text(),
    AuthorizerPayloadFormatVersion: choice("1.0", "2.0"),
    JwtConfiguration: any(),
    AuthorizerResultTtlInSeconds: integer(0, ttlSecondsMax),
    AuthorizerCredentialsArn: text(),
    EnableSimpleResponses: boolean(),
    IdentitySource: list(text()),
    /** "This parameter is not used." [API Gateway: Authorizer] */
    IdentityValidationExpression: text(),
  }),
  defaultName: stackAndLogicalId,
  ref: authorizerId,
  attributes: { AuthorizerId: authorizerId },
  build({ identity, properties: given, report }, draft) {
    const { ApiId: apiId, AuthorizerPayloadFormatVersion: payload, AuthorizerUri: uri } = given;
    const simple = given.EnableSimpleResponses ?? false;
    const at = (member: string, message: string) => report(["Properties", member], message);
    if (findPlainApi(draft, apiId) === "missing") at("ApiId", `'${apiId}' ${noApi}`);
    if (given.AuthorizerType === "JWT") {
      return at("AuthorizerType", "authorizers of type JWT are not implemented; REQUEST is");
    }
    if (given.JwtConfiguration !== undefined) {
      at("JwtConfiguration", "a REQUEST authorizer has none: it asks a function");
    }
    if (uri === undefined || payload === undefined) {
      const missing = uri === undefined ? "AuthorizerUri" : "AuthorizerPayloadFormatVersion";
      return report(["Properties"], `the property '${missing}' is missing`);
    }
    if (simple && payload === "1.0") at("EnableSimpleResponses", simpleNeeds2);
    const texts = given.IdentitySource ?? [];
    const sources = keepSources(
      texts.map((source) => readSource(source, "http")),
      (message, index) => report(["Properties", "IdentitySource", index], message),
    );
    const ttlSeconds = given.AuthorizerResultTtlInSeconds ?? 0;
    const problem = cacheProblem(ttlSeconds, texts.length);
    if (problem !== undefined) at("AuthorizerResultTtlInSeconds", problem);
    const called = findInvoked(draft, uri);
    if (typeof called === "string") return at("AuthorizerUri", called);
    const definition = {
      name: given.Name,
      functionName: called.identity.name,
      ...qualifierOf(called),
      payload,
      simple,
      sources,
      ttlSeconds,
      apiArn: apiArnOf(identity, apiId),
    };
    const id = authorizerId(identity);
    addAuthorizer(draft, apiId, { id, definition });
    if (given.AuthorizerCredentialsArn !== undefined) {
      draft.noteWithoutEffect("AuthorizerCredentialsArn");
    } else noteAsking(draft, definition, { called, id });
  },
});

function authorizerId({ stackName, logicalId }: Identity): string {
  return derivedId(`authorizer/${stackName}/${logicalId}`, 6);
}

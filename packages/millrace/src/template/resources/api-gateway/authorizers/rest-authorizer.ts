/**
 * `AWS::ApiGateway::Authorizer`: a function that says which requests have a method of a REST API.
 * User pools of Cognito are refused.
 */

import { defineResource, type Identity, stackAndLogicalId } from "../../../resource-type.ts";
import { any, choice, integer, object, required, text } from "../../../schema.ts";
import { derivedId } from "../../../surroundings.ts";
import { findInvoked, qualifierOf } from "../called-function.ts";
import { findRestApi, noRestApi } from "../rest/path-resource.ts";
import {
  addAuthorizer,
  apiArnOf,
  cacheProblem,
  keepSources,
  noteAsking,
  readSource,
  restTtlSeconds,
  ttlSecondsMax,
  validationProblem,
} from "./authorizers.ts";

export const restAuthorizer = defineResource({
  type: "AWS::ApiGateway::Authorizer",
  properties: object({
    RestApiId: required(text()),
    Name: required(text()),
    Type: required(choice("TOKEN", "REQUEST", "COGNITO_USER_POOLS")),
    AuthorizerUri: text(),
    ProviderARNs: any(),
    AuthorizerResultTtlInSeconds: integer(0, ttlSecondsMax),
    AuthorizerCredentials: text(),
    IdentitySource: text(),
    IdentityValidationExpression: text(),
    /** For OpenAPI, "without functional impact". [API Gateway: Authorizer] */
    AuthType: text(),
  }),
  defaultName: stackAndLogicalId,
  ref: authorizerId,
  attributes: { AuthorizerId: authorizerId },
  build({ identity, properties: given, report }, draft) {
    const { RestApiId: apiId, Type: type, IdentitySource: source, AuthorizerUri: uri } = given;
    const at = (member: string, message: string) => report(["Properties", member], message);
    if (findRestApi(draft, apiId) === "missing") at("RestApiId", `'${apiId}' ${noRestApi}`);
    if (type === "COGNITO_USER_POOLS") {
      return at("Type", "authorizers of user pools are not implemented; TOKEN and REQUEST are");
    }
    if (given.ProviderARNs !== undefined) at("ProviderARNs", "a function has no user pools");
    if (uri === undefined) {
      return report(["Properties"], "the property 'AuthorizerUri' is missing");
    }
    const texts = source?.split(",").map((one) => one.trim()) ?? [];
    const sources = keepSources(
      texts.map((one) => readSource(one, "rest")),
      (message) => at("IdentitySource", message),
    );
    if (type === "TOKEN" && (texts.length !== 1 || (sources[0] && sources[0].from !== "header"))) {
      at("IdentitySource", "a TOKEN is in one header: 'method.request.header.<name>'");
    }
    const ttlSeconds = given.AuthorizerResultTtlInSeconds ?? restTtlSeconds;
    const problem = type === "TOKEN" ? undefined : cacheProblem(ttlSeconds, texts.length);
    if (problem !== undefined) at("AuthorizerResultTtlInSeconds", problem);
    const validation = type === "TOKEN" ? given.IdentityValidationExpression : undefined;
    const wrong = validation === undefined ? undefined : validationProblem(validation);
    if (wrong !== undefined) at("IdentityValidationExpression", wrong);
    const called = findInvoked(draft, uri);
    if (typeof called === "string") return at("AuthorizerUri", called);
    const definition = {
      name: given.Name,
      functionName: called.identity.name,
      ...qualifierOf(called),
      payload: type === "TOKEN" ? "token" : "rest",
      simple: false,
      sources,
      ttlSeconds,
      validation,
      apiArn: apiArnOf(identity, apiId),
    } as const;
    const id = authorizerId(identity);
    addAuthorizer(draft, apiId, { id, definition });
    if (given.AuthorizerCredentials !== undefined) {
      draft.noteWithoutEffect("AuthorizerCredentials");
    } else noteAsking(draft, definition, { called, id });
  },
});

function authorizerId({ stackName, logicalId }: Identity): string {
  return derivedId(`authorizer/${stackName}/${logicalId}`, 6);
}

/**
 * `AWS::ApiGatewayV2::Authorizer`: who says which requests have a route of an HTTP API, a function
 * or the issuer of a token.
 */

import {
  type Draft,
  defineResource,
  type Identity,
  type Resource,
  stackAndLogicalId,
} from "../../../resource-type.ts";
import {
  boolean,
  choice,
  integer,
  list,
  object,
  required,
  text,
  type ValueOf,
} from "../../../schema.ts";
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
import { readJwt } from "./jwt.ts";
import { simpleNeeds2 } from "./sam-auth.ts";

const properties = object({
  ApiId: required(text()),
  Name: required(text()),
  AuthorizerType: required(choice("REQUEST", "JWT")),
  AuthorizerUri: text(),
  AuthorizerPayloadFormatVersion: choice("1.0", "2.0"),
  JwtConfiguration: object({ Issuer: text(), Audience: list(text()) }),
  AuthorizerResultTtlInSeconds: integer(0, ttlSecondsMax),
  AuthorizerCredentialsArn: text(),
  EnableSimpleResponses: boolean(),
  IdentitySource: list(text()),
  /** "This parameter is not used." [API Gateway: Authorizer] */
  IdentityValidationExpression: text(),
});

export const httpAuthorizer = defineResource({
  type: "AWS::ApiGatewayV2::Authorizer",
  properties,
  defaultName: stackAndLogicalId,
  ref: authorizerId,
  attributes: { AuthorizerId: authorizerId },
  build({ identity, properties: given, report }, draft) {
    const { ApiId: apiId, AuthorizerPayloadFormatVersion: payload, AuthorizerUri: uri } = given;
    const simple = given.EnableSimpleResponses ?? false;
    const at = (member: string, message: string) => report(["Properties", member], message);
    if (findPlainApi(draft, apiId) === "missing") at("ApiId", `'${apiId}' ${noApi}`);
    if (given.AuthorizerType === "JWT") {
      return addJwt(identity, { properties: given, report }, draft);
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

const ofFunctions = [
  "AuthorizerUri",
  "AuthorizerPayloadFormatVersion",
  "AuthorizerResultTtlInSeconds",
  "AuthorizerCredentialsArn",
  "EnableSimpleResponses",
] as const;

function addJwt(
  identity: Identity,
  {
    properties: given,
    report,
  }: Pick<Resource<ValueOf<typeof properties>>, "properties" | "report">,
  draft: Draft,
): void {
  for (const member of ofFunctions) {
    if (given[member] === undefined) continue;
    report(["Properties", member], "a JWT authorizer has none: it asks no function");
  }
  const { JwtConfiguration: wanted, IdentitySource: sources = [] } = given;
  if (!wanted) {
    report(["Properties"], "the property 'JwtConfiguration' is missing");
    return;
  }
  const [source] = sources;
  if (source === undefined || sources.length > 1) {
    const one = "a token has one identity source, e.g. '$request.header.Authorization'";
    report(["Properties", ...(sources.length > 1 ? ["IdentitySource"] : [])], one);
    return;
  }
  const places = {
    source: ["IdentitySource", 0],
    issuer: ["JwtConfiguration", ...("Issuer" in wanted ? ["Issuer"] : [])],
    audiences: ["JwtConfiguration", ...("Audience" in wanted ? ["Audience"] : [])],
  };
  const authorizer = readJwt(
    { issuer: wanted.Issuer, audiences: wanted.Audience, source },
    { name: given.Name, tell: (member, said) => report(["Properties", ...places[member]], said) },
  );
  if (!authorizer) return;
  const definition = { authorizer, scopes: [] };
  addAuthorizer(draft, given.ApiId, { id: authorizerId(identity), definition });
}

function authorizerId({ stackName, logicalId }: Identity): string {
  return derivedId(`authorizer/${stackName}/${logicalId}`, 6);
}

/**
 * `AWS::ApiGateway::Method`: which requests to a path of a REST API lead to a function, or to an
 * answer that is written out (a mock, as the CDK makes of CORS).
 *
 * Authorizers but functions, keys, validators, HTTP and other services behind it are refused.
 */

import {
  type Draft,
  defineResource,
  type Resource,
  stackAndLogicalId,
} from "../../../resource-type.ts";
import {
  boolean,
  choice,
  dictionary,
  list,
  object,
  required,
  text,
  type ValueOf,
} from "../../../schema.ts";
import { keepRoute } from "../../http-stage.ts";
import { methods } from "../../lambda/function-schema.ts";
import { readAuthorization } from "../authorizers/authorization.ts";
import { findInvoked, noteLeave, qualifierOf } from "../called-function.ts";
import { integration, readMock, refuseBytes } from "./mock.ts";
import { findRestApi, isDeclared, noPathResource, noRestApi, pathOf } from "./path-resource.ts";

export const methodType = "AWS::ApiGateway::Method";

const parameterName = /^method\.request\.(querystring|header|path)\.\S+$/;

const properties = object({
  RestApiId: required(text()),
  ResourceId: required(text()),
  HttpMethod: required(choice(...methods)),
  AuthorizationType: required(choice("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")),
  AuthorizerId: text(),
  ApiKeyRequired: boolean(),
  OperationName: text(),
  Integration: required(integration),
  MethodResponses: list(
    object({
      StatusCode: required(text()),
      ResponseParameters: dictionary(boolean(), /^method\.response\.header\.\S+$/),
      ResponseModels: dictionary(choice("Empty", "Error")),
    }),
  ),
  /** They are asked for by validators alone, which are refused. */
  RequestParameters: dictionary(boolean(), parameterName),
  RequestModels: dictionary(choice("Empty", "Error")),
});

export type Method = Resource<ValueOf<typeof properties>>;

export const restMethod = defineResource({
  type: methodType,
  properties,
  scopeProperty: "RestApiId",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build(resource, draft) {
    const { properties: given, report } = resource;
    const { RestApiId: apiId, ResourceId: id } = given;
    const api = findRestApi(draft, apiId);
    if (api === "missing") report(["Properties", "RestApiId"], `'${apiId}' ${noRestApi}`);
    if (!isDeclared(draft, id)) report(["Properties", "ResourceId"], `'${id}' ${noPathResource}`);
    const authorizer = readAuthorization(given, { kind: "rest", apiId, draft, report });
    if (given.ApiKeyRequired) {
      report(["Properties", "ApiKeyRequired"], "methods that want an API key are not implemented");
    }
    const leads = leadsTo(resource, draft);
    const path = pathOf(draft, id);
    if (typeof api !== "object" || path === undefined || !leads) return;
    if (draft.pathResources.get(id)!.apiId !== apiId) {
      report(["Properties", "ResourceId"], "the resource belongs to another API");
    }
    const { called, ...leading } = leads;
    const route = { method: given.HttpMethod, path };
    keepRoute(api, { ...route, ...leading, ...authorizer }, (message) =>
      report(["Properties", "HttpMethod"], message),
    );
    if (called) noteLeave(draft, resource.identity, { name: api.name, ...route, called });
    else noteBinary(resource, `${route.method} ${path}`, draft);
  },
});

/** What the route has besides method and path; `undefined`: nothing, which was reported. */
function leadsTo(resource: Method, draft: Draft) {
  const { properties: given, report } = resource;
  const { Type: type } = given.Integration;
  const at = ["Properties", "Integration"];
  if (type === "MOCK") {
    const fixed = readMock(resource);
    return fixed && { functionName: "", fixed, called: undefined };
  }
  if (type !== "AWS_PROXY") {
    const message = `integrations of type ${type} are not implemented; AWS_PROXY and MOCK are`;
    report([...at, "Type"], message);
    return undefined;
  }
  return calls(resource, draft);
}

function calls(resource: Method, draft: Draft) {
  const { report } = resource;
  const { Integration: given } = resource.properties;
  const at = ["Properties", "Integration"];
  const { Uri: uri, IntegrationHttpMethod: method, TimeoutInMillis: timeoutMs } = given;
  if (method !== "POST") {
    const message = "a function is called with 'IntegrationHttpMethod: POST'";
    report([...at, "IntegrationHttpMethod"], message);
  }
  if (given.ResponseTransferMode === "STREAM") {
    const message =
      "answers in pieces are not implemented for REST APIs; a function's URL has them";
    report([...at, "ResponseTransferMode"], message);
    return undefined; // its 'Uri' has a form of its own
  }
  refuseBytes(resource, given, at);
  if (uri === undefined) {
    report(at, "'Uri' is missing");
    return undefined;
  }
  const called = findInvoked(draft, uri);
  if (typeof called === "string") {
    report([...at, "Uri"], called);
    return undefined;
  }
  const functionName = called.identity.name;
  const { ResourceId: resourceId } = resource.properties;
  const timed = timeoutMs === undefined ? {} : { timeoutMs };
  return { functionName, resourceId, ...qualifierOf(called), ...timed, called };
}

/** [API Gateway: content type conversions] */
function noteBinary({ properties: given }: Method, key: string, draft: Draft): void {
  if (given.Integration.ContentHandling === "CONVERT_TO_TEXT") return;
  const api = findRestApi(draft, given.RestApiId);
  const types = typeof api === "object" ? (api.binaryMediaTypes ?? []) : [];
  const binary = types.find((one) => one === "*/*" || one === "application/json");
  if (binary === undefined) return;
  draft.note(
    `'${key}' would answer 500 on AWS: where BinaryMediaTypes has '${binary}', ` +
      "a MOCK needs 'ContentHandling: CONVERT_TO_TEXT'.",
  );
}

/**
 * `AWS::Serverless::Api` and `AWS::Serverless::HttpApi`: their routes are the functions' events.
 *
 * Definitions in OpenAPI, domains and a REST API's caches are refused.
 */

import {
  type Draft,
  defineResource,
  type Identity,
  type Path,
  stackAndLogicalId,
} from "../resource-type.ts";
import {
  boolean,
  choice,
  dictionary,
  list,
  object,
  required,
  text,
  type ValueOf,
} from "../schema.ts";
import { derivedId } from "../surroundings.ts";
import {
  httpAuth,
  readHttpAuth,
  readRestAuth,
  restAuth,
} from "./api-gateway/authorizers/sam-auth.ts";
import { readSamResponses, samGatewayResponses } from "./api-gateway/rest/gateway-responses.ts";
import {
  corsConfiguration,
  methodSettings,
  noteWatched,
  readCors,
  readRestCors,
  refuseCaches,
  restCors,
} from "./http-api-settings.ts";
import {
  accessLog,
  defaultStage,
  httpStageName,
  readRestThrottles,
  readStageSettings,
  restStageName,
  stageMembers,
  stageVariables,
} from "./http-stage.ts";

export const apiTypes = {
  rest: "AWS::Serverless::Api",
  http: "AWS::Serverless::HttpApi",
  /** An HTTP API without SAM. */
  plain: "AWS::ApiGatewayV2::Api",
  /** A REST API without SAM. */
  plainRest: "AWS::ApiGateway::RestApi",
} as const;

export function apiId({ stackName, logicalId }: Identity): string {
  return derivedId(`api/${stackName}/${logicalId}`, 10);
}

/** The domain name under which an API is an origin. */
export function apiDomainName(identity: Identity): string {
  return `${apiId(identity)}.execute-api.${identity.region}.${identity.urlSuffix}`;
}

/** A slash may be written as in a JSON pointer, as CloudFormation wants it; the CDK does not. */
export function readMediaTypes(given: readonly string[] | undefined): string[] | undefined {
  return given?.map((type) => type.replaceAll("~1", "/"));
}

/** Of both kinds; none of it changes what an API answers. */
const described = {
  Name: text(),
  Description: text(),
  Tags: dictionary(text()),
  PropagateTags: boolean(),
  FailOnWarnings: boolean(),
  DisableExecuteApiEndpoint: boolean(),
};

export const serverlessApi = defineResource({
  type: apiTypes.rest,
  properties: object({
    ...described,
    StageName: required(restStageName),
    TracingEnabled: boolean(),
    Variables: stageVariables,
    Cors: restCors,
    Auth: restAuth,
    GatewayResponses: samGatewayResponses,
    MethodSettings: methodSettings,
    CacheClusterEnabled: boolean(),
    BinaryMediaTypes: list(text()),
    OpenApiVersion: text(),
    AlwaysDeploy: boolean(),
    EndpointConfiguration: object(
      { Type: choice("REGIONAL", "EDGE") },
      { scalar: (value) => ({ Type: String(value) }) },
    ),
    AccessLogSetting: accessLog,
  }),
  globals: [
    "Auth",
    "GatewayResponses",
    "Name",
    "TracingEnabled",
    "Variables",
    "BinaryMediaTypes",
    "Cors",
    "MethodSettings",
    "CacheClusterEnabled",
    "OpenApiVersion",
    "AlwaysDeploy",
    "EndpointConfiguration",
    "AccessLogSetting",
    "PropagateTags",
  ],
  defaultName: stackAndLogicalId,
  scopeProperty: "StageName",
  ref: apiId,
  attributes: { RestApiId: apiId },
  generated: { Stage: ({ scope = "" }) => scope },
  build({ identity, properties: given, mark, report }, draft) {
    const { logicalId: name } = identity;
    const at =
      (property: string) =>
      (path: Path, message: string): void =>
        report(["Properties", property, ...path], message);
    mark(`api:${name}`, []);
    noteIdle(given, apiTypes.rest, draft);
    refuseCaches(given, (member, said) => report(["Properties", member], said));
    if (given.TracingEnabled) draft.noteWithoutEffect("TracingEnabled (no traces are kept)");
    const id = apiId(identity);
    const authorizer = readRestAuth(given.Auth, { identity, apiId: id, draft, report });
    const cors = readRestCors(given.Cors, at("Cors"));
    draft.apis.push({
      name,
      apiId: id,
      kind: "rest",
      stage: given.StageName,
      binaryMediaTypes: readMediaTypes(given.BinaryMediaTypes),
      stageVariables: given.Variables,
      gatewayResponses: readSamResponses(given.GatewayResponses, at("GatewayResponses")),
      restCors: cors && { ...cors, authorizer },
      ...readRestThrottles(given.MethodSettings, { name, draft, report: at("MethodSettings") }),
      routes: [],
    });
  },
});

export const serverlessHttpApi = defineResource({
  type: apiTypes.http,
  properties: object({
    ...described,
    ...stageMembers,
    StageName: httpStageName,
    CorsConfiguration: corsConfiguration,
    Auth: httpAuth,
  }),
  globals: [
    "Auth",
    "CorsConfiguration",
    "DefaultRouteSettings",
    "RouteSettings",
    "StageVariables",
    "AccessLogSettings",
    "FailOnWarnings",
    "Tags",
    "PropagateTags",
  ],
  defaultName: stackAndLogicalId,
  scopeProperty: "StageName",
  ref: apiId,
  attributes: { ApiId: apiId, ApiEndpoint: (identity) => `https://${apiDomainName(identity)}` },
  generated: { Stage: ({ scope = defaultStage }) => scope },
  build({ identity, properties: given, mark, report }, draft) {
    const { logicalId: name } = identity;
    mark(`api:${name}`, []);
    noteIdle(given, apiTypes.http, draft);
    const at = ["Properties", "CorsConfiguration"];
    const id = apiId(identity);
    readHttpAuth(given.Auth, { identity, apiId: id, draft, report });
    draft.apis.push({
      name,
      apiId: id,
      kind: "http",
      stage: given.StageName ?? defaultStage,
      cors: readCors(given.CorsConfiguration, (path, said) => report([...at, ...path], said)),
      ...readStageSettings(given, { name, draft, report }),
      routes: [],
    });
  },
});

interface Idle {
  readonly DisableExecuteApiEndpoint?: boolean;
  readonly Tags?: unknown;
  readonly AccessLogSetting?: unknown;
  readonly AccessLogSettings?: unknown;
  readonly EndpointConfiguration?: unknown;
  readonly MethodSettings?: ValueOf<typeof methodSettings>;
}

function noteIdle(given: Idle, type: string, draft: Draft): void {
  if (given.DisableExecuteApiEndpoint) draft.noteWithoutEffect("DisableExecuteApiEndpoint");
  if (given.EndpointConfiguration) draft.noteWithoutEffect(`EndpointConfiguration of ${type}`);
  noteWatched(given.MethodSettings, type, draft);
  if (given.Tags) draft.noteWithoutEffect(`Tags of ${type}`);
  if (given.AccessLogSetting ?? given.AccessLogSettings) {
    draft.noteWithoutEffect(`access logs of ${type} (none is written)`);
  }
}

/**
 * `AWS::Serverless::Api` and `AWS::Serverless::HttpApi`: their routes are the functions' events.
 *
 * Definitions in OpenAPI, CORS, authorizers, domains and stage settings are refused.
 */

import { defineResource, type Identity, stackAndLogicalId } from "../resource-type.ts";
import { boolean, object, required, text } from "../schema.ts";
import { derivedId } from "../surroundings.ts";

export const apiTypes = {
  rest: "AWS::Serverless::Api",
  http: "AWS::Serverless::HttpApi",
} as const;

const stageName = text({ pattern: /^[A-Za-z0-9_-]{1,128}$/, form: "1 to 128 of A-Z a-z 0-9 _ -" });
const httpStageName = text({
  pattern: /^(\$default|[A-Za-z0-9_-]{1,128})$/,
  form: "'$default' or 1 to 128 of A-Z a-z 0-9 _ -",
});

export function apiId({ stackName, logicalId }: Identity): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  return derivedId(`api/${stackName}/${logicalId}`, 10, alphabet);
}

/** The domain name under which an API is an origin. */
export function apiDomainName(identity: Identity): string {
  return `${apiId(identity)}.execute-api.${identity.region}.${identity.urlSuffix}`;
}

export const serverlessApi = defineResource({
  type: apiTypes.rest,
  properties: object({
    StageName: required(stageName),
    Name: text(),
    Description: text(),
    TracingEnabled: boolean(),
  }),
  globals: ["Name", "TracingEnabled"],
  defaultName: stackAndLogicalId,
  ref: apiId,
  attributes: { RestApiId: apiId },
  build({ identity, properties, mark }, draft) {
    const { logicalId: name } = identity;
    mark(`api:${name}`, []);
    const stage = properties.StageName;
    if (properties.TracingEnabled) draft.noteWithoutEffect("TracingEnabled (no traces are kept)");
    draft.apis.push({ name, apiId: apiId(identity), kind: "rest", stage, routes: [] });
  },
});

export const serverlessHttpApi = defineResource({
  type: apiTypes.http,
  properties: object({ StageName: httpStageName, Name: text(), Description: text() }),
  globals: [],
  defaultName: stackAndLogicalId,
  ref: apiId,
  attributes: { ApiId: apiId, ApiEndpoint: (identity) => `https://${apiDomainName(identity)}` },
  build({ identity, properties, mark }, draft) {
    const { logicalId: name } = identity;
    mark(`api:${name}`, []);
    const stage = properties.StageName ?? "$default";
    draft.apis.push({ name, apiId: apiId(identity), kind: "http", stage, routes: [] });
  },
});

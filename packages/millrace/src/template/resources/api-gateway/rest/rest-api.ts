/**
 * `AWS::ApiGateway::RestApi`: a REST API whose paths, methods and stage are resources of their own;
 * and `Account`, which is about its logs.
 *
 * As SAM's APIs it is served at the root, whatever its stage. Definitions in OpenAPI, resource
 * policies and private APIs are refused.
 */

import {
  type Draft,
  defineResource,
  type Identity,
  type Resource,
  stackAndLogicalId,
} from "../../../resource-type.ts";
import { boolean, choice, list, object, required, text, type ValueOf } from "../../../schema.ts";
import { apiId, apiTypes, readMediaTypes } from "../../http-api.ts";
import { noteTags, tags } from "../../tags.ts";
import { rootResourceId } from "./path-resource.ts";

const type = apiTypes.plainRest;

const properties = object({
  Name: required(text()),
  Description: text(),
  BinaryMediaTypes: list(text()),
  EndpointConfiguration: object({
    Types: list(choice("EDGE", "REGIONAL")),
    IpAddressType: choice("ipv4", "dualstack"),
  }),
  DisableExecuteApiEndpoint: boolean(),
  FailOnWarnings: boolean(),
  /** Where keys of API are looked for, of which there are none. */
  ApiKeySourceType: choice("HEADER"),
  Tags: tags,
});

export const restApi = defineResource({
  type,
  properties,
  defaultName: stackAndLogicalId,
  ref: apiId,
  attributes: { RestApiId: apiId, RootResourceId: rootResourceId },
  build(resource, draft) {
    const { identity, properties: given, mark, report } = resource;
    const { logicalId: name } = identity;
    mark(`api:${name}`, []);
    noteIdle(resource, draft);
    draft.pathResources.set(rootResourceId(identity), { apiId: apiId(identity), part: "" });
    draft.apis.push({
      name,
      apiId: apiId(identity),
      kind: "rest",
      stage: "",
      binaryMediaTypes: readMediaTypes(given.BinaryMediaTypes),
      routes: [],
    });
    draft.atEnd(() => {
      const api = draft.apis.find((one) => one.name === name);
      const wants = (what: string) => report(["Properties"], `the API has no ${what}`);
      if (api?.stage === "") wants("stage: give it one by AWS::ApiGateway::Stage");
      if (api?.routes.length === 0) wants("method: give it one by AWS::ApiGateway::Method");
    });
  },
});

function noteIdle({ properties: given }: Resource<ValueOf<typeof properties>>, draft: Draft): void {
  if (given.DisableExecuteApiEndpoint) draft.noteWithoutEffect("DisableExecuteApiEndpoint");
  if (given.EndpointConfiguration) draft.noteWithoutEffect(`EndpointConfiguration of ${type}`);
  noteTags(given.Tags, type, draft);
}

const accountType = "AWS::ApiGateway::Account";
const name = ({ name: given }: Identity) => given;

/** The role by which all REST APIs of an account write logs, of which there are none. */
export const restAccount = defineResource({
  type: accountType,
  properties: object({ CloudWatchRoleArn: text() }),
  defaultName: stackAndLogicalId,
  ref: name,
  attributes: { Id: name },
  build(_, draft) {
    draft.noteWithoutEffect(accountType);
  },
});

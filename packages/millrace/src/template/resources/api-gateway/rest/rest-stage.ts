/**
 * `AWS::ApiGateway::Stage` and `Deployment`: under which name a REST API is served, and what its
 * methods are bounded by.
 *
 * What the template says is what is deployed, so that a deployment does nothing but for the stage
 * that it may come with. On AWS it has the methods alone that are there before it.
 */

import {
  type Draft,
  defineResource,
  type Identity,
  type Path,
  type Resource,
  stackAndLogicalId,
} from "../../../resource-type.ts";
import { boolean, object, required, text, type ValueOf } from "../../../schema.ts";
import { derivedId } from "../../../surroundings.ts";
import { methodMembers, methodSettings, noteWatched } from "../../http-api-settings.ts";
import { accessLog, readRestThrottles, restStageName, stageVariables } from "../../http-stage.ts";
import { noteTags, tags } from "../../tags.ts";
import { findRestApi, noRestApi } from "./path-resource.ts";
import { methodType } from "./rest-method.ts";

const stageType = "AWS::ApiGateway::Stage";
const deploymentType = "AWS::ApiGateway::Deployment";

/** Of a stage, and of one that comes with a deployment. */
const settings = object({
  Description: text(),
  Variables: stageVariables,
  MethodSettings: methodSettings,
  CacheClusterEnabled: boolean(),
  TracingEnabled: boolean(),
  AccessLogSetting: accessLog,
  Tags: tags,
});

/** What stands beside the `MethodSettings` is for all methods. */
const description = object({ ...settings.members, ...methodMembers });

const properties = object({
  ...settings.members,
  RestApiId: required(text()),
  StageName: required(restStageName),
  DeploymentId: required(text()),
});

export const restStage = defineResource({
  type: stageType,
  properties,
  nameProperty: "StageName",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build(resource, draft) {
    const { properties: given, report } = resource;
    const { RestApiId: apiId, StageName: stageName, DeploymentId: deploymentId } = given;
    const deployment = draft.find([deploymentType], deploymentId);
    if (!deployment || deployment.scope !== apiId) {
      const message = `'${deploymentId}' is no ${deploymentType} of this API in this template`;
      report(["Properties", "DeploymentId"], message);
    }
    openStage(resource, draft, { apiId, stageName, given, at: ["Properties"] });
  },
});

const deploymentProperties = object({
  RestApiId: required(text()),
  StageName: restStageName,
  StageDescription: description,
  Description: text(),
});

export const restDeployment = defineResource({
  type: deploymentType,
  properties: deploymentProperties,
  scopeProperty: "RestApiId",
  defaultName: stackAndLogicalId,
  ref: deploymentId,
  attributes: { DeploymentId: deploymentId },
  build(resource, draft) {
    const { identity, properties: given, report } = resource;
    const { RestApiId: apiId, StageName: stageName, StageDescription: described = {} } = given;
    draft.atEnd(() => noteMethodsAfter(identity, apiId, draft));
    if (stageName !== undefined) {
      const at = ["Properties", "StageDescription"];
      return openStage(resource, draft, { apiId, stageName, given: described, at });
    }
    if (given.StageDescription) report(["Properties"], "'StageName' is missing");
    if (findRestApi(draft, apiId) === "missing") {
      report(["Properties", "RestApiId"], `'${apiId}' ${noRestApi}`);
    }
  },
});

/** On AWS methods that are made later are in no stage of this deployment. */
function noteMethodsAfter({ logicalId }: Identity, apiId: string, draft: Draft): void {
  const later = draft.allWhere(
    [methodType],
    (one) => one.scope === apiId && !draft.isAfter(logicalId, one.logicalId),
  );
  if (later.length === 0) return;
  const [methods, them] = later.length === 1 ? ["method", "it"] : ["methods", "them"];
  const names = later.map((one) => `'${one.logicalId}'`).join(", ");
  draft.note(
    `The deployment '${logicalId}' could be made before the ${methods} ${names} on AWS, ` +
      `and not have ${them}: 'DependsOn' does not name ${them}.`,
  );
}

function deploymentId({ stackName, logicalId }: Identity): string {
  return derivedId(`rest-deployment/${stackName}/${logicalId}`, 6);
}

interface OpenedStage {
  readonly apiId: string;
  readonly stageName: string;
  readonly given: ValueOf<typeof description>;
  /** Where the settings stand. */
  readonly at: Path;
}

function openStage(resource: Resource, draft: Draft, opened: OpenedStage): void {
  const { report } = resource;
  const { apiId, stageName, given, at } = opened;
  const api = findRestApi(draft, apiId);
  if (api === "missing") report(["Properties", "RestApiId"], `'${apiId}' ${noRestApi}`);
  const ofAll = [{ ...given, HttpMethod: "*", ResourcePath: "/*" }];
  const ofMethods = given.MethodSettings ?? [];
  noteWatched([...ofAll, ...ofMethods], stageType, draft);
  noteTags(given.Tags, stageType, draft);
  if (given.TracingEnabled) draft.noteWithoutEffect("TracingEnabled (no traces are kept)");
  if (given.AccessLogSetting) {
    draft.noteWithoutEffect(`access logs of ${stageType} (none is written)`);
  }
  if (typeof api !== "object") return;
  const { name } = api;
  if (api.stage !== "") {
    const message = `the API '${name}' has the stage '${api.stage}', and no second is served`;
    report(["Properties", "StageName"], message);
  }
  api.stage = stageName;
  const throttles = readRestThrottles(ofMethods, {
    name,
    draft,
    report: (path, said) => report([...at, "MethodSettings", ...path], said),
  });
  const ofAllThrottles = readRestThrottles(ofAll, {
    name,
    draft,
    report: ([, ...path], said) => report([...at, ...path], said),
  });
  Object.assign(api, { stageVariables: given.Variables, ...ofAllThrottles, ...throttles });
}

/**
 * `AWS::ApiGatewayV2::Stage` and `Deployment`: under which name an HTTP API is served, and what its
 * routes are bounded by.
 *
 * What the template says is what is deployed, so that a deployment does nothing; but a stage that
 * has none answers nothing on AWS, and is refused.
 */

import {
  type Draft,
  defineResource,
  type Identity,
  type Resource,
  stackAndLogicalId,
} from "../../resource-type.ts";
import { boolean, dictionary, object, required, text, type ValueOf } from "../../schema.ts";
import { derivedId } from "../../surroundings.ts";
import { httpStageName, readStageSettings, stageMembers } from "../http-stage.ts";
import { findPlainApi, noApi } from "./route-key.ts";

const stageType = "AWS::ApiGatewayV2::Stage";
const deploymentType = "AWS::ApiGatewayV2::Deployment";

const properties = object({
  ...stageMembers,
  ApiId: required(text()),
  StageName: required(httpStageName),
  AutoDeploy: boolean(),
  DeploymentId: text(),
  Description: text(),
  Tags: dictionary(text()),
});

export const apiStage = defineResource({
  type: stageType,
  properties,
  nameProperty: "StageName",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build(resource, draft) {
    const { properties: given, report } = resource;
    const api = findPlainApi(draft, given.ApiId);
    if (api === "missing") report(["Properties", "ApiId"], `'${given.ApiId}' ${noApi}`);
    checkDeployed(resource, draft);
    if (given.AccessLogSettings) {
      draft.noteWithoutEffect(`access logs of ${stageType} (none is written)`);
    }
    if (given.Tags) draft.noteWithoutEffect(`Tags of ${stageType}`);
    if (typeof api !== "object") return;
    if (api.stage !== "") {
      const message = `the API '${api.name}' has the stage '${api.stage}', and no second is served`;
      report(["Properties", "StageName"], message);
    }
    api.stage = given.StageName;
    Object.assign(api, readStageSettings(given, { name: api.name, draft, report }));
  },
});

type Stage = Resource<ValueOf<typeof properties>>;

function checkDeployed({ properties: given, report }: Stage, draft: Draft): void {
  const { ApiId: apiId, StageName: name, AutoDeploy: isAutomatic = false } = given;
  const { DeploymentId: id } = given;
  if (id !== undefined) {
    const deployment = draft.find([deploymentType], id);
    const wrong = deployment
      ? "belongs to another API"
      : `is no ${deploymentType} of this template`;
    const isIts = deployment?.scope === apiId;
    if (!isIts) report(["Properties", "DeploymentId"], `'${id}' ${wrong}`);
    return;
  }
  const isNaming = (one: Identity) => one.scope === apiId && one.name === name;
  if (isAutomatic || draft.findWhere([deploymentType], isNaming)) return;
  const message = "the stage has no deployment: 'AutoDeploy: true' or a 'DeploymentId' is missing";
  report(["Properties"], message);
}

export const apiDeployment = defineResource({
  type: deploymentType,
  properties: object({ ApiId: required(text()), StageName: text(), Description: text() }),
  nameProperty: "StageName",
  scopeProperty: "ApiId",
  defaultName: () => "", // no stage's
  ref: deploymentId,
  attributes: { DeploymentId: deploymentId },
  build({ properties: given, report }, draft) {
    const { ApiId: apiId, StageName: name } = given;
    const api = findPlainApi(draft, apiId);
    if (api === "missing") report(["Properties", "ApiId"], `'${apiId}' ${noApi}`);
    if (typeof api !== "object" || name === undefined) return;
    draft.atEnd(() => {
      if (api.stage === name) return;
      const message = `the API has no stage '${name}': write it out as ${stageType}`;
      report(["Properties", "StageName"], message);
    });
  },
});

function deploymentId({ stackName, logicalId }: Identity): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  return derivedId(`deployment/${stackName}/${logicalId}`, 6, alphabet);
}

/**
 * `AWS::ApiGatewayV2::Stage` and `Deployment`: under which name an HTTP API is served, and what its
 * routes are bounded by.
 *
 * What the template says is what is deployed, so that a deployment does nothing; but a stage that
 * has none answers nothing on AWS, and is refused.
 */

import {
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
    checkDeployed(resource, (id) => draft.find([deploymentType], id) !== undefined);
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

function checkDeployed(
  { properties: given, report }: Stage,
  isDeployment: (id: string) => boolean,
): void {
  const { AutoDeploy: isAutomatic = false, DeploymentId: id } = given;
  if (id !== undefined && !isDeployment(id)) {
    report(["Properties", "DeploymentId"], `'${id}' is no ${deploymentType} of this template`);
  }
  if (isAutomatic || id !== undefined) return;
  const message = "the stage has no deployment: 'AutoDeploy: true' or a 'DeploymentId' is missing";
  report(["Properties"], message);
}

export const apiDeployment = defineResource({
  type: deploymentType,
  properties: object({ ApiId: required(text()), StageName: text(), Description: text() }),
  defaultName: stackAndLogicalId,
  ref: deploymentId,
  attributes: { DeploymentId: deploymentId },
  build({ properties: given, report }, draft) {
    if (findPlainApi(draft, given.ApiId) === "missing") {
      report(["Properties", "ApiId"], `'${given.ApiId}' ${noApi}`);
    }
    if (given.StageName !== undefined) {
      const message = "a stage that comes with a deployment is not implemented: write it out";
      report(["Properties", "StageName"], message);
    }
  },
});

function deploymentId({ stackName, logicalId }: Identity): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  return derivedId(`deployment/${stackName}/${logicalId}`, 6, alphabet);
}

/** A function's `AutoPublishAlias`, and the properties that only mean something beside it. */

import type { AutoPublish } from "../../../functions/mod.ts";
import type { Draft } from "../../resource-type.ts";
import type { FunctionResource } from "./function-schema.ts";

/** `undefined` where no alias is asked for. Shifting calls little by little is refused. */
export function readAutoPublish(resource: FunctionResource, draft: Draft): AutoPublish | undefined {
  const { properties: given, report } = resource;
  const { AutoPublishAlias: alias, DeploymentPreference, ProvisionedConcurrencyConfig } = given;
  const needing = {
    ...(DeploymentPreference?.Enabled !== false && { DeploymentPreference }),
    ProvisionedConcurrencyConfig,
  };
  for (const [name, value] of Object.entries(needing)) {
    if (alias !== undefined || value === undefined) continue;
    report(["Properties", name], `'${name}' needs 'AutoPublishAlias'`);
  }
  for (const name of onlyWithAlias) {
    if (alias === undefined && given[name] !== undefined) {
      draft.noteWithoutEffect(`${name} (without AutoPublishAlias)`);
    }
  }
  checkDeployment(resource);
  if (alias === undefined) return undefined;
  return {
    alias,
    description: given.VersionDescription,
    allProperties: given.AutoPublishAliasAllProperties ?? false,
    codeMark: given.AutoPublishCodeSha256,
    provisioned: given.ProvisionedConcurrencyConfig?.ProvisionedConcurrentExecutions,
  };
}

const onlyWithAlias = [
  "AutoPublishAliasAllProperties",
  "AutoPublishCodeSha256",
  "VersionDescription",
] as const;

const notAtOnce = ["Alarms", "Hooks", "TriggerConfigurations"] as const;

/** At once is what happens here too, unless something is to be asked before or after. */
function checkDeployment({ properties, report }: FunctionResource): void {
  const given = properties.DeploymentPreference;
  if (!given || given.Enabled === false) return;
  const at = ["Properties", "DeploymentPreference"];
  if (given.Type === undefined) report(at, "'Type' is missing");
  else if (given.Type !== "AllAtOnce") {
    const advice = "the alias leads to a new version at once: 'AllAtOnce' or 'Enabled: false'";
    report([...at, "Type"], `the deployment '${given.Type}' is not implemented; ${advice}`);
  }
  for (const name of notAtOnce) {
    if (given[name] === undefined) continue;
    report([...at, name], `'${name}' of a deployment are not implemented`);
  }
}

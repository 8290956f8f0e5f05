/** Aliases: as requests set them, and as answers tell them. */

import type { Alias, AliasChanges } from "../../functions/mod.ts";
import type { Body } from "./operation.ts";

/** The members that CreateAlias and UpdateAlias share. */
export const aliasMembers = {
  FunctionVersion: "string",
  Description: "string",
  RoutingConfig: "object",
} as const;

/** What the body sets; a text says what is wrong with it. */
export function readAlias(body: Body): AliasChanges | string {
  const { FunctionVersion, Description, RoutingConfig } = body;
  const routing = RoutingConfig as { AdditionalVersionWeights?: unknown } | undefined;
  const weights = routing && (routing.AdditionalVersionWeights ?? {});
  if (weights !== undefined && Object.values(weights).some((one) => typeof one !== "number")) {
    return "A weight is a number from 0 to 1";
  }
  return {
    ...(FunctionVersion !== undefined && { version: String(FunctionVersion) }),
    ...(Description !== undefined && { description: String(Description) }),
    ...(weights !== undefined && { weights: weights as Record<string, number> }),
  };
}

/** AliasConfiguration, as answers tell it. */
export function tellAlias(alias: Alias, functionArn: string) {
  const { name, version, description, weights, revisionId } = alias;
  return {
    AliasArn: `${functionArn}:${name}`,
    Name: name,
    FunctionVersion: version,
    Description: description,
    ...(Object.keys(weights).length > 0 && {
      RoutingConfig: { AdditionalVersionWeights: weights },
    }),
    RevisionId: revisionId,
  };
}

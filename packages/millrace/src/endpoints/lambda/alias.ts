/** Aliases: as requests set them, and as answers tell them. */

import type { Alias, AliasChanges } from "../../functions/mod.ts";
import { type Body, readNested } from "./operation.ts";

/** The members that CreateAlias and UpdateAlias share. */
export const aliasMembers = {
  FunctionVersion: "string",
  Description: "string",
  RoutingConfig: "object",
} as const;

/** What the body sets; a text says what is wrong with it. */
export function readAlias(body: Body): AliasChanges | string {
  const { FunctionVersion, Description, RoutingConfig } = body;
  const weights = readWeights(RoutingConfig);
  if (typeof weights === "string") return weights;
  return {
    ...(FunctionVersion !== undefined && { version: String(FunctionVersion) }),
    ...(Description !== undefined && { description: String(Description) }),
    ...(weights !== undefined && { weights }),
  };
}

function readWeights(routing: unknown): Record<string, number> | string | undefined {
  if (routing === undefined) return undefined;
  const member = "AdditionalVersionWeights";
  const given = readNested(routing, "RoutingConfig", [member]);
  if (typeof given === "string") return given;
  const weights = Object.entries(given[member] ?? {});
  const areNumbers = weights.every(([, one]) => typeof one === "number");
  if (!areNumbers || typeof (given[member] ?? {}) !== "object") {
    return "A weight is a number from 0 to 1";
  }
  return Object.fromEntries(weights) as Record<string, number>;
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

/**
 * `AWS::Lambda::Version`: what a function is when the resource comes, or says something else.
 *
 * Its number is given when it is published, so that aliases alone may refer to it, to lead there;
 * what stands for the number until then is made of the logical id.
 */

import {
  type Draft,
  defineResource,
  type Identity,
  stackAndLogicalId,
} from "../../resource-type.ts";
import { choice, integer, object, required, text } from "../../schema.ts";
import { functionArn } from "./function-members.ts";
import { aliasType, findBareFunction, targetName, writtenOf } from "./function-reference.ts";

export const versionType = "AWS::Lambda::Version";

export const lambdaVersion = defineResource({
  type: versionType,
  properties: object({
    FunctionName: required(text()),
    Description: text({ pattern: /^.{0,256}$/s, form: "a text of at most 256 characters" }),
    CodeSha256: text(),
    ProvisionedConcurrencyConfig: object({
      ProvisionedConcurrentExecutions: required(integer(1, 1000)),
    }),
    RuntimePolicy: object({
      UpdateRuntimeOn: required(choice("Auto", "FunctionUpdate", "Manual")),
      RuntimeVersionArn: text(),
    }),
  }),
  nameProperty: "FunctionName",
  defaultName: stackAndLogicalId,
  onlyFor: {
    types: [aliasType],
    property: "FunctionVersion",
    because: "the number of a version is given once it is published; refer to an alias of it",
  },
  ref: (identity) => `${functionOf(identity)}:${numberOf(identity)}`,
  attributes: { Version: numberOf, FunctionArn: functionOf },
  build({ identity, properties: given, report }, draft) {
    const target = findBareFunction(draft, given.FunctionName);
    if (typeof target === "string") return report(["Properties", "FunctionName"], target);
    if (given.RuntimePolicy) draft.noteWithoutEffect(`RuntimePolicy of ${versionType}`);
    if (given.CodeSha256) draft.noteWithoutEffect(`CodeSha256 of ${versionType} (not compared)`);
    writtenOf(draft, target.name)?.versions.push({
      key: identity.logicalId,
      description: given.Description,
      codeSha256: given.CodeSha256,
      provisioned: given.ProvisionedConcurrencyConfig?.ProvisionedConcurrentExecutions,
    });
  },
});

/** The version whose attribute `Version` is that. */
export function findVersion(draft: Draft, number: string): Identity | undefined {
  return draft.findWhere([versionType], (identity) => numberOf(identity) === number);
}

function numberOf({ logicalId }: Identity): string {
  return `number of ${logicalId}`;
}

function functionOf(identity: Identity): string {
  return functionArn({ ...identity, name: targetName(identity) });
}

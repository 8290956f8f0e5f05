/**
 * `AWS::Serverless::Function`: a handler, its code, its role, and the events that invoke it.
 *
 * That the code is there is checked here, at its line; whether it can be built shows when it is.
 */

import { type Draft, defineResource, type Identity } from "../../resource-type.ts";
import { urlOf } from "../../serverless.ts";
import { readAsyncSettings } from "./function-async.ts";
import { functionMetadata } from "./function-build.ts";
import type { GivenCode } from "./function-code.ts";
import { keepFunction } from "./function-definition.ts";
import { connectEvents } from "./function-events.ts";
import { functionArn, functionDefaultName, functionTypes } from "./function-members.ts";
import { readAutoPublish } from "./function-publishing.ts";
import { aliasOf, calledArn } from "./function-reference.ts";
import { keepRole } from "./function-role.ts";
import { type FunctionResource, functionProperties } from "./function-schema.ts";
import { urlType } from "./lambda-url.ts";

export const serverlessFunction = defineResource({
  type: functionTypes.serverless,
  properties: functionProperties,
  metadata: functionMetadata,
  globals: [
    "Handler",
    "Runtime",
    "CodeUri",
    "Description",
    "MemorySize",
    "Timeout",
    "Environment",
    "Architectures",
    "EventInvokeConfig",
    "FunctionUrlConfig",
    "Layers",
    "ReservedConcurrentExecutions",
    "LoggingConfig",
    "AutoPublishAlias",
    "AutoPublishAliasAllProperties",
    "DeploymentPreference",
    "ProvisionedConcurrencyConfig",
    "Tracing",
    "EphemeralStorage",
    "AssumeRolePolicyDocument",
    "CodeSigningConfigArn",
    "DeadLetterQueue",
    "KmsKeyArn",
    "PropagateTags",
    "RecursiveLoop",
    "RuntimeManagementConfig",
    "SnapStart",
    "SourceKMSKeyArn",
    "Tags",
  ],
  nameProperty: "FunctionName",
  scopeProperty: "AutoPublishAlias",
  namespace: "function",
  defaultName: functionDefaultName,
  ref: ({ name }) => name,
  attributes: { Arn: functionArn },
  generated: {
    Alias: (identity) =>
      aliasOf(identity) === undefined ? needsAlias("Alias", identity) : calledArn(identity),
    Version: (identity) =>
      aliasOf(identity) === undefined ? needsAlias("Version", identity) : unknownVersion,
  },
  build(resource, draft) {
    const { properties: given } = resource;
    keepFunction(
      resource,
      {
        code: codeOf(resource),
        role: keepRole(resource, draft),
        tracing: given.Tracing === "Disabled" ? undefined : given.Tracing,
        asyncSettings: readAsyncSettings(resource, draft),
        // SAM marks what it makes. [SAM: AWS::Serverless::Function, Tags]
        tags: { "lambda:createdBy": "SAM", ...given.Tags },
        autoPublish: readAutoPublish(resource, draft),
      },
      draft,
    );
    if (given.SourceKMSKeyArn !== undefined) draft.noteWithoutEffect("SourceKMSKeyArn");
    if (given.Tracing === "Active") draft.noteWithoutEffect("Tracing (no traces are kept)");
    checkUrl(resource, draft);
    connectEvents(resource, draft);
  },
});

function needsAlias(property: string, { logicalId }: Identity) {
  return { problem: `'${logicalId}.${property}' needs 'AutoPublishAlias' of '${logicalId}'` };
}

const unknownVersion = {
  problem:
    "the ARN of a version is known only once it is published: refer to the alias, whose version " +
    "GetAlias tells",
};

/** What decides about it must be known before anything is resolved. */
function checkUrl({ properties, identity, report }: FunctionResource, draft: Draft): void {
  if (!properties.FunctionUrlConfig) return;
  const logicalId = urlOf(identity.logicalId);
  if (draft.findWhere([urlType], (one) => one.logicalId === logicalId)) return;
  const message = "'FunctionUrlConfig' is written out: no function of the template can make it";
  report(["Properties", "FunctionUrlConfig"], message);
}

/** The code itself counts before the folder. */
function codeOf({ properties: given, report }: FunctionResource): GivenCode | undefined {
  const { InlineCode: text, CodeUri: folder } = given;
  if (text !== undefined) return { kind: "inline", text, at: ["Properties", "InlineCode"] };
  if (folder !== undefined) return { kind: "folder", folder, at: ["Properties", "CodeUri"] };
  report(["Properties"], "the property 'CodeUri' is missing");
  return undefined;
}

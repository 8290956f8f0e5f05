/**
 * `AWS::Serverless::Function`: a handler, its code, its role, and the events that invoke it.
 *
 * That the code is there is checked here, at its line; whether it can be built shows when it is.
 */

import { resolve } from "node:path";
import type { FunctionBuild, FunctionDefinition } from "../../../functions/mod.ts";
import {
  type Draft,
  defineResource,
  type Identity,
  stackAndLogicalId,
} from "../../resource-type.ts";
import { urlOf } from "../../serverless.ts";
import { fitName } from "../../surroundings.ts";
import { isFolder } from "../build-entries.ts";
import { streamProblem } from "../table.ts";
import { readAsyncSettings } from "./function-async.ts";
import { functionMetadata, nodeOptions, readBuild, sourceMaps } from "./function-build.ts";
import { connectEvents } from "./function-events.ts";
import { checkHandler, checkInlineCode } from "./function-handler.ts";
import { readLogging } from "./function-logging.ts";
import { readAutoPublish } from "./function-publishing.ts";
import { aliasOf, calledArn } from "./function-reference.ts";
import { keepRole } from "./function-role.ts";
import {
  type FunctionResource,
  functionArn,
  functionProperties,
  functionType,
} from "./function-schema.ts";
import { urlType } from "./lambda-url.ts";
import { layerTypes } from "./layer-version.ts";

export const serverlessFunction = defineResource({
  type: functionType,
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
  defaultName: (stackName, logicalId) => fitName(stackAndLogicalId(stackName, logicalId), 64),
  ref: ({ name }) => name,
  attributes: { Arn: functionArn },
  generated: {
    Alias: (identity) =>
      aliasOf(identity) === undefined ? needsAlias("Alias", identity) : calledArn(identity),
    Version: (identity) =>
      aliasOf(identity) === undefined ? needsAlias("Version", identity) : unknownVersion,
  },
  build(resource, draft) {
    const { identity, properties: given, mark } = resource;
    mark(`function:${identity.name}`, []);
    mark(`function:${identity.name}:handler`, ["Properties", "Handler"]);
    const code = readCode(resource, draft);
    const role = keepRole(resource, draft);
    if (code) {
      draft.functions.push({
        name: identity.name,
        handler: given.Handler,
        ...code,
        runtime: given.Runtime,
        timeoutSeconds: given.Timeout ?? 3,
        memoryMegabytes: given.MemorySize ?? 128,
        storageMegabytes: given.EphemeralStorage?.Size,
        tracing: given.Tracing === "Active" ? given.Tracing : undefined,
        environment: readEnvironment(resource, code.build),
        layers: readLayers(resource, draft),
        description: given.Description,
        role,
        reservedConcurrency: given.ReservedConcurrentExecutions,
        asyncSettings: readAsyncSettings(resource, draft),
        logging: readLogging(resource),
        // SAM marks what it makes. [SAM: AWS::Serverless::Function, Tags]
        tags: { "lambda:createdBy": "SAM", ...given.Tags },
        autoPublish: readAutoPublish(resource, draft),
      });
    }
    noteIdle(resource, draft);
    checkUrl(resource, draft);
    connectEvents(resource, draft);
  },
});

/** What is told or nothing here, and would be something on AWS. */
function noteIdle({ properties: given }: FunctionResource, draft: Draft): void {
  for (const name of idle) if (given[name] !== undefined) draft.noteWithoutEffect(name);
  if (given.EphemeralStorage) {
    draft.noteWithoutEffect("EphemeralStorage (what a process writes is not bounded)");
  }
  if (given.Tracing === "Active") draft.noteWithoutEffect("Tracing (no traces are kept)");
}

const idle = [
  "Architectures",
  "CodeSigningConfigArn",
  "KmsKeyArn",
  "RecursiveLoop",
  "RuntimeManagementConfig",
  "SourceKMSKeyArn",
] as const;

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

/** Their ARNs; a layer that is not the template's is refused, as there is none to be had here. */
function readLayers({ properties, report }: FunctionResource, draft: Draft): string[] | undefined {
  properties.Layers?.forEach((arn, index) => {
    if (draft.find(layerTypes, arn)) return;
    const message = `there is no layer '${arn}' in this template; those of others cannot be had`;
    report(["Properties", "Layers", index], message);
  });
  return properties.Layers && [...properties.Layers];
}

type Code = Pick<FunctionDefinition, "codeFolder" | "build" | "inlineCode">;

/** `undefined`: there is none, which was reported. */
function readCode(resource: FunctionResource, draft: Draft): Code | undefined {
  const { InlineCode: inlineCode } = resource.properties;
  if (inlineCode !== undefined) {
    checkInlineCode(resource);
    return { codeFolder: draft.folder, inlineCode };
  }
  const codeFolder = findCode(resource, draft);
  if (codeFolder === undefined) return undefined;
  const build = readBuild(resource, codeFolder);
  checkHandler(resource, codeFolder, build);
  return { codeFolder, ...(build && { build }) };
}

function findCode({ properties, report }: FunctionResource, draft: Draft): string | undefined {
  if (properties.CodeUri === undefined) {
    report(["Properties"], "the property 'CodeUri' is missing");
    return undefined;
  }
  const folder = resolve(draft.folder, properties.CodeUri);
  if (isFolder(folder)) return folder;
  const message = `there is no folder '${properties.CodeUri}' beside the template`;
  report(["Properties", "CodeUri"], message);
  return undefined;
}

/** As SAM does, a bundle with a source map makes Node read it. */
function readEnvironment(
  resource: FunctionResource,
  build: FunctionBuild | undefined,
): Readonly<Record<string, string>> {
  const variables = resource.properties.Environment?.Variables ?? {};
  for (const [name, value] of Object.entries(variables)) {
    const problem = streamProblem(value);
    const at = ["Properties", "Environment", "Variables", name];
    if (problem !== undefined) resource.report(at, problem);
  }
  const options = nodeOptions(resource);
  if (!build?.sourcemap || options.includes(sourceMaps)) return variables;
  return { ...variables, NODE_OPTIONS: `${options} ${sourceMaps}`.trim() };
}

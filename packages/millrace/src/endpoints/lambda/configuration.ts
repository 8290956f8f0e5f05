/** A function's configuration: as requests set it, and as answers tell it. */

import { isDeepStrictEqual } from "node:util";
import {
  environmentBytesMax,
  type FunctionDescription,
  isReservedVariable,
  kindOfRuntime,
  layersPerFunctionMax,
  machineArchitecture,
  type NewDefinition,
} from "../../functions/mod.ts";
import { invalidParameter, type Refusal } from "./answers.ts";
import { type Constraints, checkConstraints, descriptionConstraint } from "./constraints.ts";
import { readLogging, tellLogging } from "./logging-config.ts";
import { type Answer, type Body, no, readNested } from "./operation.ts";

/** The members that CreateFunction and UpdateFunctionConfiguration share. */
export const configurationMembers = {
  Runtime: "string",
  Handler: "string",
  Role: "string",
  Description: "string",
  Timeout: "number",
  MemorySize: "number",
  Environment: "object",
  Layers: "object",
  LoggingConfig: "object",
  TracingConfig: "object",
  EphemeralStorage: "object",
  SnapStart: "object",
  VpcConfig: "object",
  DeadLetterConfig: "object",
  KMSKeyArn: "string",
} as const;

/** What tools send for each of them though nothing is wanted; all else is refused. */
const defaults: Readonly<Record<string, readonly unknown[]>> = {
  SnapStart: [{}, { ApplyOn: "None" }],
  VpcConfig: [{}, { SubnetIds: [], SecurityGroupIds: [] }],
  DeadLetterConfig: [{}, { TargetArn: "" }],
  KMSKeyArn: [""],
};

function checkDefaults(body: Body): Answer | undefined {
  for (const [name, known] of Object.entries(defaults)) {
    const given = body[name];
    if (given === undefined || known.some((one) => isDeepStrictEqual(one, given))) continue;
    const what = `"${name}" ${JSON.stringify(given)} is not implemented`;
    return no(invalidParameter(`${what}; ${JSON.stringify(known.at(-1))} is`));
  }
  return undefined;
}

export const configurationConstraints: Constraints = {
  Role: { pattern: "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+" },
  Handler: { pattern: "[^\\s]+", lengthMax: 128 },
  Description: descriptionConstraint,
  Timeout: { min: 1, max: 900 },
  MemorySize: { min: 128, max: 10_240 },
};

const storageMegabytesDefault = 512;

const nestedConstraints: Constraints = {
  "tracingConfig.mode": { oneOf: ["Active", "PassThrough"] },
  "ephemeralStorage.size": { min: storageMegabytesDefault, max: 10_240 },
};

/** What TracingConfig and EphemeralStorage set, or what is wrong with them. */
function readNestedChanges(body: Body): { readonly set: Record<string, unknown> } | Answer {
  const tracing = readNested(body.TracingConfig ?? {}, "TracingConfig", ["Mode"]);
  if (typeof tracing === "string") return no(invalidParameter(tracing));
  const storage = readNested(body.EphemeralStorage ?? {}, "EphemeralStorage", ["Size"]);
  if (typeof storage === "string") return no(invalidParameter(storage));
  if (body.EphemeralStorage !== undefined && typeof storage.Size !== "number") {
    return no(invalidParameter('"EphemeralStorage" needs a number as its "Size"'));
  }
  const placed = { "tracingConfig.mode": tracing.Mode, "ephemeralStorage.size": storage.Size };
  const problem = checkConstraints(placed, nestedConstraints);
  return problem ?? { set: { tracing: tracing.Mode, storageMegabytes: storage.Size } };
}

type Changes = Partial<NewDefinition>;

/** What `Architectures` says, or what is wrong with it. */
export function readArchitecture({ Architectures }: Body): Pick<Changes, "architecture"> | Answer {
  if (Architectures === undefined) return {};
  const [architecture, ...more] = Array.isArray(Architectures) ? Architectures : [];
  if ((architecture === "x86_64" || architecture === "arm64") && more.length === 0) {
    return { architecture };
  }
  return no(invalidParameter('"Architectures" is a list of one, "x86_64" or "arm64"'));
}

/** What the body sets; a value that cannot be is refused. */
export function readConfiguration(body: Body): { readonly changes: Changes } | Answer {
  const problem =
    checkConstraints(body, configurationConstraints) ??
    checkRuntime(body) ??
    checkDefaults(body) ??
    checkLayers(body.Layers);
  if (problem) return problem;
  const environment = readEnvironment(body.Environment);
  if (typeof environment === "string") return no(invalidParameter(environment));
  const misnamed = Object.keys(environment ?? {}).some((name) => !variableName.test(name));
  if (misnamed) return no(misnamedVariable);
  const logging = readLogging(body.LoggingConfig);
  if (!("logging" in logging)) return logging;
  const nested = readNestedChanges(body);
  if (!("set" in nested)) return nested;
  const set: Record<string, unknown> = {
    runtime: body.Runtime,
    handler: body.Handler,
    role: body.Role,
    description: body.Description,
    timeoutSeconds: body.Timeout,
    memoryMegabytes: body.MemorySize,
    environment,
    layers: body.Layers,
    ...nested.set,
    ...logging,
  };
  const given = Object.entries(set).filter(([, value]) => value !== undefined);
  return { changes: Object.fromEntries(given) as Changes };
}

function checkRuntime({ Runtime }: Body): Answer | undefined {
  if (Runtime !== undefined && !kindOfRuntime(String(Runtime))) {
    const implemented = "nodejs*, python3.* and provided* are";
    return no(invalidParameter(`The runtime "${Runtime}" is not implemented; ${implemented}`));
  }
  return undefined;
}

function checkLayers(layers: unknown): Answer | undefined {
  if (layers === undefined) return undefined;
  const isList = Array.isArray(layers) && layers.every((arn) => typeof arn === "string");
  if (!isList) return no(invalidParameter('"Layers" must be a list of ARNs'));
  if (layers.length > layersPerFunctionMax) {
    return no(invalidParameter(`Cannot reference more than ${layersPerFunctionMax} layers.`));
  }
  const named = new Set(layers.map((arn) => arn.replace(/:\d+$/, "")));
  if (named.size === layers.length) return undefined;
  const two = "Two different versions of the same layer are not allowed to be referenced in";
  return no(invalidParameter(`${two} the same function.`));
}

const unable =
  "Lambda was unable to configure your environment variables because the environment variables " +
  "you have provided";

const variableName = /^[a-zA-Z][a-zA-Z0-9_]+$/;

/** Variables may be secret, so neither name nor value is told. */
const misnamedVariable: Refusal = {
  status: 400,
  type: "ValidationException",
  message:
    "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: " +
    "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: " +
    "[a-zA-Z]([a-zA-Z0-9_])+]",
};

function readEnvironment(given: unknown): Record<string, string> | string | undefined {
  if (given === undefined) return undefined;
  const members = readNested(given, "Environment", ["Variables"]);
  if (typeof members === "string") return members;
  const variables = members.Variables ?? {};
  if (typeof variables !== "object") return '"Variables" must be an object';
  let bytes = 0;
  for (const [name, value] of Object.entries(variables)) {
    if (typeof value !== "string") return `The environment variable "${name}" must be a text`;
    if (isReservedVariable(name)) {
      return (
        `${unable} contains reserved keys that are currently not supported for modification. ` +
        `Reserved keys used in this request: ${name}`
      );
    }
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (bytes <= environmentBytesMax) return variables as Record<string, string>;
  return `${unable} exceeded the 4KB limit`;
}

/** As the log names it when a process starts. */
function runtimeVersionArn(functionArn: string, runtime: string): string {
  return functionArn.replace(/(:lambda:[^:]*):.*$/, `$1::runtime:${runtime}`);
}

/**
 * FunctionConfiguration, as most operations answer it. Its ARN ends in the qualifier that was asked
 * for, in the number of a version, or in neither.
 */
export function tellConfiguration(description: FunctionDescription, asked?: string | undefined) {
  const { name, version, arn, definition } = description;
  const qualifier = asked ?? (version === "$LATEST" ? undefined : version);
  const variables = definition.environment;
  return {
    FunctionName: name,
    FunctionArn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
    Runtime: definition.runtime,
    Role: definition.role ?? arn.replace(/:lambda:[^:]*:(\d+):.*$/, `:iam::$1:role/${name}`),
    Handler: definition.handler,
    CodeSize: description.codeBytes,
    CodeSha256: description.codeSha256,
    Description: definition.description ?? "",
    Timeout: definition.timeoutSeconds,
    MemorySize: definition.memoryMegabytes,
    LastModified: new Date(description.lastModifiedMs).toISOString().replace("Z", "+0000"),
    Version: version,
    ...(Object.keys(variables).length > 0 && { Environment: { Variables: variables } }),
    ...(description.layers.length > 0 && {
      Layers: description.layers.map(({ arn, codeBytes }) => ({ Arn: arn, CodeSize: codeBytes })),
    }),
    TracingConfig: { Mode: definition.tracing ?? "PassThrough" },
    RevisionId: description.revisionId,
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: [definition.architecture ?? machineArchitecture],
    EphemeralStorage: { Size: definition.storageMegabytes ?? storageMegabytesDefault },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeVersionArn(arn, definition.runtime) },
    LoggingConfig: tellLogging(description),
  };
}

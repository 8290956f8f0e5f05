/** A function's configuration: as requests set it, and as answers tell it. */

import {
  environmentBytesMax,
  type FunctionDescription,
  isReservedVariable,
  kindOfRuntime,
  machineArchitecture,
  type NewDefinition,
} from "../../functions/mod.ts";
import { invalidParameter } from "./answers.ts";
import { readLogging, tellLogging } from "./logging-config.ts";
import { type Answer, type Body, checkRange, no, outOfRange, readNested } from "./operation.ts";

/** The members that CreateFunction and UpdateFunctionConfiguration share. */
export const configurationMembers = {
  Runtime: "string",
  Handler: "string",
  Role: "string",
  Description: "string",
  Timeout: "number",
  MemorySize: "number",
  Environment: "object",
  LoggingConfig: "object",
} as const;

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
    checkRange(body, "Timeout", [1, 900]) ??
    checkRange(body, "MemorySize", [128, 10_240]) ??
    checkTexts(body);
  if (problem) return problem;
  const environment = readEnvironment(body.Environment);
  if (typeof environment === "string") return no(invalidParameter(environment));
  const logging = readLogging(body.LoggingConfig);
  if (!("logging" in logging)) return logging;
  const set: Record<string, unknown> = {
    runtime: body.Runtime,
    handler: body.Handler,
    role: body.Role,
    description: body.Description,
    timeoutSeconds: body.Timeout,
    memoryMegabytes: body.MemorySize,
    environment,
    ...logging,
  };
  const given = Object.entries(set).filter(([, value]) => value !== undefined);
  return { changes: Object.fromEntries(given) as Changes };
}

function checkTexts({ Runtime, Handler, Role, Description }: Body): Answer | undefined {
  if (Runtime !== undefined && !kindOfRuntime(String(Runtime))) {
    const implemented = "nodejs*, python3.* and provided* are";
    return no(invalidParameter(`The runtime "${Runtime}" is not implemented; ${implemented}`));
  }
  if (Handler !== undefined && !/^\S{1,128}$/.test(String(Handler))) {
    return outOfRange("Handler", Handler, "1 to 128 characters without spaces");
  }
  if (Role !== undefined && !/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(String(Role))) {
    return outOfRange("Role", Role, "the form of the ARN of a role");
  }
  return String(Description ?? "").length > 256
    ? outOfRange("Description", Description, "length less than or equal to 256")
    : undefined;
}

const unable =
  "Lambda was unable to configure your environment variables because the environment variables " +
  "you have provided";

function readEnvironment(given: unknown): Record<string, string> | string | undefined {
  if (given === undefined) return undefined;
  const members = readNested(given, "Environment", ["Variables"]);
  if (typeof members === "string") return members;
  const variables = members.Variables ?? {};
  if (typeof variables !== "object") return '"Variables" must be an object';
  let bytes = 0;
  for (const [name, value] of Object.entries(variables)) {
    if (typeof value !== "string") return `The environment variable "${name}" must be a text`;
    if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(name)) return `"${name}" is no name of a variable`;
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

/** FunctionConfiguration, as most operations answer it. */
export function tellConfiguration(description: FunctionDescription) {
  const { name, version, arn, definition } = description;
  const variables = definition.environment;
  return {
    FunctionName: name,
    FunctionArn: version === "$LATEST" ? arn : `${arn}:${version}`,
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
    TracingConfig: { Mode: "PassThrough" },
    RevisionId: description.revisionId,
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: [definition.architecture ?? machineArchitecture],
    EphemeralStorage: { Size: 512 },
    LoggingConfig: tellLogging(description),
  };
}

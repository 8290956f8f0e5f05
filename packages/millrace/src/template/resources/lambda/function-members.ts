/**
 * What `AWS::Serverless::Function` and `AWS::Lambda::Function` say alike: the properties that both
 * have, what they are called by, and their kinds.
 */

import { applicationLevels, layersPerFunctionMax, systemLevels } from "../../../functions/mod.ts";
import type { Identity, Resource } from "../../resource-type.ts";
import {
  choice,
  dictionary,
  integer,
  list,
  type ObjectSchema,
  object,
  required,
  text,
  type ValueOf,
} from "../../schema.ts";
import { fitName } from "../../surroundings.ts";
import { logGroupName } from "../logs-log-group.ts";
import type { functionMetadata } from "./function-build.ts";

export const functionTypes = {
  serverless: "AWS::Serverless::Function",
  plain: "AWS::Lambda::Function",
} as const;

export function functionArn({ partition, region, accountId, name }: Identity): string {
  return `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
}

export function functionDefaultName(stackName: string, logicalId: string): string {
  return fitName(`${stackName}-${logicalId}`, 64);
}

export const roleArn = text({
  pattern: /^arn:[^:]+:iam::\d{12}:role\/.+$/,
  form: "the ARN of a role",
});

export const sharedMembers = {
  FunctionName: text({
    pattern: /^[A-Za-z0-9_-]{1,64}$/,
    form: "a function name: 1 to 64 of A-Z a-z 0-9 _ -",
  }),
  Handler: required(
    text({ pattern: /^[^\s]{1,128}$/, form: "the name of a handler, without spaces" }),
  ),
  Runtime: required(
    text({
      pattern: /^(nodejs(\d+\.(x|\d+))?|python3\.\d{1,2}|provided(\.al2|\.al2023)?)$/,
      form: "a runtime that is implemented: nodejs22.x, python3.13 or provided.al2023",
    }),
  ),
  Description: text(),
  Timeout: integer(1, 900),
  ReservedConcurrentExecutions: integer(0, 1000),
  MemorySize: integer(128, 10_240),
  EphemeralStorage: object({ Size: required(integer(512, 10_240)) }),
  Architectures: list(choice("x86_64", "arm64"), { min: 1, max: 1 }),
  Environment: object({
    Variables: dictionary(text(), /^[A-Za-z][A-Za-z0-9_]+$/),
  }),
  Layers: list(text(), { max: layersPerFunctionMax }),
  LoggingConfig: object({
    LogFormat: choice("Text", "JSON"),
    ApplicationLogLevel: choice(...applicationLevels),
    SystemLogLevel: choice(...systemLevels),
    LogGroup: logGroupName,
  }),
  PackageType: choice("Zip"),
  /** Nothing is snapshot: what asks for it is refused. */
  SnapStart: object({ ApplyOn: required(choice("None")) }),
  CodeSigningConfigArn: text(),
  KmsKeyArn: text(),
  RecursiveLoop: choice("Allow", "Terminate"),
  RuntimeManagementConfig: object({
    UpdateRuntimeOn: required(choice("Auto", "FunctionUpdate", "Manual")),
    RuntimeVersionArn: text(),
  }),
} as const;

/** A function of either kind, as far as they are alike. */
export type AnyFunction = Resource<
  ValueOf<ObjectSchema<typeof sharedMembers>>,
  ValueOf<typeof functionMetadata>
>;

/** What `AWS::Serverless::Function` may hold. */

import type { Resource } from "../../resource-type.ts";
import {
  any,
  boolean,
  choice,
  dictionary,
  integer,
  object,
  oneOrMany,
  required,
  text,
  typed,
  type ValueOf,
} from "../../schema.ts";
import { scopes } from "../api-gateway/authorizers/jwt.ts";
import { routeSettings } from "../http-api-settings.ts";
import type { functionMetadata } from "./function-build.ts";
import { roleArn, sharedMembers } from "./function-members.ts";

const path = text({ pattern: /^(\/.*|\$default)$/, form: "a path that begins with '/'" });
export const methods = ["ANY", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const method = text({
  pattern: new RegExp(`^(${methods.join("|")})$`, "i"),
  form: `one of ${methods.join(", ")}`,
});

/** Checked as the rule that SAM makes of it. */
const checkedAsRule = {
  State: any(),
  Enabled: any(),
  Input: any(),
  RetryPolicy: any(),
} as const;
const eventRule = object({
  Pattern: required(any()),
  EventBusName: any(),
  RuleName: any(),
  InputPath: any(),
  InputTransformer: any(),
  Target: object({ Id: required(any()) }),
  ...checkedAsRule,
});

const event = typed({
  EventBridgeRule: eventRule,
  CloudWatchEvent: eventRule,
  Schedule: object({
    Schedule: required(any()),
    Name: any(),
    Description: any(),
    RoleArn: any(),
    ...checkedAsRule,
  }),
  /** Checked as the mapping that SAM makes of it. */
  DynamoDB: object({
    Stream: required(any()),
    StartingPosition: required(any()),
    Enabled: any(),
    BatchSize: any(),
    MaximumBatchingWindowInSeconds: any(),
    ParallelizationFactor: any(),
    MaximumRetryAttempts: any(),
    MaximumRecordAgeInSeconds: any(),
    BisectBatchOnFunctionError: any(),
    FunctionResponseTypes: any(),
    FilterCriteria: any(),
    DestinationConfig: any(),
    TumblingWindowInSeconds: any(),
  }),
  IoTRule: object({
    Sql: required(text()),
    AwsIotSqlVersion: choice("2015-10-08", "2016-03-23"),
  }),
  Api: object({
    Path: required(path),
    Method: required(method),
    RestApiId: text(),
    Auth: object({ Authorizer: text(), ApiKeyRequired: choice("false") }),
  }),
  HttpApi: object({
    Path: path,
    Method: method,
    ApiId: text(),
    Auth: object({ Authorizer: text(), AuthorizationScopes: scopes }),
    PayloadFormatVersion: choice("1.0", "2.0"),
    RouteSettings: routeSettings,
    TimeoutInMillis: integer(50, 30_000),
  }),
});

/** The kinds that exist on AWS; all but Lambda are refused by name. */
const destination = object({
  Type: required(choice("Lambda", "SQS", "SNS", "EventBridge", "S3Bucket")),
  Destination: text(),
});

export const functionProperties = object({
  ...sharedMembers,
  /** One of the two; beside `InlineCode` the other says nothing. */
  CodeUri: text({ pattern: /^(?!s3:|https?:)[^\0]+$/, form: "a folder" }),
  InlineCode: text({ pattern: /[^\s]/, form: "code" }),
  Tracing: choice("Active", "PassThrough", "Disabled"),
  Role: roleArn,
  Policies: oneOrMany(any()),
  EventInvokeConfig: object({
    MaximumRetryAttempts: integer(0, 2),
    MaximumEventAgeInSeconds: integer(60, 21_600),
    DestinationConfig: object({ OnSuccess: destination, OnFailure: destination }),
  }),
  AutoPublishAlias: text({
    pattern: /^(?!\d+$)[A-Za-z0-9_-]{1,128}$/,
    form: "an alias: 1 to 128 of A-Z a-z 0-9 _ -, and not digits alone",
  }),
  AutoPublishAliasAllProperties: boolean(),
  AutoPublishCodeSha256: text(),
  VersionDescription: text({ pattern: /^.{0,256}$/s, form: "a text of at most 256 characters" }),
  ProvisionedConcurrencyConfig: object({
    ProvisionedConcurrentExecutions: required(integer(1, 1000)),
  }),
  DeploymentPreference: object({
    Enabled: boolean(),
    Type: text(),
    Alarms: any(),
    Hooks: any(),
    PassthroughCondition: boolean(),
    Role: text(),
    TriggerConfigurations: any(),
  }),
  /** Checked as the resource that SAM makes of it. */
  FunctionUrlConfig: dictionary(any()),
  DeadLetterQueue: object({ Type: required(choice("SQS", "SNS")), TargetArn: required(text()) }),
  Events: dictionary(event, /^[A-Za-z0-9]{1,64}$/),
  AssumeRolePolicyDocument: any(),
  Tags: dictionary(text()),
  PropagateTags: boolean(),
  SourceKMSKeyArn: text(),
});

export type FunctionEvent = ValueOf<typeof event>;

export type FunctionResource = Resource<
  ValueOf<typeof functionProperties>,
  ValueOf<typeof functionMetadata>
>;

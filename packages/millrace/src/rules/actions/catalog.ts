/** Every type of action, by the name that the API has for it. */

import type { MembersValue } from "../payload/members.ts";
import { cloudwatchLogs } from "./cloudwatch-logs.ts";
import { cloudwatchMetric } from "./cloudwatch-metric.ts";
import { dynamoDB } from "./dynamodb.ts";
import { dynamoDBv2 } from "./dynamodb-v2.ts";
import { http } from "./http.ts";
import { kinesis } from "./kinesis.ts";
import { lambda } from "./lambda.ts";
import { republish } from "./republish.ts";
import { s3 } from "./s3.ts";

export const actionTypes = {
  republish,
  lambda,
  dynamoDB,
  dynamoDBv2,
  kinesis,
  s3,
  http,
  cloudwatchLogs,
  cloudwatchMetric,
};

export type ActionName = keyof typeof actionTypes;

/** As the API has it: an object with one member, the type of the action. */
export type ActionDefinition = {
  [K in ActionName]: { readonly [N in K]: MembersValue<(typeof actionTypes)[K]["members"]> };
}[ActionName];

/** What AWS has besides; refused by name. */
export const missingActionTypes = [
  "cloudwatchAlarm",
  "elasticsearch",
  "firehose",
  "influxDB",
  "iotAnalytics",
  "iotEvents",
  "iotSiteWise",
  "kafka",
  "location",
  "openSearch",
  "salesforce",
  "sns",
  "sqs",
  "stepFunctions",
  "timestream",
] as const;

/** The type of the action and what is said of it. */
export function entryOf(definition: ActionDefinition): readonly [ActionName, object] {
  const [entry] = Object.entries(definition) as [ActionName, object][];
  return entry!;
}

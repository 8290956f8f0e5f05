/** Why a trigger is not made, changed or removed, in Lambda's sentences. */

import type { Mapping } from "./mapping.ts";

export interface TriggerProblem {
  readonly kind: "not-found" | "no-function" | "invalid" | "conflict" | "in-use";
  readonly message: string;
}

export const problems = {
  notFound: { kind: "not-found", message: "The resource you requested does not exist." },
  inUse: (what: "update" | "delete"): TriggerProblem => ({
    kind: "in-use",
    message: `Cannot ${what} the event source mapping because it is in use.`,
  }),
  windowWithLanes: {
    kind: "invalid",
    message:
      "TumblingWindowInSeconds is implemented with a ParallelizationFactor of 1 alone: " +
      "a shard has one state",
  },
  noFunction: (arn: string): TriggerProblem => ({
    kind: "no-function",
    message: `Function not found: ${arn}`,
  }),
  noStream: (arn: string): TriggerProblem => ({
    kind: "invalid",
    message: `Stream not found: ${arn}`,
  }),
  noAccess: (arn: string): TriggerProblem => ({
    kind: "invalid",
    message:
      `Cannot access stream ${arn}. Please ensure the role can perform the GetRecords, ` +
      "GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.",
  }),
  double: ({ streamArn, functionName }: Mapping, id: string): TriggerProblem => ({
    kind: "conflict",
    message:
      `The event source arn (" ${streamArn} ") and function (" ${functionName} ") provided ` +
      `mapping already exists. Please update or delete the existing mapping with UUID ${id}`,
  }),
} as const satisfies Record<string, TriggerProblem | ((...given: never[]) => TriggerProblem)>;

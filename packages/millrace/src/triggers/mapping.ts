/**
 * A trigger: which stream is read for which function, and how. Event source mapping is its name on
 * the wire.
 */

import { createHash } from "node:crypto";

export interface TriggerSettings {
  readonly functionName: string;
  /** A version or an alias; absent: the function as it is now. */
  readonly qualifier?: string | undefined;
  readonly isEnabled: boolean;
  /** Records of a call, at most. */
  readonly batchSize: number;
  /** How long a batch may grow from its first record on; 0: it goes at once. */
  readonly batchingWindowSeconds: number;
  /** The length of a window, over which calls share a state; 0: there are no windows. */
  readonly tumblingWindowSeconds: number;
  /** Batches of a shard that run at once; changes of one item are always in one lane. */
  readonly lanes: number;
  /** Tries after the first; -1: until the records are too old. */
  readonly retryAttemptsMax: number;
  /** -1: as old as the stream keeps them. */
  readonly recordAgeSecondsMax: number;
  /** Whether a batch that fails is halved. */
  readonly bisects: boolean;
  /** Whether the function's answer may say which records have failed. */
  readonly reportsItemFailures: boolean;
  /** Patterns as JSON text, of which a record must match one; none: all records count. */
  readonly filters: readonly string[];
  /** The bucket that is told of records that were given up. */
  readonly failureBucket?: string | undefined;
}

export const settingsDefault = {
  isEnabled: true,
  batchSize: 100,
  batchingWindowSeconds: 0,
  tumblingWindowSeconds: 0,
  lanes: 1,
  retryAttemptsMax: -1,
  recordAgeSecondsMax: -1,
  bisects: false,
  reportsItemFailures: false,
  filters: [],
} as const;

export type StartingPosition = "TRIM_HORIZON" | "LATEST";

export interface Mapping extends TriggerSettings {
  readonly id: string;
  readonly streamArn: string;
  readonly startingPosition: StartingPosition;
  readonly origin: "template" | "api";
  readonly createdMs: number;
  readonly modifiedMs: number;
}

/** A trigger of the template, whose stream is found once its table is there. */
export interface TriggerDefinition extends TriggerSettings {
  readonly id: string;
  readonly tableName: string;
  readonly startingPosition: StartingPosition;
}

export type MappingState =
  | "Creating"
  | "Enabling"
  | "Enabled"
  | "Disabling"
  | "Disabled"
  | "Updating"
  | "Deleting";

/** The table whose stream it is; `undefined`: the ARN is none of a table's stream. */
export function tableOfStream(streamArn: string): string | undefined {
  return /^arn:[^:]+:dynamodb:[^:]*:\d*:table\/([A-Za-z0-9_.-]+)\/stream\/.+$/.exec(streamArn)?.[1];
}

/** The same UUID at every start, so that a trigger of the template goes on where it was. */
export function templateTriggerId(stackName: string, logicalId: string): string {
  const hash = createHash("sha256").update(`trigger ${stackName} ${logicalId}`).digest("hex");
  const variant = ((Number.parseInt(hash.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
}

/** What is scaled and how, as the template or the API says it. */

import type { Tracking } from "./target-tracking.ts";

export const scalableDimensions = [
  "dynamodb:table:ReadCapacityUnits",
  "dynamodb:table:WriteCapacityUnits",
  "dynamodb:index:ReadCapacityUnits",
  "dynamodb:index:WriteCapacityUnits",
] as const;
export type ScalableDimension = (typeof scalableDimensions)[number];

/** One dimension of a table or an index: `table/NAME` or `table/NAME/index/NAME`. */
export interface ScalableTargetName {
  readonly resourceId: string;
  readonly dimension: ScalableDimension;
}

export interface ScalableTarget extends ScalableTargetName {
  readonly min: number;
  readonly max: number;
  /** Absent: the service's own role. */
  readonly roleArn?: string | undefined;
  /** It goes when the template no longer has it. */
  readonly ofTemplate?: boolean;
  readonly suspended: Suspended;
}

export interface Suspended {
  readonly in: boolean;
  readonly out: boolean;
  readonly scheduled: boolean;
}

export interface ScalingPolicy extends ScalableTargetName {
  readonly name: string;
  readonly tracking: Tracking;
  readonly ofTemplate?: boolean;
}

/** The parts of a resource id; `undefined`: it is none. */
export function resourceParts({ resourceId, dimension }: ScalableTargetName) {
  const found = /^table\/([A-Za-z0-9_.-]{3,255})(?:\/index\/([A-Za-z0-9_.-]{3,255}))?$/.exec(
    resourceId,
  );
  const [, table, index] = found ?? [];
  if (table === undefined) return undefined;
  if (dimension.startsWith("dynamodb:index:") !== (index !== undefined)) return undefined;
  return { table, index, direction: dimension.includes("Read") ? "Read" : "Write" } as const;
}

/** Whether a trigger can be, before it is: its function, its rights, its stream, its double. */

import type { Clock, Logger } from "../base/mod.ts";
import type { Mapping } from "./mapping.ts";
import type { TriggerPorts } from "./ports.ts";
import { problems, type TriggerProblem } from "./problems.ts";
import type { Position } from "./progress.ts";

export interface CheckPorts {
  readonly ports: TriggerPorts;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** `undefined`: nothing is wrong with its settings, its function and what the function may. */
export async function problemOf(
  mapping: Mapping,
  { ports, logger }: CheckPorts,
): Promise<TriggerProblem | undefined> {
  const { id, functionName, qualifier, streamArn, failureBucket } = mapping;
  if (mapping.tumblingWindowSeconds > 0 && mapping.lanes > 1) return problems.windowWithLanes;
  if (!ports.hasFunction(functionName, qualifier)) {
    return problems.noFunction(ports.functionArn(functionName, qualifier));
  }
  const refusal = await ports.streamRefusal(mapping, streamArn);
  if (refusal !== undefined) {
    logger.warn("trigger refused", { function: functionName, reason: refusal });
    return problems.noAccess(streamArn);
  }
  if (failureBucket === undefined) return undefined;
  const problem = await ports.bucketProblem(mapping, failureBucket, id);
  return problem === undefined ? undefined : { kind: "invalid", message: problem };
}

/** Another that leads the same stream to the same function. */
export function doubleOf(mapping: Mapping, among: readonly Mapping[]): TriggerProblem | undefined {
  const double = among.find(
    ({ id, streamArn, functionName, qualifier }) =>
      id !== mapping.id &&
      streamArn === mapping.streamArn &&
      functionName === mapping.functionName &&
      qualifier === mapping.qualifier,
  );
  return double && problems.double(mapping, double.id);
}

/**
 * Where its shards are read from at first; `undefined`: there is no such stream. With LATEST the
 * shards that are open now are read from here on, and those that are not, never.
 */
export async function beginningOf(
  { streamArn, startingPosition }: Mapping,
  { ports, clock }: CheckPorts,
) {
  const description = await ports.streams.describe(streamArn);
  if (!description) return undefined;
  const positions = new Map<string, Position>();
  const iterators = new Map<string, string>();
  if (startingPosition === "TRIM_HORIZON") return { positions, iterators };
  const sinceMs = clock.now();
  for (const { id, isOpen } of description.shards) {
    positions.set(id, isOpen ? { sinceMs } : { isOver: true });
    if (!isOpen) continue;
    const opened = await ports.streams.open(streamArn, id, "newest");
    if (opened.kind === "open") iterators.set(id, opened.iterator);
  }
  return { positions, iterators };
}

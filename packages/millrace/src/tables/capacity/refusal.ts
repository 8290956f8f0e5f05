/** What is said when there is no capacity left, as the service words it. */

import { type CancellationReason, type TableErrorCode, TableRefusal } from "../errors.ts";
import { messages } from "../messages.ts";
import type { LimitType } from "./meter.ts";

export interface Exceeded {
  /** Absent: the table's own. */
  readonly index: string | undefined;
  readonly limit: LimitType;
  readonly onDemand: boolean;
  /** E.g. `TableWriteKeyRangeThroughputExceeded`. */
  readonly reason: string;
  /** The ARN of the table or index. */
  readonly resource: string;
}

/** Tables on demand throttle; others have a provision that is exceeded. */
export function refusalOf(exceeded: Exceeded): TableRefusal {
  const { reason, resource } = exceeded;
  const code = exceeded.onDemand ? "ThrottlingException" : "ProvisionedThroughputExceededException";
  const throttling = [{ reason, resource }];
  return new TableRefusal({ code, message: messageOf(exceeded), throttling });
}

function messageOf({ index, limit, onDemand }: Exceeded): string {
  if (limit === "MaxOnDemandThroughputExceeded") return messages.maxOnDemandExceeded;
  if (onDemand) return messages.throttled;
  return index === undefined ? messages.provisionExceeded : messages.indexProvisionExceeded;
}

/** The same in a transaction, where an item has it for its reason. */
export function reasonOfRefusal({ error }: TableRefusal): CancellationReason | undefined {
  const code = reasonCodes[error.code];
  return code && { Code: code, Message: error.message };
}

const reasonCodes: Readonly<Partial<Record<TableErrorCode, CancellationReason["Code"]>>> = {
  ProvisionedThroughputExceededException: "ProvisionedThroughputExceeded",
  ThrottlingException: "ThrottlingError",
};

/** Whether it is for want of capacity that it was refused. */
export function isThrottled(thrown: unknown): thrown is TableRefusal {
  return thrown instanceof TableRefusal && reasonOfRefusal(thrown) !== undefined;
}

/** Records of calls on their way to event buses. */

import { errorText, type Logger, WorldError } from "../../base/mod.ts";
import type { TryResult } from "./async-calls.ts";

export type SendToBus = (busArn: string, record: Uint8Array) => Promise<void>;

export interface BusSending {
  readonly sendToBus?: SendToBus | undefined;
  readonly logger: Logger;
}

/** One try; what failed for reasons of the world is tried again, as what is throttled is. */
export async function sendRecord(
  { sendToBus, logger }: BusSending,
  busArn: string,
  record: Uint8Array,
): Promise<TryResult> {
  try {
    if (!sendToBus) throw new Error("there are no event buses");
    await sendToBus(busArn, record);
    return { kind: "done", payload: record, version: "" };
  } catch (thrown) {
    if (thrown instanceof WorldError) return { kind: "unable" };
    const reason = errorText(thrown);
    logger.error("record of a call not sent to its event bus", { bus: busArn, reason });
    return { kind: "never" };
  }
}

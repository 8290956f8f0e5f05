/** What is told of provisioned concurrency. */

import { memberOf } from "../../base/mod.ts";
import type { ControlCall } from "./operation.ts";

/** `undefined`: none is set there. */
export function tellProvisioned({ functions, name, qualifier = "" }: ControlCall) {
  const requested = memberOf(functions.settings.entryOf(name)?.provisioned ?? {}, qualifier);
  if (requested === undefined) return undefined;
  const { count, failing } = functions.settings.warmth(name, qualifier);
  const ready = Math.min(count, requested);
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AvailableProvisionedConcurrentExecutions: ready,
    AllocatedProvisionedConcurrentExecutions: ready,
    ...(failing
      ? { Status: "FAILED", StatusReason: "FUNCTION_ERROR_INIT_FAILURE" }
      : { Status: ready === requested ? "READY" : "IN_PROGRESS" }),
  };
}

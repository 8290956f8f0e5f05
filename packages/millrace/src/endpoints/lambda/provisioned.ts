/** What is told of provisioned concurrency. */

import { memberOf } from "../../base/mod.ts";
import type { ControlCall } from "./operation.ts";

/** `undefined`: none is set there. */
export function tellProvisioned({ functions, name, qualifier = "" }: ControlCall) {
  const requested = memberOf(functions.settings.entryOf(name)?.provisioned ?? {}, qualifier);
  if (requested === undefined) return undefined;
  const ready = functions.settings.warmCount(name, qualifier);
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AvailableProvisionedConcurrentExecutions: Math.min(ready, requested),
    AllocatedProvisionedConcurrentExecutions: Math.min(ready, requested),
    Status: ready >= requested ? "READY" : "IN_PROGRESS",
  };
}

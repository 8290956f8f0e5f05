/** What is told of provisioned concurrency. */

import { memberOf } from "../../base/mod.ts";
import type { ControlCall } from "./operation.ts";

export const provisionedPath = /^\/2019-09-30\/functions\/([^/]+)\/provisioned-concurrency$/;

/** `undefined`: none is set there. */
export function tellProvisioned({ functions, name, qualifier = "" }: ControlCall) {
  const { provisioned = {}, provisionedAtMs = {} } = functions.settings.entryOf(name) ?? {};
  const requested = memberOf(provisioned, qualifier);
  if (requested === undefined) return undefined;
  const { count, failing } = functions.settings.warmth(name, qualifier);
  const askedAtMs = memberOf(provisionedAtMs, qualifier);
  const ready = Math.min(count, requested);
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AvailableProvisionedConcurrentExecutions: ready,
    AllocatedProvisionedConcurrentExecutions: ready,
    ...(failing
      ? { Status: "FAILED", StatusReason: "FUNCTION_ERROR_INIT_FAILURE" }
      : { Status: ready === requested ? "READY" : "IN_PROGRESS" }),
    ...(askedAtMs !== undefined && {
      LastModified: new Date(askedAtMs).toISOString().replace(/\.\d+Z$/, "+0000"),
    }),
  };
}

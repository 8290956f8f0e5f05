/** The condition keys that say when something is asked. */

import type { ContextKeys } from "./context.ts";

/** Of a moment in milliseconds: `aws:CurrentTime` and `aws:EpochTime`. */
export function timeKeys(nowMs: number): ContextKeys {
  return {
    "aws:CurrentTime": new Date(nowMs).toISOString(),
    "aws:EpochTime": String(Math.floor(nowMs / 1_000)),
  };
}

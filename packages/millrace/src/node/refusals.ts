/** Refusals told in the trace too, beside what rules did with what was not refused. */

import type { Denial } from "../identity/mod.ts";
import type { Trace } from "../rules/mod.ts";

/** A rule's own refusals stand at its execution already, as an action that failed. */
export function recordRefusal(trace: Trace, denial: Denial): void {
  if (denial.rule !== undefined) return;
  const { via, action, resource, clientId, principal, reason, remedy } = denial;
  const receivedAtMs = Date.parse(denial.lastAt);
  const told = { via, action, resource, clientId, principal, reason, remedy };
  trace.recordRefusal({ outcome: "refused", receivedAtMs, ...told });
}

/** An execution as a line of JSON: the one place where its wire form is made. */

import { type TracedExecution, traceOutcomeOf } from "../../rules/mod.ts";

/** Ends with a line feed. Members that say nothing are left out. */
export function traceLine({ number, execution }: TracedExecution): string {
  const { ruleName, topic, clientId, cause, depth, receivedAtMs, failure, actions } = execution;
  const line = {
    number,
    time: new Date(receivedAtMs).toISOString(),
    traceId: cause.id,
    rule: ruleName,
    topic,
    clientId,
    depth,
    outcome: traceOutcomeOf(execution),
    failure,
    durationMs: rounded(execution.durationMs),
    outputBytes: execution.outcome === "fired" ? execution.outputBytes : undefined,
    actions: actions.map((action) => ({ ...action, durationMs: rounded(action.durationMs) })),
  };
  return `${JSON.stringify(line)}\n`;
}

/** To microseconds. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

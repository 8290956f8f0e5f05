/** An execution as a line of JSON: the one place where its wire form is made. */

import { type ActionOutcome, type TracedExecution, traceOutcomeOf } from "../../rules/mod.ts";

/** Ends with a line feed. Members that say nothing are left out. */
export function traceLine({ number, execution }: TracedExecution): string {
  const { ruleName, topic, clientId, cause, depth, receivedAtMs, failure } = execution;
  const { actions, errorAction } = execution;
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
    asked: execution.asked,
    durationMs: rounded(execution.durationMs),
    outputBytes: execution.outcome === "fired" ? execution.outputBytes : undefined,
    actions: actions.map(shown),
    errorAction: errorAction && shown(errorAction),
  };
  return `${JSON.stringify(line)}\n`;
}

function shown(action: ActionOutcome): ActionOutcome {
  return { ...action, durationMs: rounded(action.durationMs) };
}

/** To microseconds. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

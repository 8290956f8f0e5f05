/** An event of the trace as a line of JSON: the one place where its wire form is made. */

import {
  type ActionOutcome,
  type Execution,
  type Traced,
  type TracedRefusal,
  traceOutcomeOf,
  traceTopicOf,
} from "../../rules/mod.ts";

/** Ends with a line feed. Members that say nothing are left out. */
export function traceLine({ number, event }: Traced): string {
  const time = new Date(event.receivedAtMs).toISOString();
  const told = event.outcome === "refused" ? refusalMembers(event) : executionMembers(event);
  return `${JSON.stringify({ number, time, ...told })}\n`;
}

function executionMembers(execution: Execution) {
  const { ruleName, topic, clientId, cause, depth, failure, actions, errorAction } = execution;
  return {
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
}

function refusalMembers(refusal: TracedRefusal) {
  const { outcome, via, action, resource, clientId, principal, reason, remedy } = refusal;
  const topic = traceTopicOf(refusal);
  return { outcome, via, action, resource, topic, clientId, principal, reason, remedy };
}

function shown(action: ActionOutcome): ActionOutcome {
  return { ...action, durationMs: rounded(action.durationMs) };
}

/** To microseconds. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** What each rule has done, in plain numbers and as figures: as many as there are rules. */

import { counter, type Figure, type Sample } from "../base/mod.ts";

interface ActionTally {
  succeeded: number;
  failed: number;
}

export class RuleTally {
  readonly ruleName: string;
  /** How often its statement fired, failed, or did not fire because of its WHERE. */
  fired = 0;
  failed = 0;
  passed = 0;
  /** By kind of action; after the last attempt of each. */
  readonly actions: Record<string, ActionTally> = {};
  readonly errorActions: ActionTally = { succeeded: 0, failed: 0 };

  constructor(ruleName: string) {
    this.ruleName = ruleName;
  }

  /** Kinds of actions that are counted from now on. */
  expect(kinds: readonly string[]): void {
    for (const kind of kinds) this.actions[kind] ??= { succeeded: 0, failed: 0 };
  }

  countAction(kind: string, succeeded: boolean): void {
    count(this.actions[kind]!, succeeded);
  }

  countErrorAction(succeeded: boolean): void {
    count(this.errorActions, succeeded);
  }

  get failedActions(): number {
    return Object.values(this.actions).reduce((total, { failed }) => total + failed, 0);
  }
}

function count(tally: ActionTally, succeeded: boolean): void {
  if (succeeded) tally.succeeded += 1;
  else tally.failed += 1;
}

/** One figure for all statements, one for all actions, one for all error actions. */
export function tallyFigures(tallies: readonly RuleTally[]): Figure[] {
  return [
    counter(
      "millrace_rule_evaluations_total",
      "Messages that a rule's statement was evaluated on: it fired, failed, or passed them over",
      tallies.flatMap(({ ruleName: rule, fired, failed, passed }) =>
        outcomes({ rule }, { fired, failed, passed }),
      ),
    ),
    counter(
      "millrace_rule_actions_total",
      "Actions of rules that came to an end, after their last attempt",
      tallies.flatMap(({ ruleName: rule, actions }) =>
        Object.entries(actions).flatMap(([action, { succeeded, failed }]) =>
          outcomes({ rule, action }, { succeeded, failed }),
        ),
      ),
    ),
    counter(
      "millrace_rule_error_actions_total",
      "Error actions of rules, each for a message that other actions have failed on",
      tallies.flatMap(({ ruleName: rule, errorActions: { succeeded, failed } }) =>
        outcomes({ rule }, { succeeded, failed }),
      ),
    ),
  ];
}

function outcomes(labels: Sample["labels"], counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([outcome, value]) => ({
    labels: { ...labels, outcome },
    value,
  }));
}

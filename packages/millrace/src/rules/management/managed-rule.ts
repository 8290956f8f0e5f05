/** A rule as those who manage it see it: what was asked for, whether it can run or not. */

import type { RuleDefinition } from "../definition.ts";
import type { Rule, RuleError } from "../load.ts";

/** AWS's `TopicRulePayload`, as it was given and found to be right. */
export type RulePayload = Readonly<Record<string, unknown>> & {
  readonly sql: string;
  readonly ruleDisabled?: boolean;
};

export type Tags = Readonly<Record<string, string>>;

export interface ManagedRule {
  readonly name: string;
  readonly payload: RulePayload;
  readonly createdAtMs: number;
  readonly tags: Tags;
  /** As the template has it; absent: the rule was made through the API. */
  readonly template: RulePayload | undefined;
  /** Absent: it does not load, and `problem` says why. */
  readonly rule: Rule | undefined;
  readonly problem: string | undefined;
}

/** Whether messages are evaluated: it is enabled, and it loads. */
export function isActive({ payload, rule }: ManagedRule): boolean {
  return rule !== undefined && payload.ruleDisabled !== true;
}

/** What a request would have said to make this rule. */
export function payloadOf(definition: RuleDefinition): RulePayload {
  const { sql, sqlVersion, enabled, description, actions, errorAction } = definition;
  return {
    sql,
    awsIotSqlVersion: sqlVersion,
    ruleDisabled: !enabled,
    ...(description !== undefined && { description }),
    actions,
    ...(errorAction && { errorAction }),
  };
}

/** All that is wrong, in one line: `sql (line 1, column 8): there is no function "x"; ...`. */
export function problemText(errors: readonly RuleError[]): string {
  return errors.map(errorLine).join("; ");
}

function errorLine({ property, message, line, column }: RuleError): string {
  const place = line === undefined ? "" : ` (line ${line}, column ${column})`;
  const owner = property === "" ? "" : `${property}${place}: `;
  return `${owner}${message}`;
}

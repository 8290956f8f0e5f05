/** A rule ready for events: its pattern compiled, its targets read. */

import { compilePatternText, type EventPattern, formatPatternProblem } from "../../patterns/mod.ts";
import { readSchedule, type Schedule } from "../../schedule/mod.ts";
import { defaultBusName, type RuleDefinition } from "./definition.ts";
import type { Account } from "./event.ts";
import { isRole, readTarget, type Target, type TargetProblem } from "./target.ts";

export interface Rule {
  readonly definition: RuleDefinition;
  readonly arn: string;
  readonly pattern?: EventPattern | undefined;
  readonly schedule?: Schedule | undefined;
  readonly targets: readonly Target[];
}

export type RuleProblem =
  | { readonly member: OwnMember; readonly message: string; readonly offset?: number }
  | { readonly member: "targets"; readonly id: string; readonly problem: TargetProblem };

type OwnMember = "name" | "pattern" | "schedule" | "roleArn" | "rule";

export type RuleReading =
  | { readonly ok: true; readonly rule: Rule }
  | { readonly ok: false; readonly problem: RuleProblem };

/** The rule, or the first thing that is wrong with it. */
export function readRule(definition: RuleDefinition, account: Account): RuleReading {
  const { bus, name, pattern: patternText, schedule: scheduleText, roleArn } = definition;
  if (!/^[.\w-]{1,64}$/.test(name)) {
    return no("name", `"${name}" is no name of a rule: 1 to 64 of A-Z a-z 0-9 _ . -`);
  }
  if (patternText === undefined && scheduleText === undefined) {
    return no("rule", "Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (roleArn !== undefined && !isRole(roleArn)) return no("roleArn", `"${roleArn}" is no role`);
  const pattern = patternText === undefined ? undefined : compilePatternText(patternText);
  if (pattern && !pattern.ok) return no("pattern", formatPatternProblem(pattern.problems[0]!));
  const schedule = scheduleText === undefined ? undefined : readSchedule(scheduleText);
  if (schedule && !schedule.ok) return no("schedule", schedule.message, schedule.offset);
  if (schedule && bus !== defaultBusName) {
    return no("rule", "ScheduleExpression is supported only on the default event bus.");
  }
  const targets: Target[] = [];
  for (const one of definition.targets) {
    const read = readTarget(one, account);
    if (!read.ok) {
      return { ok: false, problem: { member: "targets", id: one.id, problem: read.problem } };
    }
    targets.push(read.target);
  }
  const rule = {
    definition,
    arn: ruleArn(account, bus, name),
    pattern: pattern?.pattern,
    schedule: schedule?.schedule,
    targets,
  };
  return { ok: true, rule };
}

/** On the default bus without the bus. [Service Authorization Reference: EventBridge] */
export function ruleArn({ region, accountId }: Account, bus: string, name: string): string {
  const place = bus === "default" ? name : `${bus}/${name}`;
  return `arn:aws:events:${region}:${accountId}:rule/${place}`;
}

export function busArn({ region, accountId }: Account, name: string): string {
  return `arn:aws:events:${region}:${accountId}:event-bus/${name}`;
}

function no(member: OwnMember, message: string, offset?: number): RuleReading {
  return { ok: false, problem: { member, message, ...(offset !== undefined && { offset }) } };
}

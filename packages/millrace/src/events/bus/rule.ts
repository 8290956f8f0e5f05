/** A rule ready for events: its pattern compiled, its targets read. */

import { compilePatternText, type EventPattern, formatPatternProblem } from "../../patterns/mod.ts";
import type { RuleDefinition } from "./definition.ts";
import type { Account } from "./event.ts";
import { isRole, readTarget, type Target, type TargetProblem } from "./target.ts";

export interface Rule {
  readonly definition: RuleDefinition;
  readonly arn: string;
  readonly pattern?: EventPattern | undefined;
  readonly targets: readonly Target[];
}

export type RuleProblem =
  | { readonly member: "name" | "pattern" | "roleArn" | "rule"; readonly message: string }
  | { readonly member: "targets"; readonly id: string; readonly problem: TargetProblem };

export type RuleReading =
  | { readonly ok: true; readonly rule: Rule }
  | { readonly ok: false; readonly problem: RuleProblem };

/** The rule, or the first thing that is wrong with it. */
export function readRule(definition: RuleDefinition, account: Account): RuleReading {
  const { bus, name, pattern: text, roleArn } = definition;
  if (!/^[.\w-]{1,64}$/.test(name)) {
    return no("name", `"${name}" is no name of a rule: 1 to 64 of A-Z a-z 0-9 _ . -`);
  }
  if (text === undefined) return no("rule", "a rule needs an event pattern");
  if (roleArn !== undefined && !isRole(roleArn)) return no("roleArn", `"${roleArn}" is no role`);
  const compiled = compilePatternText(text);
  if (!compiled.ok) return no("pattern", formatPatternProblem(compiled.problems[0]!));
  const targets: Target[] = [];
  for (const one of definition.targets) {
    const read = readTarget(one, account);
    if (!read.ok) {
      return { ok: false, problem: { member: "targets", id: one.id, problem: read.problem } };
    }
    targets.push(read.target);
  }
  const arn = ruleArn(account, bus, name);
  return { ok: true, rule: { definition, arn, pattern: compiled.pattern, targets } };
}

/** On the default bus without the bus. [Service Authorization Reference: EventBridge] */
export function ruleArn({ region, accountId }: Account, bus: string, name: string): string {
  const place = bus === "default" ? name : `${bus}/${name}`;
  return `arn:aws:events:${region}:${accountId}:rule/${place}`;
}

export function busArn({ region, accountId }: Account, name: string): string {
  return `arn:aws:events:${region}:${accountId}:event-bus/${name}`;
}

function no(member: "name" | "pattern" | "roleArn" | "rule", message: string): RuleReading {
  return { ok: false, problem: { member, message } };
}

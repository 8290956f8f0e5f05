/** The rules as a whole: the template's definitions in; an engine, and who manages it, out. */

import type { Figured } from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import type { RuleDefinition } from "./definition.ts";
import { Engine, type EngineOptions, type RuleCounts } from "./engine.ts";
import { loadRule, logWarnings, type RuleError } from "./load.ts";
import { RuleManager } from "./management/rule-manager.ts";
import type { RuleMessage } from "./message.ts";
import type { RulePorts } from "./ports.ts";
import { Registry } from "./registry.ts";

export interface RulesOptions extends EngineOptions {
  readonly definitions: readonly RuleDefinition[];
  readonly ports: RulePorts;
  /** Where rules are kept that are made while the house runs. */
  readonly records: Records;
}

export interface Rules extends Figured {
  /**
   * `undefined` when no rule matches the topic. Else a promise, which never rejects, for the moment
   * when every action of every matching rule has succeeded or has failed after its last attempt.
   */
  tell(message: RuleMessage): Promise<void> | undefined;
  /** Whether a rule may want topics that begin with this level, e.g. `$aws`. */
  hears(level: string): boolean;
  /**
   * As `tell`, for a message on `$aws/rules/<name>[/<rest>]`: the rule of that name alone gets it,
   * whatever its filter. `undefined` when there is no such rule, or it is disabled.
   */
  ingest(message: RuleMessage): Promise<void> | undefined;
  counts(): RuleCounts;
  /** Answers when everything that has come is done, or when so much time is over. */
  settled(withinMs: number): Promise<void>;
}

export type CreatedRules =
  | { readonly ok: true; readonly rules: Rules; readonly manager: RuleManager }
  | { readonly ok: false; readonly errors: readonly RuleError[] };

/** The rules at work, or everything that is wrong with the definitions, disabled ones included. */
export function createRules(options: RulesOptions): CreatedRules {
  const { definitions, ports, logger } = options;
  const errors: RuleError[] = [];
  const registry = new Registry(({ destinations }, former) => {
    for (const confirmationUrl of destinations) {
      // One that was deleted since stays away when the rule is but enabled.
      if (former?.destinations.includes(confirmationUrl)) continue;
      ports.http?.destinations.want({ confirmationUrl });
    }
  });
  const names = new Set<string>();
  for (const definition of definitions) {
    const { name: ruleName, enabled } = definition;
    if (names.has(ruleName)) {
      errors.push({ ruleName, property: "name", message: `there are two rules "${ruleName}"` });
    }
    names.add(ruleName);
    const loaded = loadRule(definition, ports);
    if (!loaded.ok) {
      errors.push(...loaded.errors);
      continue;
    }
    logWarnings(loaded.warnings, logger);
    registry.put(loaded.rule, { enabled });
  }
  if (errors.length > 0) return { ok: false, errors };
  const manager = new RuleManager({ ...options, registry });
  return { ok: true, rules: new Engine(registry, options), manager };
}

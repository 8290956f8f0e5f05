/** Definitions to rules that can run; everything wrong with a definition is found here. */

import { topicFilterProblem } from "@millrace/mqtt";
import type { Logger } from "../base/mod.ts";
import {
  type CompiledStatement,
  compileStatement,
  parseStatement,
  type SqlError,
} from "../sql/mod.ts";
import type { Action } from "./actions/action.ts";
import type { ActionDefinition } from "./actions/catalog.ts";
import { loadAction } from "./actions/load-action.ts";
import type { RuleDefinition } from "./definition.ts";
import type { RulePorts } from "./ports.ts";

export interface Rule {
  readonly name: string;
  /** Absent: only messages that are for this rule alone (Basic Ingest) reach it. */
  readonly topicFilter: string | undefined;
  readonly statement: CompiledStatement;
  readonly actions: readonly Action[];
  readonly errorAction: Action | undefined;
  /** URLs that must be confirmed before its actions may send there. */
  readonly destinations: readonly string[];
}

export interface RuleError {
  readonly ruleName: string;
  /** Where in the definition, e.g. `sql` or `actions[1].republish.topic`. */
  readonly property: string;
  readonly message: string;
  /** Both count from 1 in the text of the property; absent when the whole of it is meant. */
  readonly line?: number;
  readonly column?: number;
}

export type LoadedRule =
  | {
      readonly ok: true;
      readonly rule: Rule;
      /** What the language allows and hardly anybody means. */
      readonly warnings: readonly RuleError[];
    }
  | { readonly ok: false; readonly errors: readonly RuleError[] };

/** The rule, or all that is wrong with its definition. */
export function loadRule(definition: RuleDefinition, ports: RulePorts): LoadedRule {
  const { name } = definition;
  const errors: RuleError[] = [];
  const refuse = (property: string, message: string, place = {}) => {
    errors.push({ ruleName: name, property, message, ...place });
  };
  if (!/^\w{1,128}$/.test(name)) {
    refuse("name", `rule name "${name}" is not 1 to 128 letters, digits or underscores`);
  }
  const { sqlVersion: version } = definition;
  const services = (ports.actingAs?.({ ruleName: name }) ?? ports).services ?? {};
  const parsed = parseStatement(definition.sql, { version, services });
  if (!parsed.ok) {
    const { message, line, column } = parsed.error;
    refuse("sql", message, { line, column });
  }
  const filter = parsed.ok ? parsed.statement.topicFilter : undefined;
  const filterProblem = filter && topicFilterProblem(filter.text);
  if (filter && filterProblem) {
    refuse("sql", `topic filter "${filter.text}" is not valid: ${filterProblem}`, filter.place);
  }
  const warnings: RuleError[] = [];
  const warn = (property: string, warning: SqlError) => {
    warnings.push({ ruleName: name, property, ...warning });
  };
  for (const warning of parsed.ok ? parsed.statement.warnings : []) warn("sql", warning);
  const variables = parsed.ok ? parsed.statement.assignments.map(({ name }) => name) : [];
  const load = (action: ActionDefinition, at: string) =>
    loadAction(action, {
      ruleName: name,
      version,
      variables,
      services,
      ports,
      refuse: (member, { message, ...place }) => refuse(`${at}.${member}`, message, place),
      warn: (member, warning) => warn(`${at}.${member}`, warning),
    });
  const actions = definition.actions.map((action, at) => load(action, `actions[${at}]`));
  const errorAction = definition.errorAction && load(definition.errorAction, "errorAction");
  if (!parsed.ok || errors.length > 0) return { ok: false, errors };
  const statement = compileStatement(parsed.statement, services);
  const all = errorAction ? [...actions, errorAction] : actions;
  const destinations = [...new Set(all.flatMap((action) => action.destinations ?? []))];
  const topicFilter = filter?.text;
  const rule = { name, topicFilter, statement, actions, errorAction, destinations };
  return { ok: true, rule, warnings };
}

/** What is allowed is taken, and told to whoever reads the log. */
export function logWarnings(warnings: readonly RuleError[], logger: Logger): void {
  for (const warning of warnings) logger.warn("rule is taken as it is", { ...warning });
}

/** Definitions to rules that can run; everything wrong with a definition is found here. */

import { topicFilterProblem } from "@millrace/mqtt";
import { unreachable } from "../base/mod.ts";
import { type CompiledStatement, compileStatement, parseStatement } from "../sql/mod.ts";
import type { Action, ActionSetting, LoadedAction } from "./actions/action.ts";
import { loadDynamoDBv2 } from "./actions/dynamodb-v2.ts";
import { loadLambda } from "./actions/lambda.ts";
import { loadRepublish } from "./actions/republish.ts";
import type { ActionDefinition, RuleDefinition } from "./definition.ts";
import { rulesLimits } from "./limits.ts";
import type { RulePorts } from "./ports.ts";

export interface Rule {
  readonly name: string;
  readonly topicFilter: string;
  readonly statement: CompiledStatement;
  readonly actions: readonly Action[];
}

export interface RuleError {
  readonly ruleName: string;
  /** Where in the definition, e.g. `sql` or `actions[1].topic`. */
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
  const { sqlVersion: version, actions: definitions } = definition;
  const services = ports.services ?? {};
  const parsed = parseStatement(definition.sql, { version, services });
  if (!parsed.ok) {
    const { message, line, column } = parsed.error;
    refuse("sql", message, { line, column });
  }
  const filter = parsed.ok ? parsed.statement.topicFilter : undefined;
  const filterProblem = parsed.ok ? problemOfFilter(filter?.text) : undefined;
  if (filterProblem) refuse("sql", filterProblem, filter?.place);
  if (definitions.length > rulesLimits.actionsPerRuleMax) {
    const most = rulesLimits.actionsPerRuleMax;
    refuse("actions", `rule has ${definitions.length} actions, at most ${most} are taken`);
  }
  const sqlWarnings = parsed.ok ? parsed.statement.warnings : [];
  const warnings = sqlWarnings.map((warning) => ({
    ruleName: name,
    property: "sql",
    ...warning,
  }));
  const variables = parsed.ok ? parsed.statement.assignments.map(({ name }) => name) : [];
  const actions: Action[] = [];
  for (const [at, action] of definitions.entries()) {
    const loaded = loadAction(action, { ruleName: name, version, variables, ports });
    if (loaded.ok) {
      actions.push(loaded.action);
      for (const { property, ...told } of loaded.warnings ?? []) {
        warnings.push({ ruleName: name, property: `actions[${at}].${property}`, ...told });
      }
    } else {
      const { property, message, ...place } = loaded.error;
      refuse(`actions[${at}].${property}`, message, place);
    }
  }
  if (!parsed.ok || !filter || errors.length > 0) return { ok: false, errors };
  const statement = compileStatement(parsed.statement, services);
  return { ok: true, rule: { name, topicFilter: filter.text, statement, actions }, warnings };
}

function problemOfFilter(filter: string | undefined): string | undefined {
  if (filter === undefined) return "FROM is missing, and Basic Ingest is not implemented";
  const problem = topicFilterProblem(filter);
  return problem && `topic filter "${filter}" is not valid: ${problem}`;
}

function loadAction(definition: ActionDefinition, setting: ActionSetting): LoadedAction {
  switch (definition.kind) {
    case "republish":
      return loadRepublish(definition, setting);
    case "lambda":
      return loadLambda(definition, setting);
    case "dynamoDBv2":
      return loadDynamoDBv2(definition, setting);
    default:
      return unreachable(definition);
  }
}

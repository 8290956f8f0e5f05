/**
 * The one reading of AWS's `TopicRulePayload`, as requests and templates bring it.
 *
 * What is not known, or known and not implemented, is refused by name; nothing is passed over. What
 * texts mean (SQL, topics, substitution templates) is checked when the rule is loaded.
 */

import { suggest, utf8 } from "../../base/mod.ts";
import { defaultSqlVersion, sqlVersionOf } from "../../sql/mod.ts";
import { type ActionDefinition, actionTypes, missingActionTypes } from "../actions/catalog.ts";
import type { RuleDefinition } from "../definition.ts";
import { rulesLimits } from "../limits.ts";
import type { RuleError } from "../load.ts";
import { type Path, PayloadChecker, type PayloadProblem, type Spelling } from "./check.ts";
import { boolean, choice, object, prose, required } from "./members.ts";

export interface PayloadError extends RuleError {
  /** To what is meant, in the payload as it was given. */
  readonly path: Path;
}

export type ReadPayload =
  | { readonly ok: true; readonly definition: RuleDefinition }
  | { readonly ok: false; readonly errors: readonly PayloadError[] };

/** Everything but the actions. */
const frame = object({
  sql: required(prose()),
  awsIotSqlVersion: choice("2015-10-08", "2016-03-23", "beta", "2016-03-23-beta"),
  ruleDisabled: boolean(),
  description: prose(),
});

/**
 * The definition, or all that is wrong with it. A template spells members with a capital first
 * letter; a value that is `undefined` is one that somebody has already complained about: then the
 * errors may be none.
 */
export function readTopicRulePayload(
  ruleName: string,
  payload: unknown,
  spelling: Spelling = "api",
): ReadPayload {
  const checker = new PayloadChecker(spelling);
  if (!/^\w{1,128}$/.test(ruleName)) {
    checker.refuse(["ruleName"], `"${ruleName}" is not 1 to 128 letters, digits or underscores`);
  }
  const definition = readDefinition(ruleName, payload, checker);
  const bytes = utf8(JSON.stringify(payload) ?? "").length;
  if (bytes > rulesLimits.definitionBytesMax) {
    const most = rulesLimits.definitionBytesMax;
    checker.refuse([], `the definition has ${bytes} bytes, at most ${most} are taken`);
  }
  const errors = checker.problems.map((problem) => placed(ruleName, problem));
  return definition && errors.length === 0 ? { ok: true, definition } : { ok: false, errors };
}

function readDefinition(
  name: string,
  payload: unknown,
  checker: PayloadChecker,
): RuleDefinition | undefined {
  const given = checker.entries(payload, []);
  if (!given) return undefined;
  const actionsName = checker.spell("actions");
  const errorActionName = checker.spell("errorAction");
  const rest = [...given].filter(([key]) => key !== actionsName && key !== errorActionName);
  const told = checker.check(frame, Object.fromEntries(rest), []);
  if (!given.has(actionsName)) checker.refuse([actionsName], `"${actionsName}" is missing`);
  const actions = readActions(given.get(actionsName), [actionsName], checker);
  const hasErrorAction = given.has(errorActionName);
  const errorAction = hasErrorAction
    ? readAction(given.get(errorActionName), [errorActionName], checker)
    : undefined;
  if (!told || !actions || (hasErrorAction && !errorAction)) return undefined;
  const { sql, awsIotSqlVersion, ruleDisabled = false, description } = told;
  return {
    name,
    sql,
    sqlVersion: (awsIotSqlVersion && sqlVersionOf(awsIotSqlVersion)) || defaultSqlVersion,
    enabled: !ruleDisabled,
    ...(description !== undefined && { description }),
    actions,
    ...(errorAction && { errorAction }),
  };
}

function readActions(
  value: unknown,
  path: Path,
  checker: PayloadChecker,
): ActionDefinition[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return checker.refuse(path, "a list of actions is needed");
  const { actionsPerRuleMax } = rulesLimits;
  if (value.length > actionsPerRuleMax) {
    const count = `the rule has ${value.length} actions`;
    return checker.refuse(path, `${count}, at most ${actionsPerRuleMax} are taken`);
  }
  const actions = value.map((action, at) => readAction(action, [...path, at], checker));
  const complete = actions.filter((action) => action !== undefined);
  return complete.length === actions.length ? complete : undefined;
}

function readAction(
  value: unknown,
  path: Path,
  checker: PayloadChecker,
): ActionDefinition | undefined {
  if (value === undefined) return undefined;
  const entries = checker.entries(value, path);
  if (!entries) return undefined;
  if (entries.size !== 1) {
    const found = entries.size === 0 ? "none" : [...entries.keys()].join(" and ");
    return checker.refuse(path, `exactly one type of action is needed, here is ${found}`);
  }
  const [[key, settings]] = [...entries] as [[string, unknown]];
  for (const [name, type] of Object.entries(actionTypes)) {
    if (checker.spell(name) !== key) continue;
    const checked = checker.check(object(type.members), settings, [...path, key]);
    return checked && ({ [name]: checked } as ActionDefinition);
  }
  return refuseType(key, [...path, key], checker);
}

function refuseType(key: string, path: Path, checker: PayloadChecker): undefined {
  const missing = missingActionTypes.map((name) => checker.spell(name));
  if (missing.includes(key)) return checker.refuse(path, `action "${key}" is not implemented`);
  const known = Object.keys(actionTypes).map((name) => checker.spell(name));
  const hint = suggest(key, [...known, ...missing]);
  return checker.refuse(path, `there is no type of action "${key}"${hint}`);
}

function placed(ruleName: string, { path, message }: PayloadProblem): PayloadError {
  return { ruleName, property: propertyOf(path), path, message };
}

/** `actions[1].republish.topic` */
export function propertyOf(path: Path): string {
  let property = "";
  for (const step of path) {
    property += typeof step === "number" ? `[${step}]` : property === "" ? step : `.${step}`;
  }
  return property;
}

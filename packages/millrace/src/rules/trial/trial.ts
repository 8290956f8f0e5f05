/**
 * Rules tried on a message that nobody sent: which would fire and why, what would follow, and why
 * the others would not. Nothing is performed, and no other service is asked: a function that would
 * ask one ends the evaluation there, and is named.
 */

import { topicNameProblem } from "@millrace/mqtt";
import {
  type Clock,
  errorText,
  InvariantBroken,
  type Random,
  silentLogger,
} from "../../base/mod.ts";
import {
  createExplain,
  type Explanation,
  type ExternalServices,
  type Output,
  parseStatement,
} from "../../sql/mod.ts";
import type { Action, ActionInput } from "../actions/action.ts";
import { type ActionDefinition, entryOf } from "../actions/catalog.ts";
import type { RuleDefinition } from "../definition.ts";
import { errorOutput } from "../error-message.ts";
import { loadRule, type Rule, type RuleError } from "../load.ts";
import { RuleContext } from "../message.ts";
import type { RulePorts } from "../ports.ts";
import { mismatchReason } from "./filter-reason.ts";
import { parametersOf, type TriedParameter } from "./parameters.ts";

export interface TrialMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly clientId?: string | undefined;
}

export interface TrialOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly accountId: string;
  /** Those that the rule would have. None is used. */
  readonly ports: RulePorts;
}

/** It would fire; it would not; or nobody can say without asking another service. */
export type Verdict = "fires" | "not-matched" | "where-false" | "fails" | "asks-a-service";

export interface TriedRule {
  readonly ruleName: string;
  readonly enabled: boolean;
  readonly verdict: Verdict;
  readonly filter: TriedFilter;
  /** Absent when the filter does not match. Where it is false every name is undefined. */
  readonly isPayloadJson?: boolean;
  /** Absent when the filter does not match. */
  readonly explanation?: Explanation;
  /** Empty unless it fires. */
  readonly actions: readonly TriedAction[];
  /** What would follow a failed action; absent when the rule has none, or does not fire. */
  readonly errorAction?: TriedAction;
}

export interface TriedFilter {
  /** Absent: the statement has no FROM. */
  readonly text: string | undefined;
  /** Why it does not match. */
  readonly mismatch?: string;
  /** The message is for this rule alone, whatever its filter. */
  readonly isNamed: boolean;
}

export interface TriedAction {
  readonly kind: string;
  readonly parameters: readonly TriedParameter[];
  /** Why it could not be done with this message, as far as that shows before it is tried. */
  readonly problem?: string;
}

export interface TriedRules {
  readonly rules: readonly TriedRule[];
  /** Of definitions that do not load. */
  readonly errors: readonly RuleError[];
}

type Reading =
  | { readonly ok: true; readonly definition: RuleDefinition }
  | { readonly ok: false; readonly errors: readonly RuleError[] };

/** Each of the definitions, in their order. */
export async function tryRules(
  readings: readonly Reading[],
  message: TrialMessage,
  options: TrialOptions,
): Promise<TriedRules> {
  const trials = await Promise.all(
    readings.map((read) => (read.ok ? tryRule(read.definition, message, options) : read)),
  );
  return {
    rules: trials.flatMap((trial) => (trial.ok ? trial.rule : [])),
    errors: trials.flatMap((trial) => (trial.ok ? [] : trial.errors)),
  };
}

type Trial =
  | { readonly ok: true; readonly rule: TriedRule }
  | { readonly ok: false; readonly errors: readonly RuleError[] };

/** What is wrong with the message, if anything. */
export function messageProblem({ topic }: TrialMessage): string | undefined {
  const problem = topicNameProblem(topic);
  return problem && `topic "${topic}" is not valid: ${problem}`;
}

/** What the rule would do with the message, or what is wrong with the rule. */
async function tryRule(
  definition: RuleDefinition,
  message: TrialMessage,
  options: TrialOptions,
): Promise<Trial> {
  const services = unasked(options.ports.services ?? {});
  const loaded = loadRule(definition, { ...options.ports, services });
  if (!loaded.ok) return loaded;
  const { rule } = loaded;
  const { filter, topic } = readFilter(rule, message.topic);
  const frame = { ruleName: rule.name, enabled: definition.enabled, filter };
  if (filter.mismatch !== undefined) {
    return { ok: true, rule: { ...frame, verdict: "not-matched", actions: [] } };
  }
  const context = contextOf(message, topic, options);
  const explanation = await explainRule(definition, context, services);
  const verdict = verdictOf(explanation);
  const tried = { definition, rule, explanation, context, services, clock: options.clock };
  const isPayloadJson = context.payload.json(definition.sqlVersion) !== undefined;
  const followers = verdict === "fires" ? await tryActions(tried) : { actions: [] };
  return { ok: true, rule: { ...frame, verdict, isPayloadJson, explanation, ...followers } };
}

const ingestPattern = /^\$aws\/rules\/([^/]+)(?:\/(.*))?$/s;

/** Of a topic `$aws/rules/<name>/<rest>` the rule of that name sees the rest. */
function readFilter(rule: Rule, topic: string): { filter: TriedFilter; topic: string } {
  const text = rule.topicFilter;
  const [, name, rest = ""] = ingestPattern.exec(topic) ?? [];
  if (name === rule.name) return { filter: { text, isNamed: true }, topic: rest };
  const mismatch =
    name !== undefined
      ? `the message is for rule "${name}" alone`
      : text === undefined
        ? "the statement has no FROM, so only messages for this rule alone reach it"
        : mismatchReason(text, topic);
  return {
    filter: { text, isNamed: false, ...(mismatch !== undefined && { mismatch }) },
    topic,
  };
}

function contextOf(message: TrialMessage, topic: string, options: TrialOptions): RuleContext {
  const { clock, random, accountId } = options;
  const { payload, clientId } = message;
  const origin = { ruleDepth: 0, ...(clientId !== undefined && { clientId }) };
  return new RuleContext(
    { topic: message.topic, payload, qos: 0, origin },
    { receivedAtMs: clock.now(), accountId, random, topic },
  );
}

function explainRule(
  { sql, sqlVersion: version }: RuleDefinition,
  context: RuleContext,
  services: ExternalServices,
): Explanation | Promise<Explanation> {
  const parsed = parseStatement(sql, { version, services });
  if (!parsed.ok) throw new Error(`a rule that was loaded does not parse: ${parsed.error.message}`);
  return createExplain(parsed.statement, services)(context);
}

function verdictOf({ fired, failure }: Explanation): Verdict {
  if (fired) return "fires";
  if (failure === undefined) return "where-false";
  return failure.message.includes(unaskedReason) ? "asks-a-service" : "fails";
}

interface Tried {
  readonly definition: RuleDefinition;
  readonly rule: Rule;
  readonly explanation: Explanation;
  readonly context: RuleContext;
  readonly services: ExternalServices;
  readonly clock: Clock;
}

async function tryActions(
  tried: Tried,
): Promise<{ actions: TriedAction[]; errorAction?: TriedAction }> {
  const { definition, rule, explanation, context } = tried;
  const output = explanation.output!;
  const actions = await Promise.all(
    definition.actions.map((action, at) => tryAction(action, rule.actions[at]!, tried, output)),
  );
  if (!definition.errorAction || !rule.errorAction) return { actions };
  const ofErrors = errorOutput(rule, [], context);
  return {
    actions,
    errorAction: await tryAction(definition.errorAction, rule.errorAction, tried, ofErrors),
  };
}

async function tryAction(
  definition: ActionDefinition,
  action: Action,
  { rule, explanation, context, services, clock }: Tried,
  output: Output,
): Promise<TriedAction> {
  const { version, variables } = rule.statement;
  const values = explanation.values ?? [];
  const parameters = await parametersOf(definition, {
    version,
    variables,
    services,
    context,
    values,
  });
  const ofErrors = action === rule.errorAction ? ({ ofErrors: true } as const) : {};
  const input = { output, ...ofErrors, variables: values, context, clock, logger: silentLogger };
  const [kind] = entryOf(definition);
  const problem = await preparingProblem(action, input);
  return { kind, parameters, ...(problem !== undefined && { problem }) };
}

/** An action is prepared without being performed; what throws there is a failure of the action. */
async function preparingProblem(action: Action, input: ActionInput): Promise<string | undefined> {
  try {
    const { problem } = await action.prepare(input);
    return problem;
  } catch (thrown) {
    if (thrown instanceof InvariantBroken) throw thrown;
    return errorText(thrown);
  }
}

const unaskedReason = "it is not asked in a test";

/** The same services, and none of them asked. */
function unasked(services: ExternalServices): ExternalServices {
  const refuse = () => Promise.reject(new Error(unaskedReason));
  return Object.fromEntries(Object.keys(services).map((name) => [name, refuse]));
}

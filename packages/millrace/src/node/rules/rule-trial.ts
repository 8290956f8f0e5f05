/**
 * Rules tried without a node: those of a template, or a statement alone. What they would need of
 * the services is there so that the same is accepted as in a node, and none of it is started.
 */

import { silentLogger, systemClock, systemRandom } from "../../base/mod.ts";
import { createFunctions } from "../../functions/mod.ts";
import { Devices } from "../../identity/mod.ts";
import { Logs } from "../../logs/mod.ts";
import {
  MetricSeries,
  messageProblem,
  type RuleError,
  type RulePorts,
  readTopicRulePayload,
  type TrialMessage,
  type TriedRule,
  tryRules,
} from "../../rules/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { createTables } from "../../tables/mod.ts";
import { formatProblems, loadTemplate } from "../../template/mod.ts";
import { account } from "../configuration.ts";
import { placeRuleError } from "../problems.ts";
import { createRulePorts } from "./rule-ports.ts";

export type TrialResult =
  | { readonly ok: true; readonly rules: readonly TriedRule[] }
  | { readonly ok: false; readonly problems: readonly string[] };

export interface TemplateTrial {
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Absent: all of them. */
  readonly ruleName: string | undefined;
}

/**
 * What the template's rules would do, or what is wrong with it. Throws a `WorldError` when the
 * template cannot be read.
 */
export async function tryTemplate(
  { template: path, parameters, ruleName }: TemplateTrial,
  message: TrialMessage,
): Promise<TrialResult> {
  const problem = messageProblem(message);
  if (problem) return refused(problem);
  const template = await loadTemplate({ path, parameters, ...account });
  if (!template.ok) return refused(formatProblems(template.problems));
  const { application } = template;
  const names = application.rules.map(({ name }) => name);
  const wanted = application.rules.filter(
    ({ name }) => ruleName === undefined || name === nameOf(ruleName, names),
  );
  if (wanted.length === 0) return refused(noSuchRule(path, ruleName, names));
  const readings = wanted.map((definition) => ({ ok: true, definition }) as const);
  const { rules, errors } = await tryRules(readings, message, trialOptions());
  if (errors.length === 0) return { ok: true, rules };
  return { ok: false, problems: errors.map(placeRuleError(application)) };
}

export interface StatementTrial {
  readonly sql: string;
  readonly sqlVersion: string;
}

/** As `tryTemplate`, for a rule that is this statement and has no actions. */
export async function tryStatement(
  { sql, sqlVersion }: StatementTrial,
  message: TrialMessage,
): Promise<TrialResult> {
  const problem = messageProblem(message);
  if (problem) return refused(problem);
  const payload = { sql, awsIotSqlVersion: sqlVersion, actions: [] };
  const reading = readTopicRulePayload("statement", payload);
  const { rules, errors } = await tryRules([reading], message, trialOptions());
  if (errors.length === 0) return { ok: true, rules };
  return { ok: false, problems: errors.map((error) => statementProblem(sql, error)) };
}

/** SAM puts the stack's name before a rule's own; either will do. */
function nameOf(asked: string, names: readonly string[]): string {
  if (names.includes(asked)) return asked;
  return names.find((name) => name.endsWith(`_${asked}`)) ?? asked;
}

function noSuchRule(path: string, ruleName: string | undefined, names: readonly string[]): string {
  const wanted = ruleName === undefined ? "" : ` "${ruleName}"`;
  const there = names.length === 0 ? "" : `, only ${names.join(", ")}`;
  return `the template '${path}' has no rule${wanted}${there}`;
}

/** As a template's problem is shown. */
function statementProblem(sql: string, { message, line, column }: RuleError): string {
  if (line === undefined || column === undefined) return message;
  const sourceLine = sql.split("\n")[line - 1] ?? "";
  return formatProblems([{ file: "--sql", line, column, path: "", sourceLine, message }]);
}

function refused(problem: string): TrialResult {
  return { ok: false, problems: [problem] };
}

function trialOptions() {
  const shared = { clock: systemClock, random: systemRandom };
  return { ...shared, accountId: account.accountId, ports: unusedPorts() };
}

function unusedPorts(): RulePorts {
  const logger = silentLogger;
  return createRulePorts({
    broker: () => {
      throw new Error("a rule that is tried publishes nothing");
    },
    functions: createFunctions({
      ...account,
      definitions: [],
      records: openMemoryRecords(),
      clock: systemClock,
      random: systemRandom,
      atEndOfTurn: setImmediate,
      workFolder: ".",
      logger,
    }),
    tables: createTables({
      records: openMemoryRecords(),
      clock: systemClock,
      random: systemRandom,
      logger,
      account,
    }),
    devices: new Devices({
      account: { partition: "aws", ...account },
      records: openMemoryRecords(),
      authorityPath: undefined,
      clock: systemClock,
      random: systemRandom,
      logger,
      onDeactivated() {},
    }),
    shadows: {
      get: () => {
        throw new Error("a rule that is tried asks for no shadow");
      },
    },
    objects: { write: async () => "no-such-bucket" },
    metrics: new MetricSeries(),
    // Whether an endpoint is confirmed only a node can know.
    destinations: { want() {}, problemOf: () => undefined },
    clock: systemClock,
    logs: new Logs({ records: openMemoryRecords(), clock: systemClock, logger }),
  });
}

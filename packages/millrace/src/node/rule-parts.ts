/** The rules and what goes with them: their trace, the metrics they write, where they may send. */

import type { Clock, Logger, Random } from "../base/mod.ts";
import {
  type CreatedRules,
  createRules,
  Destinations,
  MetricSeries,
  type RuleDefinition,
  RuleTrace,
} from "../rules/mod.ts";
import type { Records } from "../storage/mod.ts";
import { account } from "./configuration.ts";
import { postOverHttp } from "./http-client.ts";
import { createRulePorts, type RuleServices } from "./rule-ports.ts";

export interface RulePartsOptions extends Pick<RuleServices, "broker" | "functions" | "tables"> {
  /** The template's. */
  readonly definitions: readonly RuleDefinition[];
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly atEndOfTurn: (callback: () => void) => void;
  readonly loggerOf: (part: string) => Logger;
}

export interface RuleParts {
  readonly created: CreatedRules;
  readonly trace: RuleTrace;
  readonly metrics: MetricSeries;
  readonly destinations: Destinations;
}

/** Nothing is started, nothing read; `created` says what is wrong with the definitions. */
export function createRuleParts(options: RulePartsOptions): RuleParts {
  const { loggerOf, ...shared } = options;
  const logger = loggerOf("rules");
  const trace = new RuleTrace();
  const metrics = new MetricSeries();
  const destinations = new Destinations({
    ...shared,
    logger,
    send: postOverHttp,
    arnOf: destinationArn,
  });
  const ruleLog = loggerOf("rule-log");
  const created = createRules({
    ...shared,
    onExecution: (execution) => trace.record(execution),
    accountId: account.accountId,
    logger,
    ports: createRulePorts({ ...shared, metrics, destinations, ruleLog }),
  });
  return { created, trace, metrics, destinations };
}

function destinationArn(id: string): string {
  const { region, accountId } = account;
  return `arn:aws:iot:${region}:${accountId}:ruledestination/http/${id}`;
}

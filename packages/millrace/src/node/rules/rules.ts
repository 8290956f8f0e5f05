/** The rules of a house, with what belongs to them alone: their trace, metrics, destinations. */

import type { Clock, Logger, Random } from "../../base/mod.ts";
import type { Broker } from "../../broker/mod.ts";
import type { Functions } from "../../functions/mod.ts";
import type { Devices } from "../../identity/mod.ts";
import type { Logs } from "../../logs/mod.ts";
import type { Objects } from "../../objects/mod.ts";
import {
  type CreatedRules,
  createRules,
  Destinations,
  MetricSeries,
  type Trace,
} from "../../rules/mod.ts";
import type { Shadows } from "../../shadows/mod.ts";
import type { Records } from "../../storage/mod.ts";
import type { Tables } from "../../tables/mod.ts";
import type { Application } from "../../template/mod.ts";
import { account } from "../configuration.ts";
import { postOverHttp } from "../http-client.ts";
import { createRulePorts } from "./rule-ports.ts";
import { type RuleRightsOptions, withRights } from "./rule-rights.ts";

export interface HouseRulesOptions {
  readonly application: Application;
  readonly records: Records;
  readonly trace: Trace;
  readonly tables: Tables;
  readonly functions: Functions;
  readonly devices: Devices;
  readonly shadows: Pick<Shadows, "get">;
  readonly objects: Pick<Objects, "write">;
  readonly logs: Logs;
  /** Asked only when a rule publishes: the broker is made after the rules. */
  readonly broker: () => Broker;
  readonly clock: Clock;
  readonly random: Random;
  readonly atEndOfTurn: (callback: () => void) => void;
  readonly loggerOf: (part: string) => Logger;
  /** What each rule may do; handed over apart because the same asks for functions and callers. */
  readonly rights: RuleRightsOptions;
}

export interface HouseRules {
  readonly created: CreatedRules;
  readonly metrics: MetricSeries;
  readonly destinations: Destinations;
}

export function createHouseRules(options: HouseRulesOptions): HouseRules {
  const { application, loggerOf, trace } = options;
  const logger = loggerOf("rules");
  const metrics = new MetricSeries();
  const destinations = new Destinations({
    ...options,
    logger,
    send: postOverHttp,
    arnOf: destinationArn,
  });
  for (const wanted of application.destinations) destinations.want(wanted);
  const ports = createRulePorts({
    ...options,
    metrics,
    destinations,
  });
  const created = createRules({
    ...options,
    onExecution: (execution) => trace.record(execution),
    definitions: application.rules,
    accountId: account.accountId,
    logger,
    ports: withRights(ports, options.rights),
  });
  return { created, metrics, destinations };
}

function destinationArn(id: string): string {
  const { region, accountId } = account;
  return `arn:aws:iot:${region}:${accountId}:ruledestination/http/${id}`;
}

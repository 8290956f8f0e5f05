/** The event buses of a house, with what their rules may do and whom they reach. */

import { type Clock, type Logger, type Random, systemClock } from "../../base/mod.ts";
import { type BusPorts, EventBuses } from "../../events/mod.ts";
import type { Functions } from "../../functions/mod.ts";
import type { Logs } from "../../logs/mod.ts";
import type { Records } from "../../storage/mod.ts";
import type { Application } from "../../template/mod.ts";
import { account } from "../configuration.ts";
import { writeRuleLog } from "../logs.ts";
import { type BusRightsOptions, withBusRights } from "./bus-rights.ts";

export interface HouseBusesOptions {
  readonly application: Application;
  readonly records: Records;
  readonly functions: Pick<Functions, "invokeAsync">;
  readonly logs: Logs;
  readonly clock: Clock;
  readonly random: Random;
  readonly rights: BusRightsOptions;
  readonly loggerOf: (part: string) => Logger;
}

export function createHouseBuses(options: HouseBusesOptions): EventBuses {
  const { application, loggerOf } = options;
  const { eventBuses, eventRules } = application;
  const ports = withBusRights(portsOf(options), options.rights);
  const logger = loggerOf("events");
  return new EventBuses({
    ...options,
    buses: eventBuses,
    rules: eventRules,
    account,
    ports,
    logger,
  });
}

function portsOf({ functions, logs }: HouseBusesOptions): Omit<BusPorts, "busRefusal"> {
  return {
    async callFunction({ name, qualifier, payload }) {
      const accepted = await functions.invokeAsync(name, payload, { qualifier });
      if (accepted) return;
      const shown = qualifier === undefined ? name : `${name}:${qualifier}`;
      throw new Error(`there is no function "${shown}"`);
    },
    writeLog({ groupName, message }, { ruleName }) {
      const entries = [{ timestampMs: systemClock.now(), message }];
      return writeRuleLog(logs, { groupName, ruleName, entries });
    },
  };
}

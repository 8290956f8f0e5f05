/** Buses over records in memory, with doubles of what stands around them. */

import {
  type Clock,
  type LogFields,
  ManualClock,
  silentLogger,
  textOf,
  WorldError,
} from "../../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../../storage/mod.ts";
import { type BusDefinition, EventBuses, type EventRuleDefinition } from "../../mod.ts";

export const account = { region: "eu-central-1", accountId: "111122223333" };
export const functionArn = "arn:aws:lambda:eu-central-1:111122223333:function:f";

interface HouseOptions {
  readonly records?: Records;
  readonly clock?: ManualClock;
  readonly buses?: readonly BusDefinition[];
  readonly rules?: readonly EventRuleDefinition[];
}

export interface Received {
  readonly to: string;
  readonly text: string;
  readonly rule: string;
}

/** Before its start. `state.fail` is asked for each delivery and may throw. */
export function createHouse(options: HouseOptions = {}) {
  const { records = openMemoryRecords(), clock = new ManualClock() } = options;
  const received: Received[] = [];
  const logged: { readonly what: string; readonly fields: LogFields }[] = [];
  const state = { fail: async (_to: string): Promise<void> => {} };
  const take = async (to: string, text: string, rule: string) => {
    await state.fail(to);
    received.push({ to, text, rule });
  };
  const log = (what: string, fields: LogFields = {}) => void logged.push({ what, fields });
  let count = 0;
  const buses = new EventBuses({
    buses: options.buses ?? [],
    rules: options.rules ?? [],
    records,
    account,
    clock: clock as Clock,
    random: {
      bytes: (length) => new Uint8Array(length).fill(++count),
      fraction: () => 0,
    },
    logger: { ...silentLogger, warn: log, error: log },
    ports: {
      callFunction: ({ name, payload }, by) => take(name, textOf(payload), by.ruleName),
      writeLog: ({ groupName, message }, by) => take(groupName, message, by.ruleName),
      busRefusal: (arn, { roleArn }) => (roleArn?.includes("no") ? `no ${arn}` : undefined),
    },
  });
  return { records, clock, received, logged, state, buses };
}

export async function startHouse(options: HouseOptions = {}) {
  const house = createHouse(options);
  await house.buses.start();
  return house;
}

export function rule(changes: Partial<EventRuleDefinition> = {}): EventRuleDefinition {
  return {
    bus: "default",
    name: "r",
    pattern: '{"source":["shop"]}',
    isEnabled: true,
    targets: [{ id: "1", arn: functionArn }],
    ...changes,
  };
}

export const sale = {
  bus: "default",
  source: "shop",
  detailType: "sale",
  detail: '{"price":7.50,"item":"tea"}',
};

export function busy(): WorldError {
  return new WorldError("TOO_MANY_CALLS", "too many calls");
}

/** Lets everything go on that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  await new Promise<void>((resolve) => setImmediate(resolve));
}

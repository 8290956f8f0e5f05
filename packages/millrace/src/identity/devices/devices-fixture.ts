/** For the tests of this part: a registry of devices in memory, that can be started again. */

import { type LogFields, ManualClock, systemRandom } from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import type { DeviceDefinitions } from "./definitions.ts";
import { Devices } from "./devices.ts";

export const account = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };

export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

export interface StartOptions {
  /** Those of a start before; absent: new ones. */
  readonly records?: Records;
  readonly definitions?: DeviceDefinitions;
  readonly clock?: ManualClock;
}

/** Registered, with what was deactivated and what was logged. */
export async function startDevices({
  records = openMemoryRecords(),
  definitions,
  clock = new ManualClock(startMs),
}: StartOptions = {}) {
  const deactivated: string[] = [];
  const log: string[] = [];
  const note = (what: string, fields: LogFields = {}) =>
    void log.push(`${what} ${JSON.stringify(fields)}`);
  const logger = { debug() {}, info() {}, warn: note, error: note };
  const devices = new Devices({
    account,
    records,
    authorityPath: undefined,
    clock,
    random: systemRandom,
    logger,
    onDeactivated: (id) => void deactivated.push(id),
  });
  const problems = await devices.start(definitions);
  return { devices, records, clock, deactivated, log, logger, problems };
}

export function arn(resource: string): string {
  return `arn:aws:iot:${account.region}:${account.accountId}:${resource}`;
}

/** A document with one statement that allows this. */
export function allow(Action: string, Resource: string, more: object = {}): string {
  const Statement = [{ Effect: "Allow", Action, Resource, ...more }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

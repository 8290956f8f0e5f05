/**
 * Scales tables and global indexes: keeps targets and policies, and once a minute moves capacity to
 * where target tracking wants it.
 *
 * Targets and policies are durable before they are answered. What was spent is remembered for a
 * quarter of an hour, in memory: after a start, alarms begin anew. With several policies the
 * largest capacity wins. Activities are told as far back as the start.
 */

import {
  type Clock,
  type Logger,
  newUuid,
  type Random,
  textOf,
  utf8,
  WorldError,
} from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { activityCountMax } from "../limits.ts";
import {
  resourceParts,
  type ScalableTarget,
  type ScalableTargetName,
  type ScalingPolicy,
} from "./definition.ts";
import { lowMinuteCount, type Move, trackTarget } from "./target-tracking.ts";

export interface ScalingPorts {
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly catalog: Pick<Catalog, "get">;
  /** UpdateTable; answers with why not. */
  readonly update: (request: object) => Promise<string | undefined>;
}

/** As it is kept. */
export interface KeptTarget extends ScalableTarget {
  readonly id: string;
  readonly createdMs: number;
}

export interface KeptPolicy extends ScalingPolicy {
  readonly id: string;
  readonly createdMs: number;
}

export interface Activity extends ScalableTargetName {
  readonly id: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly description: string;
  readonly cause: string;
  /** Why it failed. */
  readonly failure?: string;
}

interface Watched {
  /** What was spent in minutes that follow each other. */
  minutes: number[];
  /** The number of the last of them. */
  minute?: number;
  lastOutMs?: number;
  lastInMs?: number;
}

const space = "tables-scaling";
const minuteMs = 60_000;

export class Scaling {
  readonly #ports: ScalingPorts;
  readonly #targets = new Map<string, KeptTarget>();
  readonly #policies = new Map<string, KeptPolicy>();
  readonly #watched = new Map<string, Watched>();
  readonly activities: Activity[] = [];

  constructor(ports: ScalingPorts) {
    this.#ports = ports;
  }

  /** Brings back what is stored. */
  async load(): Promise<void> {
    const range = { space, countMax: Number.MAX_SAFE_INTEGER };
    for (const { key, value } of await this.#ports.records.range(range)) {
      const kept = JSON.parse(textOf(value)) as KeptTarget | KeptPolicy;
      if ("tracking" in kept) this.#policies.set(textOf(key), kept);
      else this.#targets.set(textOf(key), kept);
    }
  }

  /** Makes targets and policies what the template says; those that it no longer has go. */
  async define(targets: readonly ScalableTarget[], policies: readonly ScalingPolicy[]) {
    const named = new Set([...targets.map(targetKey), ...policies.map(policyKey)]);
    for (const old of this.policies()) {
      if (old.ofTemplate && !named.has(policyKey(old))) await this.removePolicy(old);
    }
    for (const old of this.targets()) {
      if (old.ofTemplate && !named.has(targetKey(old))) await this.removeTarget(old);
    }
    for (const target of targets) await this.putTarget({ ...target, ofTemplate: true });
    for (const policy of policies) await this.putPolicy({ ...policy, ofTemplate: true });
  }

  targets(): KeptTarget[] {
    return sorted(this.#targets);
  }

  policies(): KeptPolicy[] {
    return sorted(this.#policies);
  }

  target(name: ScalableTargetName): KeptTarget | undefined {
    return this.#targets.get(targetKey(name));
  }

  policy(policy: ScalableTargetName & { readonly name: string }): KeptPolicy | undefined {
    return this.#policies.get(policyKey(policy));
  }

  /** Registers a target, or changes one that is there; one of the template stays the template's. */
  async putTarget(target: ScalableTarget): Promise<KeptTarget> {
    const kept: KeptTarget = { ...this.#stamp(this.target(target)), ...target };
    await this.#put(targetKey(target), kept);
    this.#targets.set(targetKey(target), kept);
    return kept;
  }

  /** The target must be there. */
  async putPolicy(policy: ScalingPolicy): Promise<KeptPolicy> {
    const kept: KeptPolicy = { ...this.#stamp(this.policy(policy)), ...policy };
    await this.#put(policyKey(policy), kept);
    this.#policies.set(policyKey(policy), kept);
    return kept;
  }

  /** Policies of a target go with it. */
  async removeTarget(name: ScalableTargetName): Promise<void> {
    const own = this.#policiesOf(name).map(policyKey);
    await this.#remove([targetKey(name), ...own]);
    this.#targets.delete(targetKey(name));
    for (const key of own) this.#policies.delete(key);
    this.#watched.delete(targetKey(name));
  }

  async removePolicy(policy: KeptPolicy): Promise<void> {
    await this.#remove([policyKey(policy)]);
    this.#policies.delete(policyKey(policy));
  }

  /** Watches from now on, at every full minute, until stopped. */
  start(): { stop(): Promise<void> } {
    const { clock } = this.#ports;
    let [stopped, current] = [false, Promise.resolve()];
    const wait = () => minuteMs - (clock.now() % minuteMs);
    let timer = clock.after(wait(), turn);
    const turnOnce = () => this.turn();
    function turn(): void {
      current = turnOnce().then(() => {
        if (!stopped) timer = clock.after(wait(), turn);
      });
    }
    return {
      stop() {
        stopped = true;
        timer.cancel();
        return current;
      },
    };
  }

  /** Looks at the minute that has ended, and moves what has to be moved. */
  async turn(): Promise<void> {
    for (const target of this.targets()) {
      try {
        await this.#turnTarget(target);
      } catch (thrown) {
        if (!(thrown instanceof WorldError)) throw thrown;
        const { code, message } = thrown;
        this.#ports.logger.error("scaling failed", { resource: target.resourceId, code, message });
      }
    }
  }

  async #turnTarget(target: KeptTarget): Promise<void> {
    const found = this.#find(target);
    const policies = this.#policiesOf(target);
    if (!found || policies.length === 0) return;
    const nowMs = this.#ports.clock.now();
    const watched = this.#watch(target);
    const minute = Math.floor(nowMs / minuteMs) - 1;
    if (minute === watched.minute) return; // a clock was set back, or a turn was asked for twice
    if (minute - 1 !== watched.minute) watched.minutes = [];
    watched.minute = minute;
    watched.minutes = [...watched.minutes, found.lastMinuteUnits].slice(-lowMinuteCount);
    const { suspended } = target;
    const current = found.unitsPerSecond;
    const { lastOutMs, lastInMs, minutes } = watched;
    const tracked = {
      ...{ unitsPerSecond: current, min: target.min, max: target.max, minutes },
      ...{ lastOutMs, lastInMs, outSuspended: suspended.out, inSuspended: suspended.in },
    };
    const wanted = policies.flatMap((policy) => {
      const move = trackTarget(policy.tracking, tracked, nowMs);
      return move ? [{ policy, move }] : [];
    });
    const ups = wanted.filter(({ move }) => move.to > current);
    // Capacity falls only when every policy says so.
    const agreed = ups.length > 0 ? ups : wanted.length === policies.length ? wanted : [];
    const [most] = agreed.sort((left, right) => right.move.to - left.move.to);
    if (most) return this.#move(target, found, most);
    const bounded = Math.min(target.max, Math.max(target.min, current));
    if (bounded !== current) await this.#set(target, found, bounded, "its bounds");
  }

  async #move(
    target: KeptTarget,
    found: Found,
    { policy, move }: { readonly policy: KeptPolicy; readonly move: Move },
  ): Promise<void> {
    const alarm = alarmName(target, move.alarm, policy.id);
    const cause = `monitor alarm ${alarm} in state ALARM triggered policy ${policy.name}`;
    if (!(await this.#set(target, found, move.to, cause))) return;
    const watched = this.#watch(target);
    const nowMs = this.#ports.clock.now();
    if (move.alarm === "AlarmHigh") watched.lastOutMs = nowMs;
    else watched.lastInMs = nowMs;
    watched.minutes = [];
  }

  /** Whether it was done. */
  async #set(target: KeptTarget, found: Found, to: number, cause: string): Promise<boolean> {
    const { clock, random, logger, update } = this.#ports;
    const startedMs = clock.now();
    const failure = await update(requestOf(found, to));
    const what = found.direction.toLowerCase();
    this.activities.unshift({
      resourceId: target.resourceId,
      dimension: target.dimension,
      id: newUuid(random),
      startedMs,
      endedMs: clock.now(),
      description: `Setting ${what} capacity units to ${to}.`,
      cause,
      ...(failure !== undefined && { failure }),
    });
    this.activities.length = Math.min(this.activities.length, activityCountMax);
    const { resourceId: resource } = target;
    if (failure === undefined) logger.info("capacity was scaled", { resource, what, to });
    else logger.warn("capacity was not scaled", { resource, what, to, reason: failure });
    return failure === undefined;
  }

  /** What the target stands for, as it is now; `undefined`: gone, or on demand. */
  #find(target: ScalableTargetName): Found | undefined {
    const parts = resourceParts(target);
    const table = parts && this.#ports.catalog.get(parts.table);
    if (!parts || !table?.definition.throughput) return undefined;
    const { index, direction } = parts;
    const meters = table.capacity.meters().find((one) => one.index === index);
    const indexes = table.definition.indexes ?? [];
    const throughput =
      index === undefined
        ? table.definition.throughput
        : indexes.find(({ name }) => name === index)?.throughput;
    if (!meters || !throughput) return undefined;
    const { readUnits, writeUnits } = throughput;
    return {
      ...parts,
      readUnits,
      writeUnits,
      unitsPerSecond: direction === "Read" ? readUnits : writeUnits,
      lastMinuteUnits: meters[direction].lastMinute(this.#ports.clock.now()).units,
    };
  }

  /** Whether the table, and the index, are there. */
  exists(name: ScalableTargetName): boolean {
    const parts = resourceParts(name);
    const table = parts && this.#ports.catalog.get(parts.table);
    if (!parts || !table) return false;
    return table.capacity.meters().some(({ index }) => index === parts.index);
  }

  #policiesOf(target: ScalableTargetName): KeptPolicy[] {
    return this.policies().filter((policy) => targetKey(policy) === targetKey(target));
  }

  #watch(target: ScalableTargetName): Watched {
    const key = targetKey(target);
    const watched = this.#watched.get(key) ?? { minutes: [] };
    this.#watched.set(key, watched);
    return watched;
  }

  #stamp(before: KeptTarget | KeptPolicy | undefined) {
    const { clock, random } = this.#ports;
    return {
      id: before?.id ?? newUuid(random),
      createdMs: before?.createdMs ?? clock.now(),
      ...(before?.ofTemplate && { ofTemplate: true }),
    };
  }

  async #put(key: string, kept: object): Promise<void> {
    const changes = [{ space, key: utf8(key), value: utf8(JSON.stringify(kept)) }];
    await this.#ports.records.update([], () => ({ changes, result: undefined }));
  }

  async #remove(keys: readonly string[]): Promise<void> {
    const changes = keys.map((key) => ({ space, key: utf8(key), value: undefined }));
    await this.#ports.records.update([], () => ({ changes, result: undefined }));
  }
}

interface Found {
  readonly table: string;
  readonly index: string | undefined;
  readonly direction: "Read" | "Write";
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly unitsPerSecond: number;
  readonly lastMinuteUnits: number;
}

function requestOf({ table, index, direction, readUnits, writeUnits }: Found, to: number): object {
  const ProvisionedThroughput = {
    ReadCapacityUnits: direction === "Read" ? to : readUnits,
    WriteCapacityUnits: direction === "Write" ? to : writeUnits,
  };
  if (index === undefined) return { TableName: table, ProvisionedThroughput };
  const Update = { IndexName: index, ProvisionedThroughput };
  return { TableName: table, GlobalSecondaryIndexUpdates: [{ Update }] };
}

/** As the service names the alarms that it makes for a policy. */
export function alarmName(
  { resourceId }: ScalableTargetName,
  alarm: Move["alarm"],
  policyId: string,
): string {
  return `TargetTracking-${resourceId}-${alarm}-${policyId}`;
}

function targetKey({ resourceId, dimension }: ScalableTargetName): string {
  return `target ${resourceId} ${dimension}`;
}

function policyKey(policy: ScalableTargetName & { readonly name: string }): string {
  return `policy ${policy.resourceId} ${policy.dimension} ${policy.name}`;
}

function sorted<T>(kept: ReadonlyMap<string, T>): T[] {
  const ordered = [...kept].sort(([left], [right]) => (left < right ? -1 : 1));
  return ordered.map(([, value]) => value);
}

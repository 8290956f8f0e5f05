/**
 * Time zones: an identifier to the offset from UTC at every moment. The rules are those of the
 * runtime's own database, so for times long past they may be of another edition than AWS's.
 */

import type { Run } from "../run.ts";

export interface Zone {
  readonly id: string;
  /** Seconds east of UTC. */
  offsetAt(epochMs: number): number;
}

export const utc: Zone = fixedZone("UTC", 0);

/** The same offset at all times. */
export function fixedZone(id: string, offsetSeconds: number): Zone {
  return { id, offsetAt: () => offsetSeconds };
}

const keptMax = 500;
const kept = new Map<string, Zone | undefined>();

/** What looking a new identifier up costs, in the unit of an evaluation's work. */
const lookupCost = 20_000;

/**
 * The zone of a region, such as `Europe/Berlin`, in exactly this spelling; `undefined` when the
 * database has none.
 */
export function regionZone(id: string, run?: Run): Zone | undefined {
  if (kept.has(id)) return kept.get(id);
  run?.spend(lookupCost);
  if (kept.size >= keptMax) kept.clear();
  const zone = /^[A-Z]/.test(id) ? createRegionZone(id) : undefined;
  kept.set(id, zone);
  return zone;
}

const firstIdentifiers: ReadonlySet<string> = new Set(Intl.supportedValuesOf("timeZone"));

/** False for a region's further names, such as `US/Pacific`. */
export function isFirstIdentifier(id: string): boolean {
  return firstIdentifiers.has(id);
}

function createRegionZone(id: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: id, timeZoneName: "longOffset" });
  } catch {
    return undefined; // Intl has no other way to say no
  }
  if (format.resolvedOptions().timeZone !== id) return undefined;
  return { id, offsetAt: (epochMs) => offsetIn(format.format(epochMs)) };
}

/** Of a text that ends like `GMT`, `GMT-06:00` or `GMT-04:56:02`. */
function offsetIn(text: string): number {
  const found = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = found ?? [];
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === "-" ? -size : size;
}

/**
 * The moment at which clocks in the zone show this time, given as if it were UTC. When they show
 * it twice it is the first; when they skip it, it is as much later as they skip.
 */
export function momentOf(localMs: number, zone: Zone): number {
  const before = zone.offsetAt(localMs - 86_400_000) * 1000;
  const after = zone.offsetAt(localMs + 86_400_000) * 1000;
  const first = localMs - before;
  if (zone.offsetAt(first) * 1000 === before) return first;
  const second = localMs - after;
  return zone.offsetAt(second) * 1000 === after ? second : first;
}

/** Files and sockets of this process, which only Linux tells. */

import { readdirSync, readFileSync } from "node:fs";
import type { BrokerLimits } from "../broker/mod.ts";

/** Of all files; whoever opens MQTT connections leaves the rest to HTTP, functions and records. */
const mqttPart = 3 / 4;

/** How many are open; `undefined`: another system, which has no such folder. */
export function openFileCount(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length - 1; // without the one that lists them
  } catch {
    return undefined;
  }
}

/** How many may be; `undefined`: as above, or there is no bound. */
export function readOpenFilesMax(): number | undefined {
  try {
    const limits = readFileSync("/proc/self/limits", "latin1");
    const soft = Number(/^Max open files +(\d+)/m.exec(limits)?.[1]);
    return Number.isNaN(soft) ? undefined : soft;
  } catch {
    return undefined;
  }
}

/** The same, with no more connections than leave files for all else; `undefined`: no bound. */
export function withinOpenFiles(
  limits: BrokerLimits,
  openFilesMax: number | undefined,
): BrokerLimits {
  if (openFilesMax === undefined) return limits;
  const connectionsMax = Math.min(limits.connectionsMax, Math.floor(openFilesMax * mqttPart));
  return { ...limits, connectionsMax };
}

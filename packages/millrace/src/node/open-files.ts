/** Files and sockets of this process, which only Linux tells. */

import { readdirSync, readFileSync } from "node:fs";

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

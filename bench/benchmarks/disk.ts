/** What a folder stands on: whether it is a disk at all, and how often that disk can sync. */

import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";

const probeMs = 500;
const blockBytes = 4_096;
/** Of Linux's file systems in memory: tmpfs, ramfs. */
const memoryTypes: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/** Whether what is written there is gone with the power. */
export function isInMemory(folder: string): boolean {
  return memoryTypes.has(statfsSync(folder).type);
}

/** Syncs a second of one block at a time, each waited for: the bound of one publish at a time. */
export function probeSyncs(folder: string): number {
  const path = join(folder, "probe");
  const file = openSync(path, "w");
  const block = new Uint8Array(blockBytes).fill(1);
  const startMs = performance.now();
  let count = 0;
  while (performance.now() < startMs + probeMs) {
    writeSync(file, block);
    fdatasyncSync(file);
    count += 1;
  }
  const seconds = (performance.now() - startMs) / 1_000;
  closeSync(file);
  rmSync(path);
  return count / seconds;
}

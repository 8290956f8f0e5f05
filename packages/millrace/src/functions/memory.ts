/**
 * How much memory a process has to itself, as Linux says; other systems do not, and then the limit
 * of Node's heap is all that holds.
 */

import { readFileSync } from "node:fs";

/** In bytes; what it shares with others, such as its program, aside. `undefined`: unknown. */
export function ownMemoryOf(pid: number): number | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return undefined; // gone by now, or another system
  }
  const kilobytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
  return (kilobytes("RssAnon") + kilobytes("RssShmem")) * 1024;
}

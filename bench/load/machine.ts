/** CPU time and memory of the machine and of a process, from Linux's `/proc`. */

import { readFileSync } from "node:fs";

const ticksPerSecond = 100; // what Linux shows to user space, whatever the kernel's own rate

/**
 * Seconds that all cores together have not been idle since the machine started, those included
 * that a hypervisor gave to others; undefined where `/proc` is not. `os.cpus` will not do: it
 * leaves out soft interrupts, in which the loopback does a third of its work.
 */
export function busySeconds(): number | undefined {
  const line = /^cpu +(.*)$/m.exec(read("/proc/stat") ?? "")?.[1];
  if (line === undefined) return undefined;
  const [user, nice, system, _idle, _wait, interrupt, soft, stolen] = line.split(" ").map(Number);
  return (user! + nice! + system! + interrupt! + soft! + stolen!) / ticksPerSecond;
}

/** Seconds that all threads of the process have used; undefined where `/proc` is not. */
export function processorSeconds(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond; // utime, stime
}

/** Resident memory in megabytes; undefined where `/proc` is not. */
export function residentMegabytes(pid: number): number | undefined {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // another system, or the process is gone: the figure is simply absent
  }
}

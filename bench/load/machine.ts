/** CPU time and memory of the machine and of a process, from Linux's `/proc`. */

import { readFileSync } from "node:fs";

const ticksPerSecond = 100; // what Linux shows to user space, whatever the kernel's own rate

/** Shares of one core: 1 is a core in full use. What `/proc` would have to say may be absent. */
export type Usage = {
  readonly seconds: number;
  /** Of this process. */
  readonly generatorCpu: number;
  /** All threads together. */
  readonly serverCpu?: number;
  /** What everyone else on the machine used meanwhile; spoils the figures. */
  readonly othersCpu?: number;
  /** Resident memory at the end. */
  readonly serverMegabytes?: number;
};

/** Reads all clocks now; what comes back reads them again and says what was used in between. */
export function startUsage(serverPid: number): () => Usage {
  const before = readClocks(serverPid);
  return () => {
    const after = readClocks(serverPid);
    const seconds = after.seconds - before.seconds;
    const share = (clock: keyof typeof before) => (after[clock] - before[clock]) / seconds;
    const [generatorCpu, serverCpu] = [share("own"), share("server")];
    return {
      seconds,
      generatorCpu,
      serverCpu: finite(serverCpu),
      othersCpu: finite(share("machine") - generatorCpu - serverCpu),
      serverMegabytes: residentMegabytes(serverPid),
    };
  };
}

/** Seconds on each clock; NaN where there is none. */
function readClocks(serverPid: number) {
  const { user, system } = process.cpuUsage();
  return {
    seconds: performance.now() / 1_000,
    own: (user + system) / 1_000_000,
    server: processorSeconds(serverPid) ?? Number.NaN,
    machine: busySeconds() ?? Number.NaN,
  };
}

/**
 * Seconds that all cores together have not been idle since the machine started, those included
 * that a hypervisor gave to others; undefined where `/proc` is not. `os.cpus` will not do: it
 * leaves out soft interrupts, in which the loopback does a third of its work.
 */
function busySeconds(): number | undefined {
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

/** Bytes that the process has had written to disks; undefined where nobody says so. */
export function writtenBytes(pid: number): number | undefined {
  const bytes = /^write_bytes: (\d+)$/m.exec(read(`/proc/${pid}/io`) ?? "")?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // another system, or the process is gone: the figure is simply absent
  }
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

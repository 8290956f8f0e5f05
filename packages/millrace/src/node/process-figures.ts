/**
 * The process as the machine sees it, under the names that every exporter of Prometheus gives it.
 *
 * Open files are there on Linux alone, as nothing else tells a process how many it has.
 */

import manifest from "../../package.json" with { type: "json" };
import { type Clock, counter, type Figure, type Figured, gauge } from "../base/mod.ts";
import { openFileCount } from "./open-files.ts";

const microsecondsPerSecond = 1_000_000;

/** This process; `clock` is that of the machine. */
export function measureProcess(clock: Clock): Figured {
  const startSeconds = clock.now() / 1000 - process.uptime();
  return { figures: () => processFigures(startSeconds) };
}

function processFigures(startSeconds: number): Figure[] {
  const { user, system } = process.cpuUsage();
  const labels = { version: manifest.version, runtime: `bun ${Bun.version}` };
  return [
    gauge("millrace_build_info", "Always 1; the labels say what runs", [{ labels, value: 1 }]),
    counter(
      "process_cpu_seconds_total",
      "User and system time that the process has spent, all threads",
      (user + system) / microsecondsPerSecond,
    ),
    gauge(
      "process_resident_memory_bytes",
      "Memory of the process that is in RAM",
      process.memoryUsage.rss(),
    ),
    gauge(
      "process_start_time_seconds",
      "When the process started, in seconds since 1970",
      startSeconds,
    ),
    gauge("process_open_fds", "Files and sockets that are open", openFileCount() ?? []),
  ];
}

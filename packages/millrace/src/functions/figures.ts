/** What became of the calls of each function, and what waits, as figures. */

import { counter, type Figure, gauge, type Sample } from "../base/mod.ts";
import type { AsyncCalls } from "./async/async-calls.ts";
import type { Fleet } from "./fleet.ts";
import type { Pool } from "./pool/pool.ts";

type Pools = ReadonlyMap<string, ReadonlyMap<string, Pool>>;

/** Functions are as many as the template has; their names are labels. */
export function functionFigures(fleet: Fleet, asyncCalls: AsyncCalls): Figure[] {
  const { pools, places } = fleet;
  return [
    counter(
      "millrace_function_calls_total",
      "Calls that ended, each try of an asynchronous one, by how they ended",
      (["succeeded", "failed", "throttled"] as const).flatMap((outcome) =>
        ofEach(pools, ({ ended }) => ended[outcome]).map(({ labels, value }) => ({
          labels: { ...labels, outcome },
          value,
        })),
      ),
    ),
    gauge(
      "millrace_function_calls_waiting",
      "Calls that wait for a process",
      ofEach(pools, ({ waitingCount }) => waitingCount),
    ),
    gauge(
      "millrace_function_calls_running",
      "Calls that a process works on",
      ofEach(pools, ({ runningCount }) => runningCount),
    ),
    gauge(
      "millrace_function_processes",
      "Processes of each function, idle ones included",
      ofEach(pools, ({ environmentCount }) => environmentCount),
    ),
    gauge(
      "millrace_function_processes_max",
      "Processes that may run at once, of all functions",
      places.processesMax,
    ),
    gauge(
      "millrace_async_calls_pending",
      "Asynchronous calls that are accepted and not yet done",
      asyncCalls.pendingCount,
    ),
    gauge("millrace_async_calls_pending_bytes", "What those carry", asyncCalls.pendingBytes),
    counter(
      "millrace_async_calls_refused_total",
      "Asynchronous calls that were not accepted because too many were pending",
      asyncCalls.refusedCount,
    ),
    counter(
      "millrace_async_calls_given_up_total",
      "Asynchronous calls that failed at their last try, grew too old or lost their function",
      asyncCalls.givenUpCount,
    ),
  ];
}

/** All versions of a function together. */
function ofEach(pools: Pools, count: (pool: Pool) => number): Sample[] {
  return [...pools].map(([name, versions]) => {
    let value = 0;
    for (const pool of versions.values()) value += count(pool);
    return { labels: { function: name }, value };
  });
}

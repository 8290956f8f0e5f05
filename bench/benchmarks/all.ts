/** Every benchmark, in the order in which they run. */

import type { Benchmark } from "./benchmark.ts";
import { connects } from "./connects.ts";
import { durable } from "./durable.ts";
import { fanOut } from "./fan-out.ts";
import { functions } from "./functions.ts";
import { identity } from "./identity.ts";
import { idle } from "./idle.ts";
import { latency } from "./latency.ts";
import { matching } from "./matching.ts";
import { rule } from "./rule.ts";
import { tables } from "./tables.ts";

export const benchmarks: readonly Benchmark[] = [
  fanOut,
  rule,
  latency,
  durable,
  idle,
  connects,
  matching,
  tables,
  functions,
  identity,
];

/**
 * Inspectors: a port for each function of the template that runs on Node, for a debugger.
 *
 * The ports follow the order of the functions, so that they are the same after each reload and each
 * start. A function that is inspected has one process at a time, which has the port, and has it
 * from the start on. Whoever stops at a breakpoint has all the time there is: while a debugger is
 * connected no time limit ends the process.
 */

import { readFileSync } from "node:fs";
import type { Clock, Timer } from "../../base/mod.ts";
import type { FunctionBuild, FunctionDefinition } from "../definition.ts";
import { kindOf, type NodeCommand } from "../runtimes/runtime.ts";

export interface Inspector {
  readonly functionName: string;
  readonly port: number;
}

export const inspectorHost = "127.0.0.1";

/** One for each function that can have one, from `portMin` on. */
export function inspectorsOf(
  definitions: readonly FunctionDefinition[],
  portMin: number | undefined,
  node: NodeCommand,
): Inspector[] {
  if (portMin === undefined || node.kind !== "node") return [];
  return definitions
    .filter(({ runtime }) => kindOf(runtime) === "node")
    .map(({ name }, index) => ({ functionName: name, port: portMin + index }));
}

/** Behind the program's name, before everything else. */
export function inspected(command: readonly string[], port: number | undefined): readonly string[] {
  const [program = "", ...rest] = command;
  return port === undefined ? command : [program, `--inspect=${inspectorHost}:${port}`, ...rest];
}

/** A bundle that leads a debugger to the sources, with the names that they have. */
export function inspectedBuild(build: FunctionBuild): FunctionBuild {
  return { ...build, sourcemap: true, minify: false };
}

export interface PatientTimerOptions {
  readonly clock: Clock;
  readonly ms: number;
  /** Of the process's inspector; absent: it has none. */
  readonly port: number | undefined;
  readonly isDebugged?: (port: number) => boolean;
}

/** A timer that begins anew for as long as a debugger is connected when it ends. */
export function patientTimer(options: PatientTimerOptions, onEnd: () => void): Timer {
  const { clock, ms, port, isDebugged } = options;
  let timer = clock.after(ms, check);
  function check(): void {
    if (!isPatient(port, isDebugged)) onEnd();
    else timer = clock.after(ms, check);
  }
  return { cancel: () => timer.cancel() };
}

/** Whether a limit that ends now begins anew. */
export function isPatient(port: number | undefined, isDebugged = hasDebugger): boolean {
  return port !== undefined && isDebugged(port);
}

const established = "01";

/** Whether something is connected to the port; where the system does not say, it may be. */
export function hasDebugger(port: number): boolean {
  let table: string;
  try {
    table = readFileSync("/proc/net/tcp", "utf8");
  } catch {
    return true; // another system than Linux
  }
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").some((line) => {
    const [, address = "", , state] = line.trim().split(/\s+/);
    return state === established && address.endsWith(local);
  });
}

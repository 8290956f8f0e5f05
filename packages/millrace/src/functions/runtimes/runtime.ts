/**
 * Runtimes: what starts a handler, by the name that AWS gives the runtime.
 *
 * `nodejs*` and `python3.*` run on what this machine has, which may be another version than the
 * name says; where it is, that is told. `provided*` starts the code's own `bootstrap`. What is
 * neither is refused by name.
 */

import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionDefinition } from "../definition.ts";
import type { BuildProblem } from "../problems.ts";

export interface NodeCommand {
  readonly kind: "node" | "bun";
  readonly file: string;
}

/** The programs of this machine that run handlers. */
export interface Machine {
  readonly node: NodeCommand;
  /** `undefined`: this machine has no Python 3. Looked for when the first function needs it. */
  readonly findPython: () => PythonCommand | undefined;
}

export interface PythonCommand {
  readonly file: string;
  /** E.g. `3.11`. */
  readonly version: string;
}

export interface Runtime {
  readonly command: readonly string[];
  /**
   * Whether the process writes a mark behind the last line of a call: our bootstraps do. Others'
   * lines are waited for a moment.
   */
  readonly marksLog: boolean;
  /** Whether the process hears of its calls over its channel: our bootstraps do. */
  readonly hasChannel: boolean;
}

/** As AWS spells it. */
export const machineArchitecture = process.arch === "arm64" ? "arm64" : "x86_64";

type Kind = "node" | "python" | "provided";

export const bootstrapFolder = fileURLToPath(new URL("../bootstrap", import.meta.url));

/** `undefined`: no runtime that can run here. */
export function kindOf(runtime: string): Kind | undefined {
  if (/^nodejs(\d+\.(x|\d+)(-edge)?)?$/.test(runtime)) return "node";
  if (/^python3\.\d{1,2}$/.test(runtime)) return "python";
  return /^provided(\.al2|\.al2023)?$/.test(runtime) ? "provided" : undefined;
}

/**
 * What starts the function's processes, or why nothing does. `codeFolders` are searched in their
 * order: the function's own, then its layers.
 */
export function chooseRuntime(
  definition: FunctionDefinition,
  codeFolders: readonly string[],
  machine: Machine,
): Runtime | BuildProblem {
  const { runtime } = definition;
  switch (kindOf(runtime)) {
    case "node":
      return { command: nodeCommand(definition, machine.node), marksLog: true, hasChannel: true };
    case "python":
      return pythonRuntime(runtime, machine.findPython());
    case "provided":
      return findBootstrap(definition, codeFolders);
    default:
      return { message: describeUnknown(runtime) };
  }
}

export function describeUnknown(runtime: string): string {
  return `runtime "${runtime}" is not implemented; nodejs*, python3.* and provided* are`;
}

/** The Python on the path, without the shims that version managers put before it. */
export function findPython(): PythonCommand | undefined {
  const file = Bun.which("python3");
  if (!file) return undefined;
  const script = "import sys; print(sys.executable, '%d.%d' % sys.version_info[:2], sep='\\n')";
  const { stdout, success } = Bun.spawnSync([file, "-c", script]);
  const [executable, version] = stdout.toString().trim().split("\n");
  return success && executable && version ? { file: executable, version } : undefined;
}

export function findNode(): NodeCommand {
  const node = Bun.which("node");
  return node ? { kind: "node", file: node } : { kind: "bun", file: process.execPath };
}

function nodeCommand(definition: FunctionDefinition, node: NodeCommand): string[] {
  const bootstrap = join(bootstrapFolder, "node.mjs");
  if (node.kind === "bun") return [node.file, bootstrap];
  const flags = [`--max-old-space-size=${definition.memoryMegabytes}`];
  if (definition.build?.sourcemap) flags.push("--enable-source-maps"); // as SAM does
  return [node.file, ...flags, bootstrap];
}

function pythonRuntime(runtime: string, python: PythonCommand | undefined) {
  if (!python) {
    return { message: `runtime "${runtime}" needs Python 3, which this machine has not` };
  }
  // By the variable alone Python would compile its own library anew, for each start of the server.
  const flags = ["-X", "pycache_prefix="];
  return {
    command: [python.file, ...flags, join(bootstrapFolder, "python.py")],
    marksLog: true,
    hasChannel: true,
  };
}

function findBootstrap(
  { runtime, architecture = machineArchitecture }: FunctionDefinition,
  codeFolders: readonly string[],
): Runtime | BuildProblem {
  if (architecture !== machineArchitecture) {
    return {
      message: `runtime "${runtime}": this machine is ${machineArchitecture}, not ${architecture}`,
    };
  }
  const file = codeFolders.map((folder) => join(folder, "bootstrap")).find(existsSync);
  if (!file) {
    return { message: `runtime "${runtime}": its code does not hold a file "bootstrap"` };
  }
  try {
    accessSync(file, constants.X_OK);
  } catch {
    return { message: `runtime "${runtime}": its "bootstrap" is not executable`, file };
  }
  return { command: [file], marksLog: false, hasChannel: false };
}

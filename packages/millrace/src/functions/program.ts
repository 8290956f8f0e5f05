/**
 * From a definition to a program that can run: checks, bundle, packages, command and variables.
 *
 * The folder of a function: `code/` (the bundle) and `node_modules/` with links to the packages
 * that the runtime provides; both CommonJS and ES modules in `code/` find them by walking up. A
 * function without a build runs in its own folder and finds them through NODE_PATH, which only
 * CommonJS reads.
 *
 * Refused: runtimes that cannot run here, TypeScript without a build, reserved variables.
 */

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Random } from "../base/mod.ts";
import { bundleFunction } from "./bundle.ts";
import type { FunctionDefinition } from "./definition.ts";
import { inspected, inspectedBuild } from "./inspect/inspector.ts";
import type { LayerVersion } from "./layers/layer.ts";
import { codeBytesMax, environmentBytesMax } from "./limits.ts";
import { type LoggingSettings, loggingDefault } from "./logging/settings.ts";
import type { BuildProblem, StartProblem } from "./problems.ts";
import { providedModules, providedScopes } from "./provided.ts";
import { forgetYoungBytecode } from "./runtimes/bytecode.ts";
import {
  bootstrapFolder,
  chooseRuntime,
  describeUnknown,
  kindOf,
  type Machine,
  type Runtime,
} from "./runtimes/runtime.ts";
import { findWrapper } from "./runtimes/wrapper.ts";
import { TraceSampler } from "./tracing/trace-ids.ts";
import {
  createVariables,
  credentialVariables,
  type FunctionCredentials,
  isReservedVariable,
  modulesFolderOf,
  newLogStreamName,
  pythonCacheFolderOf,
} from "./variables.ts";

/** A function that is ready to run. */
export interface Program {
  readonly functionName: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly command: readonly string[];
  /** Whether the process marks the end of each call's log. */
  readonly marksLog: boolean;
  /** Whether it hears of its calls over a channel of its own, and not over the Runtime API. */
  readonly hasChannel: boolean;
  readonly folder: string;
  readonly layerFolders?: readonly string[];
  /** For a debugger; it then has one process at a time. */
  readonly inspectorPort?: number | undefined;
  /** The variables of a new environment, all but the address of its Runtime API. */
  readonly createVariables: (own: OwnVariables) => Record<string, string>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly logging: LoggingSettings;
  readonly runtime: string;
  /** Present where tracing is active. */
  readonly sampler?: TraceSampler | undefined;
}

/** What differs from one environment of a function to the next. */
export interface OwnVariables {
  /** For files, of this environment alone; removed when it ends. */
  readonly temporaryFolder: string;
  /** Started before a call needed it, because the function asks for some to be kept. */
  readonly provisioned: boolean;
}

export interface ProgramHost {
  readonly workFolder: string;
  readonly region: string;
  readonly accountId: string;
  readonly endpointUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly machine: Machine;
  readonly path: string;
  readonly findLayer: (arn: string) => LayerVersion | undefined;
}

export interface PrepareOptions {
  /** Asked for each process. */
  readonly credentials: () => FunctionCredentials;
  readonly host: ProgramHost;
  /** Whether the file of the handler must be there; else its absence shows when it is called. */
  readonly checked: boolean;
  /** For a debugger. */
  readonly inspectorPort?: number | undefined;
}

/** A program, or what is wrong with the definition or its sources; rejects when the disk fails. */
export async function prepareProgram(
  definition: FunctionDefinition,
  { credentials, host, checked, inspectorPort }: PrepareOptions,
): Promise<Program | StartProblem[]> {
  const problems = checkDefinition(definition);
  if (problems.length > 0) return problems;
  const folder = join(host.workFolder, definition.name);
  await linkProvidedPackages(modulesFolderOf(folder));
  await forgetYoungBytecode(pythonCacheFolderOf(folder), host.clock.now());
  let taskRoot = definition.codeFolder;
  if (definition.inlineCode !== undefined) {
    taskRoot = join(folder, "inline");
    await writeInlineCode(taskRoot, definition.inlineCode, kindOf(definition.runtime));
  }
  if (definition.build) {
    taskRoot = join(folder, "code");
    const { build: given, codeFolder } = definition;
    const build = inspectorPort === undefined ? given : inspectedBuild(given);
    const found = await bundleFunction({ build, sourceFolder: codeFolder, outFolder: taskRoot });
    if (found.length > 0) return withName(definition, found);
  }
  const layers = findLayers(definition, host);
  if ("message" in layers) return withName(definition, [layers]);
  const missing = checked && checkHandlerFile(definition, taskRoot);
  if (missing) return withName(definition, [missing]);
  const { folders } = layers;
  const runtime = chooseRuntime(definition, [taskRoot, ...folders.toReversed()], host.machine);
  if ("message" in runtime) return withName(definition, [runtime]);
  const wrapper = findWrapper(definition, taskRoot, folders);
  if ("message" in wrapper) return withName(definition, [wrapper]);
  const found = { definition, taskRoot, folder, credentials, host, runtime, folders, wrapper };
  return describeProgram({ ...found, inspectorPort });
}

/** As CloudFormation packs it; no package.json further up says what the file is. */
async function writeInlineCode(
  folder: string,
  text: string,
  kind: ReturnType<typeof kindOf>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (kind === "python") return writeFile(join(folder, "index.py"), text);
  await writeFile(join(folder, "package.json"), '{"type":"commonjs"}\n');
  await writeFile(join(folder, "index.js"), text);
}

interface ProgramParts {
  readonly definition: FunctionDefinition;
  readonly taskRoot: string;
  readonly folder: string;
  readonly credentials: () => FunctionCredentials;
  readonly host: ProgramHost;
  readonly runtime: Runtime;
  /** Of the layers. */
  readonly folders: readonly string[];
  readonly wrapper: readonly string[];
  readonly inspectorPort: number | undefined;
}

function describeProgram(parts: ProgramParts): Program {
  const { definition, taskRoot, host } = parts;
  const { endpointUrl, region, path, random, clock } = host;
  const fixed = createVariables({
    definition,
    taskRoot,
    bootstrapFolder,
    modulesFolder: modulesFolderOf(parts.folder),
    pythonCacheFolder: pythonCacheFolderOf(parts.folder),
    endpointUrl,
    region,
    path,
    layerFolders: parts.folders,
  });
  return {
    functionName: definition.name,
    version: definition.version ?? "$LATEST",
    ...parts.runtime,
    command: [...parts.wrapper, ...inspected(parts.runtime.command, parts.inspectorPort)],
    inspectorPort: parts.inspectorPort,
    folder: taskRoot,
    layerFolders: parts.folders,
    createVariables: ({ temporaryFolder, provisioned }) => ({
      HOME: temporaryFolder,
      ...fixed,
      ...credentialVariables(parts.credentials()),
      TMPDIR: temporaryFolder,
      AWS_LAMBDA_INITIALIZATION_TYPE: provisioned ? "provisioned-concurrency" : "on-demand",
      AWS_LAMBDA_LOG_STREAM_NAME: newLogStreamName(random, clock.now(), definition),
    }),
    timeoutSeconds: definition.timeoutSeconds,
    memoryMegabytes: definition.memoryMegabytes,
    logging: definition.logging ?? loggingDefault,
    runtime: definition.runtime,
    sampler: definition.tracing === "Active" ? new TraceSampler() : undefined,
  };
}

/** The folders of the layers, or what is wrong with them. */
function findLayers(
  { layers = [] }: FunctionDefinition,
  { findLayer }: ProgramHost,
): { readonly folders: readonly string[] } | BuildProblem {
  let bytes = 0;
  const folders: string[] = [];
  for (const arn of layers) {
    const layer = findLayer(arn);
    if (!layer) return { message: `Layer version ${arn} does not exist` };
    bytes += layer.codeBytes;
    folders.push(layer.folder);
  }
  if (bytes <= codeBytesMax) return { folders };
  return { message: `its layers take ${bytes} bytes unpacked, more than ${codeBytesMax}` };
}

function checkDefinition(definition: FunctionDefinition): StartProblem[] {
  const messages: string[] = [];
  if (!kindOf(definition.runtime)) messages.push(describeUnknown(definition.runtime));
  let bytes = 0;
  for (const [name, value] of Object.entries(definition.environment)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    if (isReservedVariable(name)) messages.push(`environment variable "${name}" is reserved`);
  }
  if (bytes > environmentBytesMax) {
    messages.push(`environment variables take ${bytes} bytes, more than ${environmentBytesMax}`);
  }
  const found = messages.map((message) => ({ message }));
  return withName(definition, found);
}

/** What is wrong with the file that the handler names, if anything. */
function checkHandlerFile(
  definition: FunctionDefinition,
  taskRoot: string,
): BuildProblem | undefined {
  const { handler } = definition;
  const kind = kindOf(definition.runtime);
  if (kind === "provided") return undefined; // its meaning is the bootstrap's
  if (kind === "python") return checkPythonFile(handler, taskRoot);
  const dot = handler.indexOf(".", handler.lastIndexOf("/") + 1);
  if (dot < 0) return { message: `handler "${handler}" is not of the form "file.export"` };
  if (handler.includes("..")) return { message: `handler "${handler}" must not hold ".."` };
  const base = join(taskRoot, handler.slice(0, dot));
  if ([".js", ".mjs", ".cjs", ""].some((ending) => existsSync(base + ending))) return undefined;
  const source = [".ts", ".tsx", ".mts", ".cts"].find((ending) => existsSync(base + ending));
  if (!source) {
    const from = definition.build ? "its entry points do not make" : "its code does not hold";
    return { message: `handler "${handler}": ${from} a file "${handler.slice(0, dot)}.js"` };
  }
  const file = base + source;
  return { message: `handler "${handler}" is TypeScript and needs BuildMethod: esbuild`, file };
}

function checkPythonFile(handler: string, taskRoot: string): BuildProblem | undefined {
  const dot = handler.lastIndexOf(".");
  if (dot <= 0) return { message: `handler "${handler}" is not of the form "file.function"` };
  const module = handler.slice(0, dot).replaceAll(".", "/");
  const found = [`${module}.py`, `${module}/__init__.py`].some((file) =>
    existsSync(join(taskRoot, file)),
  );
  if (found) return undefined;
  return { message: `handler "${handler}": its code does not hold a file "${module}.py"` };
}

function withName(
  definition: FunctionDefinition,
  problems: readonly Omit<StartProblem, "functionName">[],
): StartProblem[] {
  return problems.map((problem) => ({ functionName: definition.name, ...problem }));
}

/** Links the scopes from where the server itself finds them; others may do so at the same time. */
async function linkProvidedPackages(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const scope of providedScopes) {
    await linkFolder(join(folder, scope), join(providedModules(), scope));
  }
}

/** A link takes the place of the one before in one step. */
async function linkFolder(link: string, target: string): Promise<void> {
  const known = await readlink(link).catch(() => undefined); // none yet
  if (known === target) return;
  const aside = await mkdtemp(`${link}.`);
  try {
    await symlink(target, join(aside, "link"), "dir");
    await rename(join(aside, "link"), link);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

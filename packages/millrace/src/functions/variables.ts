/**
 * The environment variables and the credentials of a function.
 *
 * A process gets these and nothing else: no variable of the server reaches it but PATH. The
 * function's own variables may replace the unreserved ones, as on Lambda.
 */

import { delimiter, join } from "node:path";
import { newHexId, type Random, toBase64 } from "../base/mod.ts";
import type { FunctionDefinition } from "./definition.ts";
import { layerPaths } from "./layers/layer-paths.ts";
import { logGroupOf, loggingVariables } from "./logging/settings.ts";

export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface VariablesOptions {
  readonly definition: FunctionDefinition;
  readonly taskRoot: string;
  readonly bootstrapFolder: string;
  readonly modulesFolder: string;
  readonly pythonCacheFolder: string;
  readonly endpointUrl: string;
  readonly region: string;
  /** Of the server: programs that a handler runs are found as the server finds them. */
  readonly path: string;
  /** In the order of the function's list. */
  readonly layerFolders?: readonly string[];
}

const reserved = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_DEFAULT_REGION",
  "AWS_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "LAMBDA_TASK_ROOT",
  "LAMBDA_RUNTIME_DIR",
]);

/** Lambda sets it itself and refuses a function that wants to. */
export function isReservedVariable(name: string): boolean {
  return reserved.has(name);
}

/** In the form of temporary credentials; the secrets come from `random` alone. */
export function createCredentials(random: Random): FunctionCredentials {
  return {
    accessKeyId: `ASIA${base32(random.bytes(16))}`,
    secretAccessKey: toBase64(random.bytes(30)),
    sessionToken: toBase64(random.bytes(96)),
  };
}

/** As SDKs read them. */
export function credentialVariables(credentials: FunctionCredentials): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
}

/** All variables but those that differ from one environment to the next. */
export function createVariables(options: VariablesOptions): Record<string, string> {
  const { definition, region, layerFolders = [] } = options;
  const layers = layerPaths(layerFolders, definition.runtime);
  return {
    PATH: [...layers.path, options.path].join(delimiter),
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    NODE_PATH: [...layers.nodePath, options.modulesFolder].join(delimiter),
    // Beside the code: it is not to change by being run, as it cannot on Lambda.
    PYTHONPYCACHEPREFIX: options.pythonCacheFolder,
    ...folderList("LAMBDA_LAYERS", layerFolders.toReversed()),
    ...folderList("PYTHONPATH", layers.pythonPath),
    ...folderList("LD_LIBRARY_PATH", layers.libraryPath),
    AWS_ENDPOINT_URL: options.endpointUrl,
    // As Lambda sets them; of a daemon there is at most the one that somebody runs here.
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000",
    // The server provides the SDK and the machine provides Node, so the handler cannot heed it.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    ...definition.environment,
    _HANDLER: definition.handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_VERSION: definition.version ?? "$LATEST",
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(definition),
    ...loggingVariables(definition),
    LAMBDA_TASK_ROOT: options.taskRoot,
    LAMBDA_RUNTIME_DIR: options.bootstrapFolder,
  };
}

/** Absent without folders: an empty list would stand for the current folder. */
function folderList(name: string, folders: readonly string[]): Record<string, string> {
  return folders.length > 0 ? { [name]: folders.join(delimiter) } : {};
}

/** As Lambda names the log stream of an environment; functions that share a group say which. */
export function newLogStreamName(
  random: Random,
  nowMs: number,
  { name, version = "$LATEST", logging }: FunctionDefinition,
): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll("-", "/");
  const id = newHexId(random, 16);
  return logging?.group === undefined
    ? `${day}/[${version}]${id}`
    : `${day}/${name}[${version}][${id}]`;
}

/** Where the packages that the runtime provides are linked, beside the code. */
export function modulesFolderOf(functionFolder: string): string {
  return join(functionFolder, "node_modules");
}

/** Where Python keeps what it compiles; a start empties it. */
export function pythonCacheFolderOf(functionFolder: string): string {
  return join(functionFolder, "python-cache");
}

function base32(bytes: Uint8Array): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return Array.from(bytes, (byte) => alphabet[byte & 31]).join("");
}

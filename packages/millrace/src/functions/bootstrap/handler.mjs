/** Finds the handler, and calls it in the style it is written in. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { logLine } from "./console.mjs";

const hintOfSdk =
  "version 2 of the AWS SDK is not provided here: put it beside the handler (npm install aws-sdk)";

class RuntimeError extends Error {
  constructor(name, message, cause) {
    super(message);
    this.name = name;
    if (cause) this.stack = cause.stack;
  }
}

/**
 * The function that `file.export` names under `taskRoot`; throws a `Runtime.*` error if there is
 * none.
 */
export async function loadHandler(taskRoot, handler) {
  const slash = handler.lastIndexOf("/") + 1;
  const dot = handler.indexOf(".", slash);
  if (dot < 0) throw new RuntimeError("Runtime.MalformedHandlerName", "Bad handler");
  const file = findFile(join(taskRoot, handler.slice(0, dot)));
  const module = await importFile(file, handler.slice(0, dot));
  let found = module;
  for (const name of handler.slice(dot + 1).split(".")) found = found?.[name];
  if (found === undefined) {
    throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (typeof found !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is not a function`);
  }
  return found;
}

function findFile(base) {
  return [".js", ".mjs", ".cjs", ""].map((ending) => base + ending).find(existsSync);
}

async function importFile(file, name) {
  if (!file)
    throw new RuntimeError("Runtime.ImportModuleError", `Error: Cannot find module '${name}'`);
  try {
    if (file.endsWith(".mjs")) return await import(pathToFileURL(file).href);
    return createRequire(import.meta.url)(file);
  } catch (error) {
    if (error?.code === "ERR_REQUIRE_ESM") return await import(pathToFileURL(file).href);
    if (error instanceof SyntaxError) {
      throw new RuntimeError("Runtime.UserCodeSyntaxError", String(error), error);
    }
    if (error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND") {
      if (/'aws-sdk(\/|')/.test(error.message)) logLine("WARN", hintOfSdk);
      throw new RuntimeError("Runtime.ImportModuleError", String(error), error);
    }
    throw error;
  }
}

/** Of the call in hand. One listener for all: to add and remove one costs a tenth of a call. */
let onDrained = () => {};
process.on("beforeExit", () => onDrained());

/**
 * Calls `onResult` with what the handler says, or `onError` with what it throws, once. An error
 * given to the callback ends the call at once; a result waits until the event loop is empty, unless
 * the handler has set `context.callbackWaitsForEmptyEventLoop` to false. A handler that says
 * nothing is over, with `undefined`, when its event loop is empty. `context.succeed`, `fail` and
 * `done`, of the first runtimes, end the call at once.
 */
export function callHandler(handler, { event, context, onResult, onError }) {
  let isOver = false;
  let result;
  const resolve = (value) => {
    if (isOver) return;
    isOver = true;
    if (typeof value?.then === "function") Promise.resolve(value).then(onResult, onError);
    else onResult(value);
  };
  const reject = (error) => {
    if (isOver) return;
    isOver = true;
    onError(error);
  };
  const callback = (error, value) => {
    if (error !== undefined && error !== null) return reject(error);
    result = value;
    if (!context.callbackWaitsForEmptyEventLoop) resolve(value);
  };
  context.succeed = resolve;
  context.fail = (error) => reject(error ?? "handled");
  context.done = (error, value) => ((error ?? null) === null ? resolve(value) : reject(error));
  onDrained = () => resolve(result);
  try {
    const returned = handler(event, context, callback);
    if (typeof returned?.then !== "function") return;
    returned.then(resolve, reject);
  } catch (error) {
    reject(error);
  }
}

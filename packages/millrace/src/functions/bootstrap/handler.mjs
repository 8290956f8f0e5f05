/** Finds the handler, and calls it in the style it is written in. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isStreamed } from "./streaming.mjs";

/**
 * From Node.js 24 on Lambda knows no callbacks, and takes what a handler returns, be it a promise
 * or not. [Lambda: Define Lambda function handler in Node.js]
 */
const hasCallbacks = !(Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? "")?.[1]) >= 24);
const noCallbacks =
  "ERROR: AWS Lambda has removed support for callback-based function handlers starting with " +
  "Node.js 24. You need to modify this function to use a supported handler signature to use " +
  "Node.js 24 or later. For more information see " +
  "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.";
const exitCodeOfUnsettledWait = 13;
const neverSettled =
  "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly " +
  "caused by a Promise that was never settled. For more information, see " +
  "https://nodejs.org/docs/latest/api/process.html#exit-codes";

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
  if (handler.includes("..")) {
    const words = "Use absolute paths when specifying root directories in handler names.";
    const message = `'${handler}' is not a valid handler name. ${words}`;
    throw new RuntimeError("Runtime.MalformedHandlerName", message);
  }
  const slash = handler.lastIndexOf("/") + 1;
  const dot = handler.indexOf(".", slash);
  if (dot < 0) throw new RuntimeError("Runtime.MalformedHandlerName", "Bad handler");
  const file = findFile(join(taskRoot, handler.slice(0, dot)));
  const module = await importFile(file, handler.slice(0, dot));
  onDrained = () => {};
  let found = module;
  for (const name of handler.slice(dot + 1).split(".")) found = found?.[name];
  if (found === undefined) {
    throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (typeof found !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is not a function`);
  }
  if (!hasCallbacks && found.length >= 3 && !isStreamed(found)) {
    throw new RuntimeError("Runtime.CallbackHandlerDeprecated", noCallbacks);
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
      throw new RuntimeError("Runtime.ImportModuleError", String(error), error);
    }
    throw error;
  }
}

/**
 * Of the call in hand; before the first one a module waits for nothing, and the process ends as
 * Node does. One listener for all: to add and remove one costs a tenth of a call.
 */
let onDrained = () => process.exit(exitCodeOfUnsettledWait);
process.on("beforeExit", () => onDrained());

/**
 * Calls `onResult` with what the handler says, or `onError` with what it throws, once. An error
 * given to the callback ends the call at once; a result waits until the event loop is empty, unless
 * the handler has set `context.callbackWaitsForEmptyEventLoop` to false. `context.succeed`, `fail`
 * and `done`, of the first runtimes, end the call at once. When the event loop is empty, a handler
 * that says nothing is over, with `undefined`; one that has promised an answer has failed.
 */
export function callHandler(handler, call) {
  if (!hasCallbacks) {
    callForReturned(handler, call);
    return;
  }
  const { event, context, onResult, onError } = call;
  let isOver = false;
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
    onDrained = () => resolve(value);
    if (!context.callbackWaitsForEmptyEventLoop) resolve(value);
  };
  context.succeed = resolve;
  context.fail = (error) => reject(error ?? "handled");
  context.done = (error, value) => ((error ?? null) === null ? resolve(value) : reject(error));
  const isAsync = handler.constructor?.name === "AsyncFunction"; // what Lambda goes by
  onDrained = () => (isAsync ? reject(neverSettledError()) : resolve());
  try {
    const returned = handler(event, context, callback);
    if (typeof returned?.then !== "function") return;
    returned.then(resolve, reject);
  } catch (error) {
    reject(error);
  }
}

function callForReturned(handler, { event, context, onResult, onError }) {
  let isOver = false;
  const end = (settle) => (value) => {
    if (!isOver) settle(value);
    isOver = true;
  };
  onDrained = () => end(onError)(neverSettledError());
  try {
    const returned = handler(event, context);
    if (typeof returned?.then === "function") returned.then(end(onResult), end(onError));
    else end(onResult)(returned);
  } catch (error) {
    end(onError)(error);
  }
}

function neverSettledError() {
  return new RuntimeError("Runtime.NodeJsExit", neverSettled);
}

/** What an answer that is no JSON fails with; `reason` is in the log alone. */
export function unwritableError(reason) {
  const name = hasCallbacks ? "Error" : "Runtime.JSONStringifyError";
  const error = new RuntimeError(name, "Unable to stringify response body");
  return reason === undefined ? error : Object.assign(error, { reason });
}

/**
 * The bootstrap of Node handlers: loads the handler, then asks for work until the server goes away.
 *
 * Runs as it is on Node and on Bun. An error that nobody caught is reported as the result of the
 * call in hand, and ends the process, as on Lambda. Where the call has its result already, that is
 * sent first.
 */

import module from "node:module";
import { Channel } from "./channel.mjs";
import { hasLogged, logMark, memoryInUse, patchConsole, setLogRequestId } from "./console.mjs";
import { describeError, logError, UnhandledPromiseRejection } from "./errors.mjs";
import { callHandler, loadHandler } from "./handler.mjs";
import { redirectSignedRequests } from "./redirect.mjs";
import { awslambda, isStreamed, serveStream } from "./streaming.mjs";
import { openTraceVariable } from "./trace-variable.mjs";

const setTraceId = openTraceVariable();
const variables = process.env;
const channel = new Channel();
/** In every call's context. Each look at a variable is a call to the system's library. */
const ofEnvironment = {
  functionVersion: variables.AWS_LAMBDA_FUNCTION_VERSION,
  functionName: variables.AWS_LAMBDA_FUNCTION_NAME,
  memoryLimitInMB: variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: variables.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: variables.AWS_LAMBDA_LOG_STREAM_NAME,
};
/** Bun does not say what waits for the turn of its loop. */
const canHold = process.versions.bun === undefined;
/** A longer answer is sent at once. */
const heldLengthMax = 65_536;
let heldAnswer;
/** Tells whoever waits for this process, or has been told; absent while nobody does. */
let report = (json) => channel.failInit(json);

patchConsole();
// It costs a thread, and only what layers hold needs it. Bun searches there by itself.
if (variables.LAMBDA_LAYERS) {
  module.register?.(new URL("layer-imports.mjs", import.meta.url));
}
redirectSignedRequests(variables);
globalThis.awslambda = awslambda;
process.on("uncaughtException", (error) => giveUp("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason) => {
  giveUp("Unhandled Promise Rejection", new UnhandledPromiseRejection(reason), 128);
});
// A handler may end its process right behind its answer.
process.on("exit", () => {
  if (heldAnswer !== undefined) channel.respondAtExit(takeHeld());
});

serve();

/** Not a wait at the top level: one that is pending would keep an event loop from being empty. */
async function serve() {
  let handler;
  try {
    handler = await loadHandler(variables.LAMBDA_TASK_ROOT, variables._HANDLER);
  } catch (error) {
    await giveUp("Uncaught Exception", error, 1);
  }
  report = undefined;
  for (let call = await channel.next(false, memoryInUse()); ; ) {
    await serveCall(handler, call);
    // What the handler has left to be done at once is part of its call.
    await new Promise(setImmediate);
    const next = askForNext(call);
    report = undefined;
    call = await next;
  }
}

function askForNext({ requestId }) {
  const json = takeHeld();
  if (json !== undefined && !hasLogged()) return channel.respondAndNext(json, memoryInUse());
  if (json !== undefined) channel.respond(json);
  return channel.next(logMark(requestId), memoryInUse());
}

function takeHeld() {
  const json = heldAnswer;
  heldAnswer = undefined;
  return json;
}

/**
 * Holds a short answer back for the turn of the loop that comes before the next call anyway, to go
 * out together with the asking for that. Not where something may be done in that turn, which could
 * take its time, nor where a mark would come before the answer. What the handler has left to
 * `process.nextTick` or to promises comes before the answer.
 */
async function hold(json) {
  if (hasLogged() || isAtWork()) return settle(channel.respond(json));
  heldAnswer = json;
  report = () => settle(channel.respond(takeHeld()));
  await new Promise(process.nextTick); // what the handler has left behind its promise comes first
  if (heldAnswer !== undefined && (hasLogged() || isAtWork())) await report();
}

/** Whether there are timers, requests or connections; of pipes this process has some by itself. */
function isAtWork() {
  return process.getActiveResourcesInfo().some((kind) => kind !== "PipeWrap");
}

async function serveCall(handler, call) {
  const { requestId } = call;
  report = (json) => {
    logMark(requestId);
    return channel.fail(json);
  };
  setLogRequestId(requestId);
  setTraceId(call.traceId);
  let json;
  let failed = false;
  try {
    const event = JSON.parse(call.event);
    const context = createContext(call);
    if (isStreamed(handler)) {
      return await serveStream(handler, { channel, event, context, settle });
    }
    json = toJson(await callHandler(handler, event, context));
  } catch (error) {
    failed = true;
    logError("Invoke Error", error);
    json = JSON.stringify(describeError(error));
  }
  if (failed) await settle(channel.fail(json));
  else if (canHold && json.length <= heldLengthMax) await hold(json);
  else await settle(channel.respond(json));
}

/** The call has its result, which is being sent; resolves when it is. */
function settle(sent) {
  report = () => sent;
  return sent;
}

function createContext({ requestId, deadlineMs, functionArn, clientContext }) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    ...ofEnvironment,
    clientContext: clientContext ? JSON.parse(clientContext) : undefined,
    identity: undefined,
    invokedFunctionArn: functionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

function toJson(result) {
  const json = JSON.stringify(result === undefined ? null : result);
  if (json === undefined) throw new Error("Unable to stringify response body");
  return json;
}

/** Reports to whoever waits, then ends this process; never comes back. */
async function giveUp(what, error, exitCode) {
  logError(what, error);
  if (report) await settle(report(JSON.stringify(describeError(error))));
  process.exit(exitCode);
}

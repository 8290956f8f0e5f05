/**
 * The bootstrap of Node handlers: loads the handler, then asks for work until the server goes away.
 *
 * Runs as it is on Node and on Bun. An error that nobody caught is reported as the result of the
 * call in hand, and ends the process, as on Lambda. Where the call has its result already, that is
 * sent first.
 */

import { AsyncResource } from "node:async_hooks";
import module from "node:module";
import { Channel } from "./channel.mjs";
import { hasLogged, logMark, memoryInUse, patchConsole, setLogRequestId } from "./console.mjs";
import { describeError, logError, UnhandledPromiseRejection } from "./errors.mjs";
import { callHandler, loadHandler, unwritableError } from "./handler.mjs";
import { redirectSignedRequests } from "./redirect.mjs";
import { awslambda, isStreamed, serveStream } from "./streaming.mjs";
import { openTraceVariable } from "./trace-variable.mjs";

const pipe = "PipeWrap";
/** Standard output and error; the channel is none while a call runs. Bun does not count. */
const ownPipes = process.getActiveResourcesInfo?.().filter((kind) => kind === pipe).length;
const setTraceId = openTraceVariable();
const variables = process.env;
/** What a handler has entered, of `AsyncLocalStorage`, does not reach the next call. */
const outside = new AsyncResource("Calls");
// Behind a promise: what a handler leaves to `process.nextTick` comes after its own promises.
const begin = (call) => Promise.resolve(call).then(serveCall);
const channel = new Channel((call) => outside.runInAsyncScope(begin, undefined, call));
/** In every call's context. Each look at a variable is a call to the system's library. */
const {
  AWS_LAMBDA_FUNCTION_VERSION: functionVersion,
  AWS_LAMBDA_FUNCTION_NAME: functionName,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryLimitInMB,
  AWS_LAMBDA_LOG_GROUP_NAME: logGroupName,
  AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
} = variables;
/** Bun does not say what waits for the turn of its loop. */
const canHold = process.versions.bun === undefined;
/**
 * Node has no public way to go through microtasks and the like from within a callback. Where it
 * warns of this one, as some flags make it, another function is in its place.
 */
const canBeStill = canHold && process._tickCallback?.name === "runNextTicks";
/** A longer answer is sent at once. */
const heldLengthMax = 65_536;
let heldAnswer;
/** Calls are served one after the other while the loop stands still. */
let isLoopStill = false;
/** So long it stands still at most, while there are calls. */
const stillMsMax = 5;
/** This process ends, and gets no further call. */
let isGivingUp = false;
let handler;
/** Of the call in hand. */
let requestId;
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

start();

/** Not a wait at the top level: one that is pending would keep an event loop from being empty. */
async function start() {
  channel.unref(); // a module that waits for nothing is not to be waited for
  try {
    handler = await loadHandler(variables.LAMBDA_TASK_ROOT, variables._HANDLER);
  } catch (error) {
    await giveUp("Uncaught Exception", error, 1);
  }
  report = undefined;
  channel.askForCall(false, memoryInUse());
}

/**
 * A call goes from here to `answer` or `fail`, and by `endCall` to `askForNext`. They call each
 * other, and wait for no promise but the handler's: each wait costs a microsecond or two.
 */
function serveCall(call) {
  requestId = call.requestId;
  report = reportFailure;
  setLogRequestId(requestId);
  setTraceId(call.traceId);
  let event;
  let context;
  try {
    event = JSON.parse(call.event);
    context = createContext(call);
  } catch (error) {
    fail(error);
    return;
  }
  if (isStreamed(handler)) {
    serveStream(handler, { channel, event, context, settle }).then(endCall, fail);
    return;
  }
  callHandler(handler, { event, context, onResult: answer, onError: fail });
}

function reportFailure(json) {
  logMark(requestId);
  return channel.fail(json);
}

function answer(result) {
  let json;
  try {
    json = toJson(result);
  } catch (error) {
    fail(error);
    return;
  }
  if (canHold && json.length <= heldLengthMax) hold(json);
  else settle(channel.respond(json)).then(endCall);
}

function fail(error) {
  logError("Invoke Error", error);
  settle(channel.fail(JSON.stringify(describeError(error)))).then(endCall);
}

/**
 * Holds a short answer back for the turn of the loop that comes before the next call anyway, to go
 * out together with the asking for that. Not where something may be done in that turn, which could
 * take its time, nor where a mark would come before the answer. What the handler has left to
 * `process.nextTick` or to promises comes before the answer.
 */
function hold(json) {
  heldAnswer = json;
  report = reportHeld;
  if (!isLoopStill) process.nextTick(look);
}

function reportHeld() {
  return settle(channel.respond(takeHeld()));
}

function look() {
  if (heldAnswer !== undefined && (hasLogged() || isAtWork())) report().then(endCall);
  else endTurn();
}

/** Whether there are timers, requests or connections. */
function isAtWork() {
  const kinds = process.getActiveResourcesInfo();
  return kinds.length > ownPipes || kinds.some((kind) => kind !== pipe);
}

/** What the handler has left to be done at once is part of its call, and comes before the end. */
function endCall() {
  process.nextTick(endTurn);
}

function endTurn() {
  setImmediate(askForNext);
}

function askForNext() {
  if (isGivingUp) return;
  channel.unref(); // it is none of the work that is looked for
  const isStill = canBeStill && !isAtWork();
  ask();
  if (isStill) serveStill();
}

function ask() {
  const json = takeHeld();
  if (json !== undefined && !hasLogged()) channel.respondAndAsk(json, memoryInUse());
  else {
    if (json !== undefined) channel.respond(json);
    channel.askForCall(logMark(requestId), memoryInUse());
  }
  report = undefined;
}

/**
 * While nothing else is at work the loop has nothing to do, and calls are waited for without it:
 * its turns take a tenth of the process's time. It turns after a while all the same, for what is
 * not seen there: what does not keep the process alive, and work in Node's own threads.
 */
function serveStill() {
  const endMs = performance.now() + stillMsMax;
  isLoopStill = true;
  try {
    channel.takeCalls(() => {
      process._tickCallback(); // the handler, its promises, and `process.nextTick`, as in the loop
      if (isGivingUp || heldAnswer === undefined || isAtWork()) return false;
      if (performance.now() > endMs) return false;
      ask();
      return true;
    });
  } finally {
    isLoopStill = false;
    if (heldAnswer !== undefined) process.nextTick(look);
  }
}

function takeHeld() {
  const json = heldAnswer;
  heldAnswer = undefined;
  return json;
}

/** The call has its result, which is being sent; resolves when it is. */
function settle(sent) {
  report = () => sent;
  return sent;
}

function createContext({ deadlineMs, functionArn, clientContext }) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion,
    functionName,
    memoryLimitInMB,
    logGroupName,
    logStreamName,
    clientContext: clientContext ? JSON.parse(clientContext) : undefined,
    identity: undefined,
    invokedFunctionArn: functionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

function toJson(result) {
  let json;
  try {
    json = JSON.stringify(result === undefined ? null : result);
  } catch (thrown) {
    throw unwritableError(thrown?.message);
  }
  if (json === undefined) throw unwritableError();
  return json;
}

/** Reports to whoever waits, then ends this process; never comes back. */
async function giveUp(what, error, exitCode) {
  isGivingUp = true;
  logError(what, error);
  if (report) await settle(report(JSON.stringify(describeError(error))));
  process.exit(exitCode);
}

/**
 * Console output as Lambda has it: as text (time, request id, level and text, separated by tabs),
 * or as an object of JSON, where the function asks for that.
 *
 * One call is one line: newlines inside become carriage returns, which the reader of the log turns
 * back. Everything goes to standard output, in the order it was written.
 *
 * On Node a write is over when the server has it, as on Lambda: nothing piles up in a handler that
 * writes without end, and nothing is lost when it ends its process.
 */

import { format } from "node:util";

// Node has no public way to say so; Bun has no such handle.
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

const writeMark = process.stdout.write.bind(process.stdout);
/** Whether something was written since the last mark, as far as it went through Node's streams. */
let hasWritten = false;
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = (...given) => {
    hasWritten = true;
    return write(...given);
  };
}
const write = process.stdout.write;

/** A look costs more than all else here; of what happens in so short a time it sees the end. */
const memoryLookMs = 20;
let memoryBytes = 0;
let lookAgainMs = 0;

const { AWS_LAMBDA_LOG_FORMAT: logFormat, AWS_LAMBDA_LOG_LEVEL: logLevel } = process.env;
export const isJson = logFormat === "JSON";

const levelOrder = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const isWanted = (level) => levelOrder.indexOf(level) >= levelOrder.indexOf(logLevel ?? "TRACE");

const levels = {
  trace: "TRACE",
  debug: "DEBUG",
  log: "INFO",
  info: "INFO",
  warn: "WARN",
  error: "ERROR",
};

let requestId = "undefined";

export function setLogRequestId(id) {
  requestId = id;
}

/** A line of the log from the runtime itself; in JSON its text is the message. */
export function logLine(level, text) {
  if (isJson) logJson(level, [text]);
  else logText(level, text);
}

/** In JSON alone: the message is an object. */
export function logObject(level, message) {
  logJson(level, [message]);
}

/** The memory in use, a moment ago at most. */
export function memoryInUse() {
  const nowMs = performance.now();
  if (nowMs < lookAgainMs) return memoryBytes;
  lookAgainMs = nowMs + memoryLookMs;
  memoryBytes = process.memoryUsage.rss();
  return memoryBytes;
}

/** Whether the call has written anything, as far as that is known here. */
export function hasLogged() {
  return hasWritten;
}

/** Puts a mark behind the last line of a call. False: there is no line, so there is no mark. */
export function logMark(id) {
  if (!hasWritten) return false;
  hasWritten = false;
  writeMark(`\0end ${id} ${memoryInUse()}\n`);
  return true;
}

export function patchConsole() {
  for (const [method, level] of Object.entries(levels)) {
    if (!isJson) console[method] = (...values) => logText(level, format(...values));
    else console[method] = (...values) => isWanted(level) && logJson(level, values);
  }
}

function logText(level, text) {
  const oneLine = text.replaceAll("\n", "\r");
  write(`${new Date().toISOString()}\t${requestId}\t${level}\t${oneLine}\n`);
}

/** One value stays what it is, several become a text, beside what is known of an error in it. */
function logJson(level, values) {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  const [only] = values;
  if (values.length === 1) line.message = only;
  else Object.assign(line, { message: format(...values) }, describe(values.find(isError)));
  let json;
  try {
    json = JSON.stringify(line, (_, value) => (isError(value) ? describe(value) : value));
  } catch {
    json = JSON.stringify({ ...line, message: format(only) }); // circular, or a BigInt
  }
  write(`${json}\n`);
}

function isError(value) {
  return value instanceof Error;
}

function describe(error) {
  if (!error) return {};
  const { name, message, stack, ...rest } = error;
  return {
    errorType: error.name,
    errorMessage: error.message,
    stackTrace: String(error.stack ?? "").split("\n"),
    ...rest,
  };
}

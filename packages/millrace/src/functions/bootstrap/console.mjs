/**
 * Console output in Lambda's text form: time, request id, level, text, separated by tabs.
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

const write = process.stdout.write.bind(process.stdout);

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

export function logLine(level, text) {
  const oneLine = text.replaceAll("\n", "\r");
  write(`${new Date().toISOString()}\t${requestId}\t${level}\t${oneLine}\n`);
}

/** The mark behind the last line of a call, with the memory in use. */
export function logMark(id) {
  write(`\0end ${id} ${process.memoryUsage.rss()}\n`);
}

export function patchConsole() {
  for (const [method, level] of Object.entries(levels)) {
    console[method] = (...values) => logLine(level, format(...values));
  }
}

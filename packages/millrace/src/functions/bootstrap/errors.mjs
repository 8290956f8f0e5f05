/** What a handler threw: as the caller reads it, and as a line of the log, in Lambda's forms. */

import { isJson, logLine, logObject } from "./console.mjs";

/** A promise that was rejected and that nobody waited for. */
export class UnhandledPromiseRejection extends Error {
  constructor(reason) {
    super(String(reason));
    this.name = "Runtime.UnhandledPromiseRejection";
    this.reason = reason instanceof Error ? describeForLog(reason) : reason;
    const frames = reason instanceof Error ? String(reason.stack).split("\n").slice(1) : [];
    this.stack = [`${this.name}: ${this.message}`, ...frames].join("\n");
  }
}

/** For the caller: type, message and trace. */
export function describeError(thrown) {
  if (!(thrown instanceof Error)) {
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  return {
    errorType: thrown.name || "Error",
    errorMessage: thrown.message,
    trace: traceOf(thrown),
  };
}

export function logError(what, thrown) {
  const described = describeForLog(thrown);
  if (!isJson) return logLine("ERROR", `${what} \t${JSON.stringify(described)}`);
  const { stack: stackTrace, ...rest } = described;
  logObject("ERROR", { ...rest, stackTrace });
}

/** With what the error carries of its own, such as a code, as far as that is JSON. */
function describeForLog(thrown) {
  const { trace, ...described } = describeError(thrown);
  if (!(thrown instanceof Error)) return { ...described, stack: trace };
  const { name, message, stack, ...own } = thrown;
  try {
    return JSON.parse(JSON.stringify({ ...described, ...own, stack: trace }));
  } catch {
    return { ...described, stack: trace }; // it leads back to itself, or is no JSON
  }
}

function traceOf({ stack }) {
  return String(stack ?? "").split("\n");
}

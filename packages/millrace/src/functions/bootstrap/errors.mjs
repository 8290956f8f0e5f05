/** What a handler threw: as the caller reads it, and as a line of the log, in Lambda's forms. */

import { types } from "node:util";
import { isJson, logLine, logObject } from "./console.mjs";

const unreadable =
  "callback called with Error argument, but there was a problem while retrieving one or more of " +
  "its message, name, and stack";

const missingSdk = /Cannot find (module|package) 'aws-sdk[/']/;
const hintOfSdk =
  "version 2 of the AWS SDK is not provided here: install it beside the handler " +
  "(npm install aws-sdk), and leave it out of External where the handler is bundled";

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

/** For the caller: type, message and trace, of whatever was thrown. */
export function describeError(thrown) {
  try {
    if (!isError(thrown)) {
      return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
    }
    return {
      errorType: escapeDelete(thrown.name),
      errorMessage: escapeDelete(thrown.message),
      trace: escapeDelete(thrown.stack)?.split("\n") ?? [],
    };
  } catch {
    return { errorType: "handled", errorMessage: unreadable, trace: [] }; // it is no text
  }
}

/** Also what another realm has made, and what has the members of an error. */
function isError(thrown) {
  if (thrown instanceof Error || types.isNativeError(thrown)) return true;
  const members = [thrown?.name, thrown?.message, thrown?.stack];
  return members.every((member) => typeof member === "string" && member !== "");
}

/** As Lambda does. */
function escapeDelete(text) {
  return text?.replaceAll("\x7f", "%7F");
}

export function logError(what, thrown) {
  if (missingSdk.test(thrown?.message)) logLine("WARN", hintOfSdk);
  const described = describeForLog(thrown);
  if (!isJson) return logLine("ERROR", `${what} \t${JSON.stringify(described)}`);
  const { stack: stackTrace, ...rest } = described;
  logObject("ERROR", { ...rest, stackTrace });
}

/** With what the error carries of its own, such as a code, as far as that is JSON. */
function describeForLog(thrown) {
  const { trace, ...described } = describeError(thrown);
  if (!(thrown instanceof Error)) return { ...described, stack: trace };
  try {
    const { name, message, stack, ...own } = thrown;
    return JSON.parse(JSON.stringify({ ...described, ...own, stack: trace }));
  } catch {
    return { ...described, stack: trace }; // it leads back to itself, or is no JSON
  }
}

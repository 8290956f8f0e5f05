/** Where the lines of functions go: one line of text each, or the server's own log. */

import type { Clock, Logger } from "../base/mod.ts";
import type { FunctionLine, LineLevel, LogName } from "./output.ts";

export interface LineSink {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Gets `time level function request-id text`; absent: lines become events of `logger`. */
  readonly writeLog?: (line: string) => void;
}

const loggerLevels = {
  PLATFORM: "debug",
  TRACE: "debug",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
  FATAL: "error",
} as const satisfies Record<LineLevel, string>;

/** A text of several lines becomes several lines of the log, or one event of the logger. */
export function writeFunctionLine(line: FunctionLine, sink: LineSink): void {
  const { functionName, requestId, level, text } = line;
  if (!sink.writeLog) {
    const fields = { function: functionName, request: requestId, text };
    sink.logger[loggerLevels[level]]("output", fields);
    return;
  }
  const time = new Date(sink.clock.now()).toISOString();
  for (const part of text.split("\n")) {
    sink.writeLog(`${time} ${level} ${functionName} ${requestId ?? "-"} ${visible(part)}`);
  }
}

/** A handler's text must not move the cursor of a terminal: controls become `\xNN`, tabs stay. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (control) => {
    return `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

export interface KeptLine extends LogName {
  readonly timestampMs: number;
  /** Ends in a newline. */
  readonly message: string;
  /** Absent for what is written outside of a call. */
  readonly requestId: string | undefined;
}

/** The line as Lambda would keep it. */
export function keptLineOf({ raw, log, requestId }: FunctionLine, timestampMs: number): KeptLine {
  const { group, stream } = log;
  return { group, stream, timestampMs, message: `${raw}\n`, requestId };
}

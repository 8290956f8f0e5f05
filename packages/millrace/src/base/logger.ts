/**
 * Log lines: `time level part what key=value ...`, one per event, on standard error.
 *
 * A value is quoted as JSON when it holds anything but plain characters, so that no text from
 * outside can forge a line or move the cursor of a terminal. A very long one is cut.
 */

import type { Clock } from "./clock.ts";
import { shortened } from "./shortened.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  debug(what: string, fields?: LogFields): void;
  info(what: string, fields?: LogFields): void;
  warn(what: string, fields?: LogFields): void;
  error(what: string, fields?: LogFields): void;
}

const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

export interface LoggerOptions {
  readonly part: string;
  readonly clock: Clock;
  readonly levelMin: LogLevel;
  readonly write: (line: string) => void;
}

export function createLogger(options: LoggerOptions): Logger {
  const threshold = levels.indexOf(options.levelMin);
  const at =
    (level: LogLevel) =>
    (what: string, fields: LogFields = {}) => {
      if (levels.indexOf(level) < threshold) return;
      const time = new Date(options.clock.now()).toISOString();
      options.write(`${time} ${level} ${options.part} ${what}${formatFields(fields)}\n`);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Drops every line: for tests that do not look at the log. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};

/** Enough for any sentence, statement or path; what is longer is somebody's payload. */
const fieldCharactersMax = 4_096;

const plain = /^[\w@%+,./:#$*-]+$/;

/** What JSON lets through: controls that terminals obey, line separators, bidi overrides. */
const unsafe = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

function formatFields(fields: LogFields): string {
  let text = "";
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    text += ` ${key}=${typeof value === "string" ? shown(value) : value}`;
  }
  return text;
}

function shown(value: string): string {
  const text = shortened(value, fieldCharactersMax);
  return plain.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

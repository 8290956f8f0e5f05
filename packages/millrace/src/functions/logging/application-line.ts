/**
 * A line that a handler wrote: its level, and what is shown of it on a terminal.
 *
 * Our bootstraps put level, time and request id before what is logged, or write an object of JSON.
 * What is neither has the level INFO, as on Lambda.
 */

import type { LineLevel } from "../output.ts";
import { type ApplicationLevel, applicationLevels, type LoggingSettings } from "./settings.ts";

export interface ApplicationLine {
  readonly level: Exclude<LineLevel, "PLATFORM">;
  /** As it is in the log. */
  readonly raw: string;
  /** Without what the bootstrap has put before it. */
  readonly text: string;
}

/** Node's console: time, request id, level, text. */
const nodeLine = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t\S+\t(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t(.*)$/s;
/** Python's logging: level, and mostly time, request id and text. */
const pythonLine = /^\[(DEBUG|INFO|WARNING|ERROR|CRITICAL)\][\t ](?:[^\t\n]*\t[^\t\n]*\t)?(.*)$/s;

const levelNames: Readonly<Record<string, ApplicationLevel>> = {
  ...Object.fromEntries(applicationLevels.map((level) => [level, level])),
  WARNING: "WARN",
  CRITICAL: "FATAL",
};

/** `undefined`: it is less than what the function wants in its log. */
export function readApplicationLine(
  line: string,
  { format, applicationLevel = "INFO" }: LoggingSettings,
): ApplicationLine | undefined {
  const raw = line.replace(/\r$/, "").replaceAll("\r", "\n");
  if (format === "JSON") {
    const read = readJson(raw);
    const isWanted =
      applicationLevels.indexOf(read.level) >= applicationLevels.indexOf(applicationLevel);
    return isWanted ? { raw, ...read } : undefined;
  }
  const found = nodeLine.exec(raw) ?? pythonLine.exec(raw);
  return found
    ? { raw, level: levelNames[found[1]!]!, text: found[2]! }
    : { raw, level: "INFO", text: raw };
}

function readJson(
  raw: string,
): Omit<ApplicationLine, "raw" | "level"> & { level: ApplicationLevel } {
  const plain = { level: "INFO", text: raw } as const;
  if (!raw.startsWith("{")) return plain;
  try {
    const { level, message } = JSON.parse(raw);
    const known = levelNames[String(level).toUpperCase()] ?? "INFO";
    return { level: known, text: typeof message === "string" ? message : raw };
  } catch {
    return plain; // JSON.parse has no other way to say no
  }
}

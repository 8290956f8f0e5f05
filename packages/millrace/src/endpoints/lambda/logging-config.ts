/** LoggingConfig: in which form a function's log is written, from which level on, and where to. */

import {
  applicationLevels,
  type FunctionDescription,
  type LoggingSettings,
  logGroupOf,
  systemLevels,
} from "../../functions/mod.ts";
import { invalidParameter } from "./answers.ts";
import { type Constraints, checkConstraints } from "./constraints.ts";
import { type Answer, type Body, no } from "./operation.ts";

const members = ["LogFormat", "ApplicationLogLevel", "SystemLogLevel", "LogGroup"];

const placeOf = (name: string) => `loggingConfig.${name.charAt(0).toLowerCase()}${name.slice(1)}`;

const constraints: Constraints = {
  [placeOf("LogFormat")]: { oneOf: ["JSON", "Text"] },
  [placeOf("ApplicationLogLevel")]: { oneOf: applicationLevels.toSorted() },
  [placeOf("SystemLogLevel")]: { oneOf: systemLevels.toSorted() },
  [placeOf("LogGroup")]: { pattern: "[\\.\\-_/#A-Za-z0-9]+", lengthMax: 512 },
};

/** `undefined` when the body says nothing of it. */
export function readLogging(
  given: unknown,
): { readonly logging: LoggingSettings | undefined } | Answer {
  if (given === undefined) return { logging: undefined };
  const config = given as Body;
  const unknown = Object.keys(config).find((name) => !members.includes(name));
  if (unknown) return no(invalidParameter(`"${unknown}" of LoggingConfig is not implemented`));
  const placed = Object.fromEntries(
    Object.entries(config).map(([name, value]) => [placeOf(name), value]),
  );
  const { LogFormat = "Text", ApplicationLogLevel, SystemLogLevel, LogGroup } = config;
  const format = (["Text", "JSON"] as const).find((one) => one === LogFormat);
  const applicationLevel = applicationLevels.find((one) => one === ApplicationLogLevel);
  const systemLevel = systemLevels.find((one) => one === SystemLogLevel);
  const problem = checkConstraints(placed, constraints);
  if (problem) return problem;
  if (format === "Text" && (applicationLevel || systemLevel)) {
    return no(invalidParameter("Log levels can be set when the log format is JSON alone"));
  }
  const group = LogGroup === undefined ? undefined : String(LogGroup);
  return { logging: { format: format ?? "Text", applicationLevel, systemLevel, group } };
}

/** As answers tell it. */
export function tellLogging({ name, definition: { logging } }: FunctionDescription) {
  const LogGroup = logGroupOf({ name, logging });
  if (logging?.format !== "JSON") return { LogFormat: "Text", LogGroup };
  return {
    LogFormat: "JSON",
    ApplicationLogLevel: logging.applicationLevel ?? "INFO",
    SystemLogLevel: logging.systemLevel ?? "INFO",
    LogGroup,
  };
}

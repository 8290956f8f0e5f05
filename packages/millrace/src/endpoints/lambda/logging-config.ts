/** LoggingConfig: in which form a function's log is written, from which level on, and where to. */

import {
  applicationLevels,
  type FunctionDescription,
  type LoggingSettings,
  logGroupOf,
  systemLevels,
} from "../../functions/mod.ts";
import { invalidParameter } from "./answers.ts";
import { type Answer, type Body, no, outOfRange } from "./operation.ts";

const members = ["LogFormat", "ApplicationLogLevel", "SystemLogLevel", "LogGroup"];

/** `undefined` when the body says nothing of it. */
export function readLogging(
  given: unknown,
): { readonly logging: LoggingSettings | undefined } | Answer {
  if (given === undefined) return { logging: undefined };
  const config = given as Body;
  const unknown = Object.keys(config).find((name) => !members.includes(name));
  if (unknown) return no(invalidParameter(`"${unknown}" of LoggingConfig is not implemented`));
  const { LogFormat = "Text", ApplicationLogLevel, SystemLogLevel, LogGroup } = config;
  const format = (["Text", "JSON"] as const).find((one) => one === LogFormat);
  const applicationLevel = applicationLevels.find((one) => one === ApplicationLogLevel);
  const systemLevel = systemLevels.find((one) => one === SystemLogLevel);
  const oneOf = (values: readonly string[]) =>
    `satisfy enum value set: [${values.toSorted().join(", ")}]`;
  if (!format) return outOfRange("loggingConfig.logFormat", LogFormat, oneOf(["JSON", "Text"]));
  if (ApplicationLogLevel !== undefined && !applicationLevel) {
    const place = "loggingConfig.applicationLogLevel";
    return outOfRange(place, ApplicationLogLevel, oneOf(applicationLevels));
  }
  if (SystemLogLevel !== undefined && !systemLevel) {
    return outOfRange("loggingConfig.systemLogLevel", SystemLogLevel, oneOf(systemLevels));
  }
  if (format === "Text" && (applicationLevel || systemLevel)) {
    return no(invalidParameter("Log levels can be set when the log format is JSON alone"));
  }
  if (LogGroup !== undefined && !/^[\w./#-]{1,512}$/.test(String(LogGroup))) {
    return outOfRange("loggingConfig.logGroup", LogGroup, "the form of a log group's name");
  }
  const group = LogGroup === undefined ? undefined : String(LogGroup);
  return { logging: { format, applicationLevel, systemLevel, group } };
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

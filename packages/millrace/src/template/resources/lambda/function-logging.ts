/** A function's `LoggingConfig`: in which form, from which level on, and into which group. */

import type { LoggingSettings } from "../../../functions/mod.ts";
import type { AnyFunction } from "./function-members.ts";

/** `undefined` where the template says nothing. */
export function readLogging({ properties, report }: AnyFunction): LoggingSettings | undefined {
  const given = properties.LoggingConfig;
  if (!given) return undefined;
  const format = given.LogFormat ?? "Text";
  for (const level of ["ApplicationLogLevel", "SystemLogLevel"] as const) {
    if (format === "JSON" || given[level] === undefined) continue;
    report(["Properties", "LoggingConfig", level], `'${level}' needs 'LogFormat: JSON'`);
  }
  return {
    format,
    ...(given.ApplicationLogLevel && { applicationLevel: given.ApplicationLogLevel }),
    ...(given.SystemLogLevel && { systemLevel: given.SystemLogLevel }),
    ...(given.LogGroup && { group: given.LogGroup }),
  };
}

/** How a function's log is written: Lambda's LoggingConfig. */

export const applicationLevels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
export const systemLevels = ["DEBUG", "INFO", "WARN"] as const;

export type ApplicationLevel = (typeof applicationLevels)[number];
export type SystemLevel = (typeof systemLevels)[number];

export interface LoggingSettings {
  readonly format: "Text" | "JSON";
  /** Of JSON alone, as the next: what is less is not written. `INFO` when absent. */
  readonly applicationLevel?: ApplicationLevel | undefined;
  readonly systemLevel?: SystemLevel | undefined;
  /** Absent: `/aws/lambda/` and the function's name. */
  readonly group?: string | undefined;
}

export const loggingDefault: LoggingSettings = { format: "Text" };

interface Named {
  readonly name: string;
  readonly logging?: LoggingSettings | undefined;
}

export function logGroupOf({ name, logging }: Named): string {
  return logging?.group ?? `/aws/lambda/${name}`;
}

/** What tells the bootstraps; in text there is nothing to be told. */
export function loggingVariables({ logging }: Named): Record<string, string> {
  if (logging?.format !== "JSON") return {};
  return {
    AWS_LAMBDA_LOG_FORMAT: "JSON",
    AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel ?? "INFO",
  };
}

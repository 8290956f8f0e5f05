/**
 * What Lambda itself writes into a function's log: as text, or as events of JSON.
 *
 * In JSON an event that went well has the level that AWS gives it, one that did not is a warning;
 * what is below the function's system log level is not written (`undefined`).
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html. Left out:
 * `platform.initRuntimeDone`, tracing, and the events of extensions.
 */

import { type Clock, textOf } from "../../base/mod.ts";
import { timedOutType } from "../failures.ts";
import { type LoggingSettings, systemLevels } from "./settings.ts";

export interface PlatformLinesOptions {
  readonly settings: LoggingSettings;
  /** As the function names it. */
  readonly runtime: string;
  readonly region: string;
  readonly memoryMegabytes: number;
  readonly clock: Clock;
}

/** Why a call or a start did not go well. */
export interface PlatformFailure {
  readonly status: "timeout" | "error";
  readonly errorType?: string | undefined;
  /** The handler said so itself; the text of a report does not tell that. */
  readonly isReported?: true;
}

export interface CallReport {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryBytes: number;
  /** Of the first call of an environment alone. */
  readonly initMs?: number | undefined;
  readonly failure?: PlatformFailure | undefined;
}

const bytesPerMegabyte = 1_048_576;

export class PlatformLines {
  readonly #options: PlatformLinesOptions;

  constructor(options: PlatformLinesOptions) {
    this.#options = options;
  }

  initStart(provisioned: boolean): string | undefined {
    const { runtime, region } = this.#options;
    const runtimeVersion = runtime.replace(/^([a-z]+)/, "$1:");
    const runtimeVersionArn = `arn:aws:lambda:${region}::runtime:${runtime}`;
    if (!this.#isJson) {
      const arn = `Runtime Version ARN: ${runtimeVersionArn}`;
      return `INIT_START Runtime Version: ${runtimeVersion}\t${arn}`;
    }
    const initializationType = provisioned ? "provisioned-concurrency" : "on-demand";
    const record = { initializationType, phase: "init", runtimeVersion, runtimeVersionArn };
    return this.#event("INFO", "platform.initStart", record);
  }

  /** Of a start that did not go well; one that did is reported with its first call. */
  initFailed(durationMs: number, failure: PlatformFailure): string | undefined {
    if (!this.#isJson) {
      const fields = [`INIT_REPORT Init Duration: ${inHundredths(durationMs)} ms`, "Phase: init"];
      return `${[...fields, ...textOfFailure(failure)].join("\t")}\t`;
    }
    const { status, errorType } = failure;
    const record = {
      phase: "init",
      status,
      errorType,
      metrics: { durationMs: rounded(durationMs) },
    };
    return this.#event("WARN", "platform.initReport", record);
  }

  start(requestId: string, version: string): string | undefined {
    if (!this.#isJson) return `START RequestId: ${requestId} Version: ${version}`;
    return this.#event("INFO", "platform.start", { requestId, version });
  }

  /** The process has ended, or had to be ended, while it worked on the call. */
  broken(
    requestId: string,
    failure: { readonly errorType: string; readonly errorMessage: string },
  ) {
    if (this.#isJson) return undefined; // the report says it
    const { errorType, errorMessage } = failure;
    if (errorType !== timedOutType) return `${errorMessage}\n${errorType}`;
    const what = errorMessage.slice(errorMessage.indexOf("Task timed out"));
    return `${this.#time()} ${requestId} ${what}`;
  }

  end({ requestId, durationMs, failure }: CallReport): string | undefined {
    if (!this.#isJson) return `END RequestId: ${requestId}`;
    const { status = "success", errorType } = failure ?? {};
    const record = { requestId, status, errorType, metrics: { durationMs: rounded(durationMs) } };
    return this.#event(failure ? "WARN" : "DEBUG", "platform.runtimeDone", record);
  }

  report(report: CallReport): string | undefined {
    const { requestId, durationMs, initMs, failure } = report;
    const { memoryMegabytes } = this.#options;
    const used = Math.ceil(report.memoryBytes / bytesPerMegabyte);
    const billed = Math.ceil(durationMs);
    if (this.#isJson) {
      const metrics = {
        durationMs: rounded(durationMs),
        billedDurationMs: billed,
        memorySizeMB: memoryMegabytes,
        maxMemoryUsedMB: used,
        ...(initMs !== undefined && { initDurationMs: rounded(initMs) }),
      };
      const { status = "success", errorType } = failure ?? {};
      const record = { requestId, metrics, status, errorType };
      return this.#event(failure ? "WARN" : "INFO", "platform.report", record);
    }
    let text = `REPORT RequestId: ${requestId}\tDuration: ${inHundredths(durationMs)} ms`;
    text += `\tBilled Duration: ${billed} ms\tMemory Size: ${memoryMegabytes} MB`;
    text += `\tMax Memory Used: ${used} MB\t`;
    if (initMs !== undefined) text += `Init Duration: ${inHundredths(initMs)} ms\t`;
    if (!failure || failure.isReported) return text;
    return `${text}${textOfFailure(failure).join("\t")}\t`;
  }

  get #isJson(): boolean {
    return this.#options.settings.format === "JSON";
  }

  #event(level: "DEBUG" | "INFO" | "WARN", type: string, record: object): string | undefined {
    const { systemLevel = "INFO" } = this.#options.settings;
    if (systemLevels.indexOf(level) < systemLevels.indexOf(systemLevel)) return undefined;
    return JSON.stringify({ time: this.#time(), type, record });
  }

  #time(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

/** Of an error that the handler or its runtime has reported, which is JSON if it can be read. */
export function reportedFailure(payload: Uint8Array): PlatformFailure {
  return { status: "error", errorType: errorTypeOf(payload), isReported: true };
}

/** `undefined`: the error does not say. */
export function errorTypeOf(payload: Uint8Array): string | undefined {
  try {
    const { errorType } = JSON.parse(textOf(payload));
    return typeof errorType === "string" ? errorType : undefined;
  } catch {
    return undefined; // a runtime of one's own may report what it likes
  }
}

/** `undefined`: nothing broke it. */
export function brokenBy(errorType: string | undefined): PlatformFailure | undefined {
  if (errorType === timedOutType) return { status: "timeout" };
  return errorType === undefined ? undefined : { status: "error", errorType };
}

function textOfFailure({ status, errorType }: PlatformFailure): string[] {
  return [`Status: ${status}`, ...(errorType === undefined ? [] : [`Error Type: ${errorType}`])];
}

/** With two digits behind the point; `toFixed` takes ten times as long. */
function inHundredths(ms: number): string {
  const hundredths = Math.round(ms * 100);
  const rest = hundredths % 100;
  return `${(hundredths - rest) / 100}.${rest < 10 ? "0" : ""}${rest}`;
}

/** To microseconds, as in text. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/**
 * One environment: a process, its Runtime API and its log; it runs one call at a time.
 *
 * starting -> idle -> running -> idle -> ... -> ended. It is idle when it has asked for work and
 * the log of the call before is complete. A call ends by an answer, an error, the time limit or
 * the end of the process, whichever comes first. The process is the leader of its own group, so
 * that a Ctrl-C at the terminal does not reach it and its own children die with it.
 */

import { assert, type Clock, concatBytes, type Timer } from "../base/mod.ts";
import type { Call, Outcome } from "./call.ts";
import * as failures from "./failures.ts";
import { encodeFailure, type Failure } from "./failures.ts";
import {
  environmentAgeMsMax,
  initMsMax,
  logDrainMsMax,
  memoryCheckMs,
  responseBytesMax,
  streamBytesMax,
} from "./limits.ts";
import {
  errorTypeOf,
  type PlatformFailure,
  PlatformLines,
  reportedFailure,
} from "./logging/platform-lines.ts";
import type { LoggingSettings } from "./logging/settings.ts";
import { ownMemoryOf } from "./memory.ts";
import { type FunctionLine, type LogName, Output } from "./output.ts";
import {
  type RuntimeApi,
  type RuntimeApiHandlers,
  serveRuntimeApi,
} from "./runtime-api/runtime-api.ts";
import type { TemporaryFolders } from "./temporary-folders.ts";

/** A function that is ready to run. */
export interface Program {
  readonly functionName: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly command: readonly string[];
  /** Whether the process marks the end of each call's log. */
  readonly marksLog: boolean;
  readonly folder: string;
  /** The variables of a new environment, all but the address of its Runtime API. */
  readonly createVariables: (own: OwnVariables) => Record<string, string>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly logging: LoggingSettings;
  readonly runtime: string;
}

/** What differs from one environment of a function to the next. */
export interface OwnVariables {
  /** For files, of this environment alone; removed when it ends. */
  readonly temporaryFolder: string;
  /** Started before a call needed it, because the function asks for some to be kept. */
  readonly provisioned: boolean;
}

export interface EnvironmentOptions {
  readonly program: Program;
  readonly provisioned?: boolean;
  readonly temporaryFolders: TemporaryFolders;
  readonly clock: Clock;
  readonly write: (line: FunctionLine) => void;
  readonly onIdle: (environment: Environment) => void;
  /** Its process is gone; `startFailure` says why, when it never became idle. */
  readonly onEnd: (environment: Environment, startFailure: StartFailure | undefined) => void;
}

/** The error's JSON, in the words for the given call. */
export type StartFailure = (requestId: string) => Uint8Array;

interface RunningCall {
  readonly call: Call;
  readonly startMs: number;
  readonly deadlineMs: number;
  readonly resolve: (outcome: Outcome) => void;
}

const timedOutType = "Sandbox.Timedout";

export class Environment {
  readonly #options: EnvironmentOptions;
  readonly #output: Output;
  readonly #lines: PlatformLines;
  readonly #api: RuntimeApi;
  readonly #process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #initTimer: Timer;
  readonly #startMs: number;
  readonly #temporaryFolder: string;
  readonly #ended: Promise<void>;
  #giveWork: ((call: Call) => void) | undefined;
  #running: RunningCall | undefined;
  /** The end of the log of the call before. */
  #logComplete: Promise<void> = Promise.resolve();
  #initialised = false;
  /** Reported with the first call only. */
  #initMs: number | undefined;
  #initError: Uint8Array | undefined;
  #timedOut = false;
  /** How the process broke the call in hand, for its report. */
  #brokeBy: string | undefined;
  /** The server wants it gone: a call that is cut short by that is no failure of the function. */
  #ending = false;
  #memoryTimer: Timer | undefined;
  /** When it was looked at last. */
  #memoryBytes = 0;
  /** Until the process asks for its next call: what it does behind its answer counts too. */
  #callTimer: Timer | undefined;
  #exited = false;

  /** Throws what the machine says when it gives no process; nothing of it is left then. */
  constructor(options: EnvironmentOptions) {
    const { program, clock, write, temporaryFolders, provisioned = false } = options;
    this.#options = options;
    this.#startMs = clock.monotonic();
    const { marksLog } = program;
    const temporaryFolder = temporaryFolders.make();
    this.#temporaryFolder = temporaryFolder;
    let api: RuntimeApi | undefined;
    try {
      const variables = program.createVariables({ temporaryFolder, provisioned });
      const log = logNameOf(variables);
      const region = variables.AWS_REGION ?? "";
      this.#lines = new PlatformLines({ ...program, settings: program.logging, region, clock });
      this.#output = new Output({ ...program, log, lines: this.#lines, clock, write });
      api = serveRuntimeApi({
        readsTrailers: !marksLog, // a runtime of one's own
        deadlineMs: () => this.#deadlineMs,
        handlers: this.#handlers(),
      });
      this.#process = startProcess(variables, program, api.address);
    } catch (thrown) {
      api?.close();
      temporaryFolders.removeUnused(temporaryFolder);
      throw thrown;
    }
    this.#api = api;
    this.#output.platform(this.#lines.initStart(provisioned));
    this.#checkMemory();
    this.#initTimer = clock.after(initMsMax, () => this.#timeOut());
    this.#ended = this.#watch();
  }

  get program(): Program {
    return this.#options.program;
  }

  /** It gets no further call: its credentials end before long. */
  get isAged(): boolean {
    return this.#options.clock.monotonic() - this.#startMs > environmentAgeMsMax;
  }

  /** Runs the call; only while idle. Answers in every case, a failure of the process included. */
  run(call: Call): Promise<Outcome> {
    const giveWork = this.#giveWork;
    assert(giveWork && !this.#running, "a call was given to an environment that is not idle");
    this.#giveWork = undefined;
    this.#output.begin(call.requestId, this.program.version);
    const { clock, program } = this.#options;
    const timeoutMs = program.timeoutSeconds * 1000;
    return new Promise((resolve) => {
      this.#running = {
        call,
        startMs: clock.monotonic(),
        deadlineMs: clock.now() + timeoutMs,
        resolve,
      };
      this.#callTimer = clock.after(timeoutMs, () => this.#timeOut());
      giveWork(call);
    });
  }

  /** Ends the process at once; answers when it is gone. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#kill();
    await this.#ended;
  }

  get #deadlineMs(): number {
    return this.#running?.deadlineMs ?? this.#options.clock.now();
  }

  #handlers(): RuntimeApiHandlers {
    return {
      next: () => this.#next(),
      respond: (requestId, payload) => this.#respond(requestId, payload),
      respondInPieces: (requestId, pieces, lateError) =>
        this.#respondInPieces(requestId, pieces, lateError),
      fail: (requestId, error) => this.#fail(requestId, error),
      failInit: (error) => {
        this.#initError = error;
      },
    };
  }

  async #next(): Promise<Call> {
    if (!this.#initialised) {
      this.#initialised = true;
      this.#initTimer.cancel();
      this.#initMs = this.#options.clock.monotonic() - this.#startMs;
    }
    if (this.#running) {
      const { requestId } = this.#running.call;
      this.#fail(requestId, encodeFailure(failures.unanswered(requestId)));
    }
    this.#callTimer?.cancel();
    await this.#logComplete;
    return new Promise((resolve) => {
      const wasIdle = this.#giveWork !== undefined;
      this.#giveWork = resolve; // who asked before may have hung up
      if (!wasIdle) this.#options.onIdle(this);
    });
  }

  #respond(requestId: string, payload: Uint8Array): boolean {
    if (payload.length <= responseBytesMax) return this.#settle(requestId, { payload });
    return this.#fail(requestId, encodeFailure(failures.responseTooLarge));
  }

  #fail(requestId: string, payload: Uint8Array): boolean {
    return this.#settle(requestId, { payload, functionError: "Unhandled" });
  }

  async #respondInPieces(
    requestId: string,
    pieces: AsyncIterable<Uint8Array>,
    lateError: () => Uint8Array | undefined,
  ): Promise<boolean> {
    const running = this.#running;
    if (running?.call.requestId !== requestId) return false;
    const { onPiece } = running.call;
    const bytesMax = onPiece ? streamBytesMax : responseBytesMax;
    const kept: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const piece of pieces) {
        if (this.#running !== running) return false;
        bytes += piece.length;
        if (bytes > bytesMax) {
          return this.#fail(requestId, encodeFailure(failures.responseTooLarge));
        }
        if (onPiece) await onPiece(piece.slice());
        else kept.push(piece.slice());
      }
    } catch {
      return false; // the connection broke: the end of the process answers the call
    }
    const error = lateError();
    if (error) return this.#fail(requestId, error);
    return this.#settle(requestId, { payload: concatBytes(kept) });
  }

  /** False: that call is not running, or is over already. */
  #settle(requestId: string, ended: Omit<Outcome, "logTail">): boolean {
    const running = this.#running;
    if (running?.call.requestId !== requestId) return false;
    this.#running = undefined;
    const durationMs = this.#options.clock.monotonic() - running.startMs;
    this.#logComplete = this.#output.drain().then(() => {
      const { payload, functionError } = ended;
      const failure = failureOf(this.#brokeBy) ?? (functionError && reportedFailure(payload));
      const logTail = this.#output.end((memory) => ({
        ...this.#report(requestId, memory),
        durationMs,
        failure,
      }));
      running.resolve({ ...ended, logTail });
    });
    return true;
  }

  #report(requestId: string, memoryBytes: number) {
    const initMs = this.#initMs;
    this.#initMs = undefined;
    // A process that marks nothing says nothing of its memory either.
    const bytes = memoryBytes || (ownMemoryOf(this.#process.pid) ?? this.#memoryBytes);
    return { requestId, memoryBytes: bytes, initMs };
  }

  #reportFailedInit(): void {
    const durationMs = this.#options.clock.monotonic() - this.#startMs;
    const reported = this.#initError && errorTypeOf(this.#initError);
    const errorType = this.#timedOut ? timedOutType : (reported ?? "Runtime.ExitError");
    this.#output.platform(this.#lines.initFailed(durationMs, failureOf(errorType)!));
  }

  #timeOut(): void {
    this.#timedOut = true;
    this.#kill();
  }

  /** Ends the process that takes more than the function may, as Lambda does. */
  #checkMemory(): void {
    if (this.#exited) return;
    const bytesMax = this.program.memoryMegabytes * 1_048_576;
    this.#memoryBytes = ownMemoryOf(this.#process.pid) ?? this.#memoryBytes;
    if (this.#memoryBytes > bytesMax) this.#kill();
    this.#memoryTimer = this.#options.clock.after(memoryCheckMs, () => this.#checkMemory());
  }

  #kill(): void {
    if (this.#exited) return; // the number may be another's by now
    try {
      process.kill(-this.#process.pid, "SIGKILL");
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
    }
  }

  /** Waits for the end of the process, then of what it wrote, and answers the call in hand. */
  async #watch(): Promise<void> {
    const lines = Promise.all([
      this.#output.read(this.#process.stdout),
      this.#output.read(this.#process.stderr),
    ]);
    await this.#process.exited;
    this.#kill(); // what it has left behind in its group
    this.#exited = true;
    this.#initTimer.cancel();
    this.#memoryTimer?.cancel();
    this.#callTimer?.cancel();
    this.#api.close();
    if (!this.#initialised && !this.#ending) this.#reportFailedInit();
    const exit = this.#process;
    this.#options.onEnd(this, this.#initialised ? undefined : this.#startFailure(exit));
    await Promise.race([lines, this.#pause(logDrainMsMax)]);
    this.#output.close();
    if (this.#running) this.#failCall(this.#running.call, exit);
    await this.#logComplete;
    await this.#options.temporaryFolders.remove(this.#temporaryFolder);
  }

  #failCall({ requestId }: Call, exit: failures.Exit): void {
    const failure = this.#timedOut
      ? failures.timedOut(requestId, this.#options.program.timeoutSeconds)
      : this.#ending
        ? failures.closing
        : failures.exited(requestId, exit);
    this.#output.platform(this.#lines.broken(requestId, failure));
    this.#brokeBy = failure.errorType;
    const unavailable = failure === failures.closing ? ({ unavailable: true } as const) : {};
    const payload = encodeFailure(failure);
    this.#settle(requestId, { payload, functionError: "Unhandled", ...unavailable });
  }

  #startFailure(exit: failures.Exit): StartFailure {
    const reported = this.#initError;
    if (reported) return () => reported;
    const describe = (requestId: string): Failure =>
      this.#timedOut
        ? failures.timedOut(requestId, initMsMax / 1000)
        : failures.exited(requestId, exit);
    return (requestId) => encodeFailure(describe(requestId));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(ms, resolve));
  }
}

function startProcess(variables: Record<string, string>, program: Program, address: string) {
  return Bun.spawn([...program.command], {
    cwd: program.folder,
    env: { ...variables, AWS_LAMBDA_RUNTIME_API: address },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
}

function failureOf(errorType: string | undefined): PlatformFailure | undefined {
  if (errorType === timedOutType) return { status: "timeout" };
  return errorType === undefined ? undefined : { status: "error", errorType };
}

function logNameOf(variables: Record<string, string>): LogName {
  const { AWS_LAMBDA_LOG_GROUP_NAME: group = "", AWS_LAMBDA_LOG_STREAM_NAME: stream = "" } =
    variables;
  return { group, stream };
}

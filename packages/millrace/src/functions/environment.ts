/**
 * One environment: a process, its Runtime API and its log; it runs one call at a time.
 *
 * starting -> idle -> running -> idle -> ... -> ended. It is idle when it has asked for work and
 * the log of the call before is complete. A call ends by an answer, an error, the time limit or
 * the end of the process, whichever comes first. The process is the leader of its own group, so
 * that a Ctrl-C at the terminal does not reach it and its own children die with it.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, type Clock, concatBytes, type Timer } from "../base/mod.ts";
import type { Call, Outcome } from "./call.ts";
import * as failures from "./failures.ts";
import { encodeFailure, type Failure } from "./failures.ts";
import { patientTimer } from "./inspect/inspector.ts";
import {
  initMsMax,
  logDrainMsMax,
  memoryCheckMs,
  responseBytesMax,
  streamBytesMax,
} from "./limits.ts";
import { ownMemoryOf } from "./memory.ts";
import { type FunctionLine, Output } from "./output.ts";
import { type PiecedAnswer, type RuntimeApi, serveRuntimeApi } from "./runtime-api.ts";

/** A function that is ready to run. */
export interface Program {
  readonly functionName: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly command: readonly string[];
  /** Whether the process marks the end of each call's log. */
  readonly marksLog: boolean;
  readonly folder: string;
  readonly layerFolders?: readonly string[];
  /** For a debugger; it then has one process at a time. */
  readonly inspectorPort?: number | undefined;
  /** The variables of a new environment, all but the address of its Runtime API. */
  readonly createVariables: (own: OwnVariables) => Record<string, string>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
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
  readonly timer: Timer;
  readonly resolve: (outcome: Outcome) => void;
}

export class Environment {
  readonly #options: EnvironmentOptions;
  readonly #output: Output;
  readonly #api: RuntimeApi;
  readonly #process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #initTimer: Timer;
  readonly #startMs: number;
  readonly #temporaryFolder = mkdtempSync(join(tmpdir(), "millrace-function-"));
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
  #memoryTimer: Timer | undefined;
  #exited = false;

  constructor(options: EnvironmentOptions) {
    const { program, clock, write } = options;
    this.#options = options;
    this.#startMs = clock.monotonic();
    const { functionName, marksLog } = program;
    this.#output = new Output({ functionName, marksLog, clock, write });
    this.#api = serveRuntimeApi({
      deadlineMs: () => this.#running?.deadlineMs ?? clock.now(),
      handlers: {
        next: () => this.#next(),
        respond: (requestId, payload) => this.#respond(requestId, payload),
        respondInPieces: (requestId, answer) => this.#respondInPieces(requestId, answer),
        fail: (requestId, error) => this.#settle(requestId, error, "Unhandled"),
        failInit: (error) => {
          this.#initError = error;
        },
      },
    });
    const { provisioned = false } = options;
    const own = { temporaryFolder: this.#temporaryFolder, provisioned };
    this.#process = startProcess(program.createVariables(own), program, this.#api);
    this.#checkMemory();
    this.#initTimer = this.#limitTo(initMsMax);
    this.#ended = this.#watch();
  }

  get program(): Program {
    return this.#options.program;
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
        timer: this.#limitTo(timeoutMs),
        resolve,
      };
      giveWork(call);
    });
  }

  /** Ends the process at once; answers when it is gone. */
  async end(): Promise<void> {
    this.#kill();
    await this.#ended;
  }

  async #next(): Promise<Call> {
    if (!this.#initialised) {
      this.#initialised = true;
      this.#initTimer.cancel();
      this.#initMs = this.#options.clock.monotonic() - this.#startMs;
    }
    if (this.#running) {
      const { requestId } = this.#running.call;
      this.#settle(requestId, encodeFailure(failures.unanswered(requestId)), "Unhandled");
    }
    await this.#logComplete;
    return new Promise((resolve) => {
      const wasIdle = this.#giveWork !== undefined;
      this.#giveWork = resolve; // who asked before may have hung up
      if (!wasIdle) this.#options.onIdle(this);
    });
  }

  #respond(requestId: string, payload: Uint8Array): boolean {
    if (payload.length <= responseBytesMax) return this.#settle(requestId, payload);
    return this.#settle(requestId, encodeFailure(failures.responseTooLarge), "Unhandled");
  }

  async #respondInPieces(
    requestId: string,
    { pieces, contentType }: PiecedAnswer,
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
          const failure = encodeFailure(failures.responseTooLarge);
          return this.#settle(requestId, failure, "Unhandled");
        }
        if (onPiece) await onPiece(piece.slice(), contentType);
        else kept.push(piece.slice());
      }
    } catch {
      return false; // the connection broke: the end of the process answers the call
    }
    return this.#settle(requestId, concatBytes(kept));
  }

  /** False: that call is not running, or is over already. */
  #settle(requestId: string, payload: Uint8Array, functionError?: "Unhandled"): boolean {
    const running = this.#running;
    if (running?.call.requestId !== requestId) return false;
    this.#running = undefined;
    running.timer.cancel();
    const durationMs = this.#options.clock.monotonic() - running.startMs;
    this.#logComplete = this.#output.drain().then(() => {
      const logTail = this.#output.end((memory) => this.#report(requestId, durationMs, memory));
      running.resolve({ payload, functionError, logTail });
    });
    return true;
  }

  #report(requestId: string, durationMs: number, memoryBytes: number): string {
    const init = this.#initMs;
    this.#initMs = undefined;
    // A process that marks nothing says nothing of its memory either.
    const bytes = memoryBytes || (ownMemoryOf(this.#process.pid) ?? 0);
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs)} ms`,
      `Memory Size: ${this.#options.program.memoryMegabytes} MB`,
      `Max Memory Used: ${Math.ceil(bytes / 1_048_576)} MB`,
    ];
    if (init !== undefined) fields.push(`Init Duration: ${init.toFixed(2)} ms`);
    return `${fields.join("\t")}\t`;
  }

  #limitTo(ms: number): Timer {
    const { clock, program } = this.#options;
    return patientTimer({ clock, ms, port: program.inspectorPort }, () => this.#timeOut());
  }

  #timeOut(): void {
    this.#timedOut = true;
    this.#kill();
  }

  /** Ends the process that takes more than the function may, as Lambda does. */
  #checkMemory(): void {
    if (this.#exited) return;
    const bytesMax = this.program.memoryMegabytes * 1_048_576;
    if ((ownMemoryOf(this.#process.pid) ?? 0) > bytesMax) this.#kill();
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
    this.#api.close();
    rmSync(this.#temporaryFolder, { recursive: true, force: true });
    const { signalCode, exitCode } = this.#process;
    const how = signalCode ? `signal: ${signalName(signalCode)}` : `exit status ${exitCode}`;
    this.#options.onEnd(this, this.#initialised ? undefined : this.#startFailure(how));
    await Promise.race([lines, this.#pause(logDrainMsMax)]);
    this.#output.close();
    if (this.#running) this.#failCall(this.#running.call, how);
    await this.#logComplete;
  }

  #failCall({ requestId }: Call, how: string): void {
    const failure = this.#timedOut
      ? failures.timedOut(requestId, this.#options.program.timeoutSeconds)
      : failures.exited(requestId, how);
    this.#output.platform(failure.errorMessage);
    this.#settle(requestId, encodeFailure(failure), "Unhandled");
  }

  #startFailure(how: string): StartFailure {
    const reported = this.#initError;
    if (reported) return () => reported;
    const describe = (requestId: string): Failure =>
      this.#timedOut
        ? failures.timedOut(requestId, initMsMax / 1000)
        : failures.exited(requestId, how);
    return (requestId) => encodeFailure(describe(requestId));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(ms, resolve));
  }
}

function startProcess(variables: Record<string, string>, program: Program, api: RuntimeApi) {
  try {
    return Bun.spawn([...program.command], {
      cwd: program.folder,
      env: { ...variables, AWS_LAMBDA_RUNTIME_API: api.address },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
    });
  } catch (thrown) {
    api.close();
    throw thrown;
  }
}

/** As Lambda's messages spell it. */
function signalName(signal: string | number): string {
  return signal === "SIGKILL" ? "killed" : String(signal);
}

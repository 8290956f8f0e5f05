/**
 * One environment: a process, how it hears of its calls, and its log; it runs one call at a time.
 *
 * starting -> idle -> running -> idle -> ... -> ended. It is idle when it has asked for work and
 * the log of the call before is complete. Processes of ours hear of calls over their channel, all
 * may speak the Runtime API. A call ends by an answer, an error, the time limit or
 * the end of the process, whichever comes first. The process is the leader of its own group, so
 * that a Ctrl-C at the terminal does not reach it and its own children die with it.
 */

import {
  assert,
  type Clock,
  concatBytes,
  LastingTimer,
  type Logger,
  noBytes,
  type Timer,
} from "../base/mod.ts";
import { Ahead, type Given, type NextCall } from "./ahead/ahead.ts";
import type { Call, Outcome } from "./call.ts";
import { Channel } from "./channel/channel.ts";
import {
  type EndOfProcess,
  type Excuse,
  excuseOf,
  failureOfCall,
  reasonOf,
  type StartTrouble,
  startTroubleOf,
} from "./end-of-process.ts";
import * as failures from "./failures.ts";
import { encodeFailure, type Failure } from "./failures.ts";
import { isPatient, patientTimer } from "./inspect/inspector.ts";
import { environmentAgeMsMax, logDrainMsMax, responseBytesMax, streamBytesMax } from "./limits.ts";
import { brokenBy, errorTypeOf, PlatformLines, reportedFailure } from "./logging/platform-lines.ts";
import { MemoryWatch } from "./memory.ts";
import { refuse } from "./outcomes.ts";
import { type FunctionLine, logNameOf, Output } from "./output.ts";
import type { Program } from "./program.ts";
import {
  type CallEnd,
  type PiecedAnswer,
  type RuntimeApi,
  type RuntimeApiHandlers,
  serveRuntimeApi,
} from "./runtime-api/runtime-api.ts";
import { channelDescriptor, type Process, startProcess } from "./runtimes/process.ts";
import type { TemporaryFolders } from "./temporary-folders.ts";

export interface EnvironmentOptions {
  readonly program: Program;
  readonly provisioned?: boolean;
  /** How long the start may take. */
  readonly startMsMax: number;
  readonly temporaryFolders: TemporaryFolders;
  readonly clock: Clock;
  readonly atEndOfTurn: (callback: () => void) => void;
  readonly write: (line: FunctionLine) => void;
  readonly logger: Logger;
  readonly onIdle: (environment: Environment) => void;
  /** Its process is gone; `startTrouble` says why, when it never became idle. */
  readonly onEnd: (environment: Environment, startTrouble: StartTrouble | undefined) => void;
}

interface RunningCall {
  readonly call: Call;
  readonly startMs: number;
  readonly deadlineMs: number;
  readonly answer: (outcome: Outcome, durationMs: number) => void;
  /** Where it was given ahead: its process may not have taken it yet. */
  readonly given?: Given | undefined;
}

export class Environment {
  readonly #options: EnvironmentOptions;
  readonly #output: Output;
  readonly #lines: PlatformLines;
  readonly #api: RuntimeApi;
  readonly #channel: Channel | undefined;
  readonly #ahead: Ahead | undefined;
  readonly #process: Process;
  readonly #initTimer: Timer;
  readonly #startMs: number;
  readonly #temporaryFolder: string;
  readonly #ended: Promise<void>;
  #giveWork: ((call: Call) => void) | undefined;
  #running: RunningCall | undefined;
  /** The log of the call before is complete. */
  #isLogComplete = true;
  /** They wait for that: who asked for a call last, and `end`. */
  #asking: ((call: Call) => void) | undefined;
  #onLogComplete: (() => void)[] = [];
  #initialised = false;
  /** Reported with the first call only. */
  #initMs: number | undefined;
  #initError: Uint8Array | undefined;
  #timedOut = false;
  /** How the process broke the call in hand, for its report. */
  #brokeBy: string | undefined;
  /** The server wants it gone: a call that is cut short by that is no failure of the function. */
  #ending = false;
  readonly #memory: MemoryWatch;
  /** Until the process asks for its next call: what it does behind its answer counts too. */
  readonly #callTimer: LastingTimer;
  #exited = false;
  #killed = false;
  /** How often it has asked for a call. */
  #askedCount = 0;

  /** Throws what the machine says when it gives no process; nothing of it is left then. */
  constructor(options: EnvironmentOptions) {
    const { program, clock, temporaryFolders, provisioned = false } = options;
    this.#options = options;
    this.#startMs = clock.monotonic();
    const { marksLog } = program;
    const limit = { clock, ms: program.timeoutSeconds * 1000 };
    this.#callTimer = new LastingTimer(limit, () => this.#endTime());
    const temporaryFolder = temporaryFolders.make();
    this.#temporaryFolder = temporaryFolder;
    let api: RuntimeApi | undefined;
    let ahead: Ahead | undefined;
    try {
      const variables = program.createVariables({ temporaryFolder, provisioned });
      const log = logNameOf(variables);
      const region = variables.AWS_REGION ?? "";
      this.#lines = new PlatformLines({ ...program, settings: program.logging, region, clock });
      this.#output = new Output({ ...options, ...program, log, lines: this.#lines });
      api = serveRuntimeApi({
        readsTrailers: !marksLog, // a runtime of one's own
        deadlineMs: () => this.#deadlineMs,
        handlers: this.#handlers(),
      });
      ahead = program.hasChannel ? new Ahead(temporaryFolder) : undefined;
      const { descriptors = [] } = ahead ?? {};
      this.#process = startProcess(variables, program, { address: api.address, descriptors });
    } catch (thrown) {
      api?.close();
      ahead?.close();
      temporaryFolders.removeUnused(temporaryFolder);
      throw thrown;
    }
    this.#api = api;
    this.#ahead = ahead;
    this.#channel = program.hasChannel ? this.#openChannel() : undefined;
    this.#output.platform(this.#lines.initStart(provisioned));
    this.#memory = new MemoryWatch({
      pid: this.#process.pid,
      bytesMax: program.memoryMegabytes * 1_048_576,
      clock,
      onOver: () => this.#kill(), // as Lambda does
    });
    this.#initTimer = this.#limitStart();
    this.#ended = this.#watch();
  }

  get program(): Program {
    return this.#options.program;
  }

  /** It gets no further call: its credentials end before long. */
  get isAged(): boolean {
    return this.#options.clock.monotonic() - this.#startMs > environmentAgeMsMax;
  }

  /**
   * Runs the call; only while idle. Answers in every case, a failure of the process included, and
   * says how long it took, in milliseconds.
   */
  run(call: Call, answer: RunningCall["answer"]): void {
    const giveWork = this.#giveWork;
    assert(giveWork && !this.#running, "a call was given to an environment that is not idle");
    this.#giveWork = undefined;
    this.#take(call, answer);
    giveWork(call);
    this.#begin(call); // while it works; nothing of it can be heard before this turn is over
  }

  #take(call: Call, answer: RunningCall["answer"], given?: Given): void {
    const { clock, program } = this.#options;
    const deadlineMs = clock.now() + program.timeoutSeconds * 1000;
    this.#running = { call, startMs: clock.monotonic(), deadlineMs, answer, given };
  }

  #begin({ requestId, wantsLogTail }: Call): void {
    this.#output.begin(requestId, this.program.version, wantsLogTail);
    this.#callTimer.begin();
  }

  /** Whether it would begin a call by itself, right behind the one that it runs. */
  get takesAhead(): boolean {
    if (!this.#running || this.#killed || this.#ending || !this.#ahead?.takesOne) return false;
    const isPaused = this.program.inspectorPort !== undefined; // by its debugger, at times
    return !isPaused && !this.isAged && !this.#output.isWrittenPast;
  }

  /** Only where it takes one. False: the machine does not let it. */
  runAhead(next: NextCall): boolean {
    const ticket = this.#ahead!.give(next);
    if (ticket < 0) return false;
    this.#channel!.sendAhead(next.call, ticket, this.program.timeoutSeconds * 1000);
    return true;
  }

  /** Gives back the call that it has ahead. False: there is none, or it has begun. */
  takeBack(): boolean {
    return this.#ahead?.takeBack() ?? false;
  }

  /** Ends the process at once; answers when it is gone. */
  async end(): Promise<void> {
    this.#ending = true;
    if (!this.#running) await this.#logComplete(); // of a call that is answered, for a moment
    this.#kill();
    await this.#ended;
  }

  get #deadlineMs(): number {
    return this.#running?.deadlineMs ?? this.#options.clock.now();
  }

  #handlers(): RuntimeApiHandlers {
    return {
      next: (give, end) => this.#next(give, end),
      respond: (requestId, payload, end) => this.#respond(requestId, payload, end),
      respondInPieces: (requestId, answer) => this.#respondInPieces(requestId, answer),
      fail: (requestId, error) => this.#fail(requestId, error),
      failInit: (error) => {
        this.#initError = error;
      },
    };
  }

  #openChannel(): Channel {
    return new Channel({
      descriptor: this.#process.stdio[channelDescriptor]!,
      handlers: this.#handlers(),
      clock: this.#options.clock,
      deadlineMs: () => this.#deadlineMs,
      beginAhead: () => this.#beginAhead(),
      onBroken: () => this.#kill(),
    });
  }

  /** The process has answered, and goes on by itself with the call ahead: gives its id. */
  #beginAhead(): string | undefined {
    // Where its handler speaks the Runtime API too it has another call, or waits for one.
    const asksBeside = this.#running !== undefined || this.#giveWork !== undefined;
    if (asksBeside && this.#ahead?.hasOne) this.#kill();
    if (this.#killed) return undefined; // and its end says what becomes of that call
    const given = this.#ahead?.noteQuiet();
    if (!given) return undefined;
    const { call, answer, onBegin } = given.next;
    this.#askedCount += 1;
    this.#take(call, answer, given);
    this.#begin(call);
    onBegin();
    return call.requestId;
  }

  #next(give: (call: Call) => void, end?: CallEnd): void {
    this.#askedCount += 1;
    if (!this.#initialised) {
      this.#initialised = true;
      this.#initTimer.cancel();
      this.#initMs = this.#options.clock.monotonic() - this.#startMs;
    }
    if (this.#running) {
      const { requestId } = this.#running.call;
      this.#fail(requestId, encodeFailure(failures.unanswered(requestId)));
    }
    this.#callTimer.end();
    if (end) {
      this.#output.noteEnd(end);
      this.#ahead?.noteOther();
    }
    if (this.#isLogComplete) this.#beIdle(give);
    else this.#asking = give;
  }

  #beIdle(give: (call: Call) => void): void {
    if (this.#exited || this.#killed) return; // it asked, and ended before it was heard
    const wasIdle = this.#giveWork !== undefined;
    this.#giveWork = give; // who asked before may have hung up
    if (!wasIdle) this.#options.onIdle(this);
  }

  #respond(requestId: string, payload: Uint8Array | undefined, end?: CallEnd): boolean {
    if (end) this.#output.noteEnd(end, !this.#killed && this.#ahead?.hasOne);
    if (payload && payload.length <= responseBytesMax) {
      return this.#settle(requestId, { payload, logTail: noBytes });
    }
    return this.#fail(requestId, encodeFailure(failures.responseTooLarge));
  }

  #fail(requestId: string, payload: Uint8Array): boolean {
    return this.#settle(requestId, { payload, functionError: "Unhandled", logTail: noBytes });
  }

  async #respondInPieces(
    requestId: string,
    { pieces, contentType, lateError }: PiecedAnswer,
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
        if (onPiece) await onPiece(piece.slice(), contentType);
        else kept.push(piece.slice());
      }
    } catch {
      return false; // the connection broke: the end of the process answers the call
    }
    const error = lateError();
    if (error) return this.#fail(requestId, error);
    return this.#settle(requestId, { payload: concatBytes(kept), logTail: noBytes });
  }

  /** False: that call is not running, or is over already. */
  #settle(requestId: string, ended: Outcome): boolean {
    const running = this.#running;
    if (running?.call.requestId !== requestId) return false;
    this.#running = undefined;
    const durationMs = this.#options.clock.monotonic() - running.startMs;
    const { wantsLogTail } = running.call;
    if (!wantsLogTail) running.answer(ended, durationMs);
    this.#isLogComplete = false;
    this.#output.drain(() => {
      const { payload, functionError } = ended;
      const failure = brokenBy(this.#brokeBy) ?? (functionError && reportedFailure(payload));
      const logTail = this.#output.end((memory) => {
        const { memoryBytes, initMs } = this.#report(memory);
        return { requestId, durationMs, memoryBytes, initMs, failure };
      });
      if (wantsLogTail) running.answer({ ...ended, logTail }, durationMs);
      this.#completeLog();
    });
    return true;
  }

  #completeLog(): void {
    this.#isLogComplete = true;
    const asking = this.#asking;
    this.#asking = undefined;
    if (asking) this.#beIdle(asking);
    for (const callback of this.#onLogComplete.splice(0)) callback();
  }

  #logComplete(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isLogComplete) resolve();
      else this.#onLogComplete.push(resolve);
    });
  }

  #report(memoryBytes: number) {
    const initMs = this.#initMs;
    this.#initMs = undefined;
    // A process that marks nothing says nothing of its memory either.
    return { memoryBytes: memoryBytes || this.#memory.bytes, initMs };
  }

  #end(): EndOfProcess {
    const overMemory = this.#memory.isOver;
    return { exit: this.#process, timedOut: this.#timedOut, overMemory, ending: this.#ending };
  }

  /** What the handler did not say itself, in words for who runs the server. */
  #warn(what: string, end: EndOfProcess, seconds: number, request?: string): void {
    const { logger, program } = this.#options;
    const { functionName, version, memoryMegabytes } = program;
    const reason = reasonOf(end, { seconds, memoryMegabytes });
    logger.warn(what, { function: functionName, version, reason, ...(request && { request }) });
  }

  #reportFailedInit(end: EndOfProcess): void {
    if (!this.#initError) this.#warn("process did not start", end, this.#options.startMsMax / 1000);
    const durationMs = this.#options.clock.monotonic() - this.#startMs;
    const reported = this.#initError && errorTypeOf(this.#initError);
    const errorType = this.#timedOut ? failures.timedOutType : (reported ?? "Runtime.ExitError");
    this.#output.platform(this.#lines.initFailed(durationMs, brokenBy(errorType)!));
  }

  #limitStart(): Timer {
    const { clock, program } = this.#options;
    const { startMsMax: ms } = this.#options;
    const limit = { clock, ms, port: program.inspectorPort };
    return patientTimer(limit, () => this.#timeOut());
  }

  /**
   * The time of a call is over. Where the loop is late for it, it may be late for the answer too,
   * and timers come before what has been sent meanwhile: that is read first.
   */
  #endTime(): void {
    const { clock, atEndOfTurn } = this.#options;
    if (isPatient(this.program.inspectorPort)) {
      this.#callTimer.begin();
      return;
    }
    const askedCount = this.#askedCount;
    const look = () => {
      if (this.#askedCount === askedCount) this.#timeOut();
    };
    clock.after(1, () => atEndOfTurn(look));
  }

  #timeOut(): void {
    this.#timedOut = true;
    this.#kill();
  }

  #kill(): void {
    if (this.#exited) return; // the number may be another's by now
    this.#killed = true;
    try {
      process.kill(-this.#process.pid, "SIGKILL");
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
    }
  }

  /** Waits for the end of the process, then of what it wrote, and answers the call in hand. */
  async #watch(): Promise<void> {
    const written = Promise.all([
      this.#output.read(this.#process.stdout),
      this.#output.read(this.#process.stderr),
      this.#channel?.closed,
    ]);
    void this.#channel?.closed.then(() => this.#endUnreachable());
    await this.#process.exited;
    this.#kill(); // what it has left behind in its group
    this.#exited = true;
    this.#initTimer.cancel();
    this.#memory.stop();
    this.#api.close();
    const end = this.#end();
    if (!this.#initialised && !this.#ending) this.#reportFailedInit(end);
    const start = { initError: this.#initError, startMsMax: this.#options.startMsMax };
    this.#options.onEnd(this, this.#initialised ? undefined : startTroubleOf(end, start));
    await Promise.race([written, this.#pause(logDrainMsMax)]);
    this.#channel?.close();
    this.#output.close();
    this.#endCalls(end);
    this.#callTimer.cancel();
    await this.#logComplete();
    await this.#options.temporaryFolders.remove(this.#temporaryFolder);
  }

  /** The calls that it did not come to go back, the others fail. */
  #endCalls(end: EndOfProcess): void {
    const running = this.#running;
    if (running?.given?.ticket.take()) {
      this.#running = undefined;
      running.given.next.onBack();
    } else if (running) {
      const { timeoutSeconds } = this.program;
      if (!end.ending) {
        this.#warn("call broken off", end, timeoutSeconds, running.call.requestId);
      }
      const failure = failureOfCall(running.call, end, timeoutSeconds);
      this.#failCall(running.call, failure, excuseOf(end));
    }
    const begun = this.#ahead?.end();
    if (!begun) return;
    const { call, answer, onBegin } = begun;
    this.#take(call, answer);
    this.#begin(call);
    onBegin();
    // What ended the process was meant for the call before.
    this.#failCall(call, failures.exited(call.requestId, end.exit), { unavailable: true });
  }

  /** Without its channel it hears of no call. One that exits loses it too, and says why itself. */
  async #endUnreachable(): Promise<void> {
    await this.#pause(logDrainMsMax);
    this.#kill();
  }

  #failCall({ requestId }: Call, failure: Failure, excuse: Excuse): void {
    this.#output.platform(this.#lines.broken(requestId, failure));
    this.#brokeBy = failure.errorType;
    this.#settle(requestId, { ...refuse(failure), ...excuse });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(ms, resolve));
  }
}

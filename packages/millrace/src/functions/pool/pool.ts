/**
 * The environments of one function, and the calls that wait for one.
 *
 * A call goes to the environment that was idle last, so that those that are not needed stay idle
 * and end. When none is idle others are started, as fast as `concurrency/places.ts` lets them: one
 * for each call that waits and has no start made for it, where those that run would keep it waiting
 * for longer than a start takes, by how long calls have taken lately; and else one whenever calls
 * have waited, all together, for as long as a start takes. So a burst of quick calls needs few
 * processes, slow calls get one each at once, and a load that stays gets as many as let it wait no
 * more. Whichever is idle first takes the oldest call; quick ones are given ahead (`ahead/`).
 *
 * `replace` gives the function another program: what runs ends its call in the old one, what is
 * idle ends at once, and calls that come from then on begin in the new one. A call that waited
 * before may still take a process of the program that was there when it came, or of a later one:
 * else it would wait for as long as programs come faster than processes start. `keepWarm` holds
 * some processes ready.
 *
 * A process that ends before it was ever idle fails one waiting call. After a few such ends in a
 * row no process is started for a while, which grows, and calls fail with the last reason at once.
 */

import { assert, type Clock, errorText, type Logger, noBytes, type Timer } from "../../base/mod.ts";
import { AheadCalls } from "../ahead/ahead-calls.ts";
import type { Call, Outcome } from "../call.ts";
import type { PlaceHolder, Places } from "../concurrency/places.ts";
import type { StartTrouble } from "../end-of-process.ts";
import { Environment } from "../environment.ts";
import { cannotStart, encodeFailure } from "../failures.ts";
import {
  aheadCallMsMax,
  drainMsMax,
  idleMsMax,
  lastIdleMsMin,
  startMsTypical,
  waitingCallsMax,
} from "../limits.ts";
import { endOf, refuseAtClose, throttle } from "../outcomes.ts";
import type { FunctionLine } from "../output.ts";
import type { Program } from "../program.ts";
import type { TemporaryFolders } from "../temporary-folders.ts";
import { Line } from "./line.ts";
import { Pace } from "./pace.ts";
import { StartFailures } from "./start-failures.ts";

export interface PoolOptions {
  readonly program: Program;
  readonly places: Places;
  readonly temporaryFolders: TemporaryFolders;
  readonly clock: Clock;
  readonly atEndOfTurn: (callback: () => void) => void;
  readonly write: (line: FunctionLine) => void;
  readonly logger: Logger;
}

interface Waiting {
  readonly call: Call;
  /** Of the program when the call came. */
  readonly generation: number;
  readonly answer: (outcome: Outcome) => void;
}

interface Idle {
  readonly environment: Environment;
  readonly sinceMs: number;
}

export class Pool implements PlaceHolder {
  readonly #options: PoolOptions;
  #program: Program;
  /** How many programs were there before it. */
  #generation = 0;
  #warmCount = 0;
  readonly #waiting = new Line<Waiting>(waitingCallsMax);
  readonly #ahead: AheadCalls;
  readonly #environments = new Set<Environment>();
  /** Those that were idle and end for others. */
  readonly #makingRoom = new Set<Environment>();
  /** The one that was idle last stands last. */
  #idle: Idle[] = [];
  /** Ends those that have been idle for long; stays while calls take them and bring them back. */
  #idleTimer: Timer | undefined;
  #startingCount = 0;
  #runningCount = 0;
  readonly #pace: Pace;
  readonly #startFailures: StartFailures;
  #warmTimer: Timer | undefined;
  #startTimer: Timer | undefined;
  #closing = false;
  /** Of those who wait until no call waits or runs. */
  #drained: PromiseWithResolvers<void> | undefined;
  /** How calls ended that an environment, a failed start or a full queue answered. */
  readonly ended = { succeeded: 0, failed: 0, throttled: 0 };

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#program = options.program;
    this.#ahead = new AheadCalls(options.clock);
    this.#pace = new Pace(options.clock);
    this.#startFailures = new StartFailures(options.clock);
    options.places.join(this);
  }

  get program(): Program {
    return this.#program;
  }

  get waitingCount(): number {
    return this.#waiting.length + this.#ahead.length;
  }

  get runningCount(): number {
    return this.#runningCount;
  }

  /** Processes that run, are starting or are idle. */
  get environmentCount(): number {
    return this.#environments.size;
  }

  /** Processes that can take a call, or have one. */
  get readyCount(): number {
    return this.#idle.length + this.#runningCount;
  }

  /** The last that was started did not come so far as to take a call. */
  get failsToStart(): boolean {
    return this.#startFailures.count > 0;
  }

  /** Answers in every case, once; `throttled` when too many calls wait for a process. */
  invoke(call: Call, answer: (outcome: Outcome) => void): void {
    if (this.#closing) {
      answer(refuseAtClose());
      return;
    }
    const waiting = { call, generation: this.#generation, answer };
    if (this.#waiting.push(waiting)) this.#dispatch();
    else this.#end(waiting, throttle("FunctionInvocationRateLimitExceeded"));
  }

  #end({ answer }: Waiting, outcome: Outcome): void {
    this.ended[endOf(outcome)] += 1;
    answer(outcome);
    if (this.#isEmpty) this.#drained?.resolve();
  }

  get #isEmpty(): boolean {
    return this.#runningCount === 0 && this.waitingCount === 0;
  }

  async #untilEmpty(): Promise<void> {
    if (this.#isEmpty) return;
    this.#drained ??= Promise.withResolvers();
    await this.#drained.promise;
  }

  /** Calls that begin from now on run in this program; answers when no other is left. */
  async replace(program: Program): Promise<void> {
    this.#program = program;
    this.#generation += 1;
    this.#startFailures.forget();
    const stale = this.#idle.filter(({ environment }) => environment.program !== program);
    for (const { environment } of stale) this.#forgetIdle(environment);
    await Promise.all(stale.map(({ environment }) => environment.end()));
    this.#dispatch();
  }

  /** Holds so many processes ready, as long as they start. */
  keepWarm(count: number): void {
    this.#warmCount = count;
    this.#dispatch();
  }

  onPlace(): void {
    this.#dispatch();
  }

  idleSinceMs(): number | undefined {
    return this.spareCount > 0 ? this.#idle[0]?.sinceMs : undefined;
  }

  /** The last one stays for a moment, so that two functions do not end each other's in turn. */
  get spareCount(): number {
    const newest = this.#idle.at(-1);
    if (!newest) return 0;
    const idleMs = this.#options.clock.monotonic() - newest.sinceMs;
    const keptMin = Math.max(this.#warmMin, idleMs < lastIdleMsMin ? 1 : 0);
    return Math.max(0, Math.min(this.#idle.length, this.#stayingCount - keptMin));
  }

  /** Those that start are not there yet. */
  get #stayingCount(): number {
    return this.#environments.size - this.#makingRoom.size - this.#startingCount;
  }

  endLongestIdle(): void {
    const [longest] = this.#idle;
    assert(longest, "a process was to make room where none is idle");
    this.#forgetIdle(longest.environment);
    this.#makingRoom.add(longest.environment);
    void longest.environment.end();
  }

  /** The port of an inspector is one process's. */
  get #hasOneAtMost(): boolean {
    return this.#program.inspectorPort !== undefined;
  }

  get #warmMin(): number {
    return this.#hasOneAtMost ? 1 : this.#warmCount;
  }

  /**
   * Runs the calls it has to their ends, without a bound, then closes; nobody may bring it others.
   * Answers at once when it is closed meanwhile.
   */
  async retire(): Promise<void> {
    this.keepWarm(0);
    await this.#untilEmpty();
    if (!this.#closing) await this.close();
  }

  /** Whether a process has this folder as its code, or would have. */
  runsIn(folder: string): boolean {
    const programs = [...this.#environments].map(({ program }) => program);
    return [this.#program, ...programs].some((program) => program.folder === folder);
  }

  /** Lets running calls finish within a bound, fails those that wait, then ends every process. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#warmCount = 0;
    this.#warmTimer?.cancel();
    this.#startTimer?.cancel();
    while (this.#ahead.takeBackOne()); // each ends as it comes back
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift())
      this.#end(next, refuseAtClose());
    if (this.#runningCount > 0) {
      await new Promise<void>((resolve) => {
        void this.#untilEmpty().then(resolve);
        this.#options.clock.after(drainMsMax, resolve);
      });
    }
    this.#idleTimer?.cancel();
    const ended = [...this.#environments].map((environment) => environment.end());
    await Promise.all(ended);
    this.#options.places.leave(this);
  }

  #dispatch(): void {
    if (this.#closing) return;
    this.#pace.count();
    while (this.#idle.length > 0) {
      const next = this.#nextForIdle();
      if (!next) break;
      this.#run(this.#idle.pop()!.environment, next);
    }
    this.#giveAhead();
    const lacking = this.waitingCount - this.#startingCount;
    if (lacking > 0) {
      const owed = Math.min(lacking, this.#pace.owedStarts);
      const atOnce = this.#isSlow ? lacking - this.#returningCount : 0;
      this.#pace.noteStarts(this.#startFor(Math.max(owed, atOnce)));
      if (this.waitingCount > this.#startingCount) this.#startSoon();
    }
    this.#pace.noteWaiting(this.waitingCount);
    while (this.#environments.size < this.#warmMin && !this.#startFailures.isBackingOff) {
      if (this.#start(true)) continue;
      this.#warmAgainAfter(lastIdleMsMin); // others may be idle by then
      return;
    }
  }

  /**
   * Starts so many, or as many as there may be; while starts wait, calls fail instead. Answers with
   * how many it has dealt with.
   */
  #startFor(callCount: number): number {
    for (let count = 0; count < callCount; count += 1) {
      if (this.#hasOneAtMost && this.#environments.size > 0) return count;
      if (this.#startFailures.isBackingOff) this.#failOne();
      else if (!this.#start(false)) return count;
    }
    return Math.max(0, callCount);
  }

  /** Whether what is there would keep the last call waiting for longer than a start takes. */
  get #isSlow(): boolean {
    const readyCount = this.#environments.size - this.#startingCount;
    const { callMs } = this.#pace;
    if (readyCount === 0 || callMs === undefined) return true;
    return (this.waitingCount * callMs) / readyCount > startMsTypical;
  }

  /** They have answered, and will ask for the next call in a moment, or are about to end. */
  get #returningCount(): number {
    const { size } = this.#environments;
    return Math.max(0, size - this.#startingCount - this.#runningCount - this.#idle.length);
  }

  /** Calls may take longer than those before, or what was to come back be kept by its handler. */
  #startSoon(): void {
    // One that is due has no place yet: it is called when there is one, and this looks once more.
    const delayMs = this.#pace.msUntilStart(this.waitingCount);
    this.#startTimer ??= this.#options.clock.after(delayMs, () => {
      this.#startTimer = undefined;
      this.#dispatch();
    });
  }

  /** The call that comes next; where none waits for a process, one that waits for another's. */
  #nextForIdle(): Waiting | undefined {
    this.#ahead.takeBackLate();
    return this.#waiting.shift() ?? (this.#ahead.takeBackOne() ? this.#waiting.shift() : undefined);
  }

  /** The oldest first; not where so many work that none of them is idle when it is woken. */
  #giveAhead(): void {
    const { callMs } = this.#pace;
    if (callMs === undefined || callMs > aheadCallMsMax) return;
    if (this.#runningCount > this.#options.places.busyMax) return;
    while (this.#waiting.length > 0) {
      const environment = this.#ahead.nextOpen();
      if (!environment) return;
      if (environment.program !== this.#program) continue;
      this.#ahead.takeBackLate();
      if (!this.#runAhead(environment, this.#waiting.shift()!)) return;
    }
  }

  /** False: the machine does not let it. */
  #runAhead(environment: Environment, waiting: Waiting): boolean {
    let hasBegun = false;
    const isGiven = environment.runAhead({
      call: waiting.call,
      answer: this.#answerOf(environment, waiting),
      onBegin: () => {
        hasBegun = true;
        this.#ahead.forget(environment);
        this.#runningCount += 1;
        this.#ahead.noteBegun(environment);
        this.#dispatch();
      },
      onBack: () => {
        if (hasBegun) this.#runningCount -= 1;
        this.#ahead.forget(environment);
        this.#putBack(waiting);
      },
    });
    if (isGiven) this.#ahead.note(environment);
    else this.#waiting.putBack(waiting);
    return isGiven;
  }

  #putBack(waiting: Waiting): void {
    if (this.#closing) {
      this.#end(waiting, refuseAtClose());
      return;
    }
    this.#waiting.putBack(waiting);
    this.#options.atEndOfTurn(() => this.#dispatch());
  }

  #run(environment: Environment, waiting: Waiting): void {
    this.#runningCount += 1;
    environment.run(waiting.call, this.#answerOf(environment, waiting));
    this.#ahead.noteBegun(environment);
  }

  /**
   * Where others wait the answer goes at the end of the turn, behind the next call if the process
   * has asked for it by then: it works on that while the answer is on its way.
   */
  #answerOf(environment: Environment, waiting: Waiting) {
    return (outcome: Outcome, durationMs: number): void => {
      this.#runningCount -= 1;
      this.#ahead.noteOver(environment);
      this.#pace.noteCall(durationMs);
      if (this.waitingCount > 0) this.#options.atEndOfTurn(() => this.#end(waiting, outcome));
      else this.#end(waiting, outcome);
    };
  }

  /** False: there is no place for another. */
  #start(provisioned: boolean): boolean {
    const { places } = this.#options;
    const isFirst = this.#environments.size === 0;
    if (!places.take(this, { isFirst, provisioned })) return false;
    this.#startingCount += 1;
    const generation = this.#generation;
    let starting = true;
    const started = () => {
      if (!starting) return;
      starting = false;
      this.#startingCount -= 1;
      places.noteStarted();
    };
    const events = {
      onIdle: (environment: Environment) => {
        started();
        this.#startFailures.noteStarted();
        const oldest = this.#waiting.peek();
        if (environment.isAged) void environment.end();
        else if (environment.program === this.#program) this.#keepIdle(environment);
        else if (oldest && oldest.generation <= generation) {
          this.#run(environment, this.#waiting.shift()!);
        } else void environment.end();
        this.#dispatch();
      },
      onEnd: (environment: Environment, startTrouble: StartTrouble | undefined) => {
        this.#environments.delete(environment);
        this.#forgetIdle(environment);
        started();
        places.free(this.#makingRoom.delete(environment));
        if (startTrouble && environment.program === this.#program) {
          this.#noteStartFailure(startTrouble);
        }
        this.#dispatch();
      },
    };
    const program = this.#program;
    const startMsMax = this.#startFailures.startMsMax(program, provisioned);
    const options = { ...this.#options, program, provisioned, startMsMax, ...events };
    try {
      this.#environments.add(new Environment(options));
    } catch (thrown) {
      const fields = { function: program.functionName, reason: errorText(thrown) };
      this.#options.logger.error("process not started", fields);
      this.#noteStartFailure({ failure: () => encodeFailure(cannotStart), unavailable: true });
      started();
      places.free(false);
    }
    return true;
  }

  #keepIdle(environment: Environment): void {
    const { clock } = this.#options;
    this.#idle.push({ environment, sinceMs: clock.monotonic() });
    this.#idleTimer ??= clock.after(idleMsMax, () => this.#endIdle());
  }

  #endIdle(): void {
    const { clock } = this.#options;
    this.#idleTimer = undefined;
    const sinceMs = clock.monotonic();
    const sinceMsMax = sinceMs - idleMsMax;
    let stayingCount = this.#stayingCount;
    for (const idle of this.#idle.filter((one) => one.sinceMs <= sinceMsMax)) {
      const { environment } = idle;
      this.#forgetIdle(environment);
      if (stayingCount <= this.#warmMin && !environment.isAged) {
        this.#idle.push({ environment, sinceMs });
        continue;
      }
      stayingCount -= 1;
      void environment.end();
    }
    const [longest] = this.#idle;
    if (!longest) return;
    const leftMs = Math.ceil(longest.sinceMs - sinceMsMax);
    this.#idleTimer = clock.after(leftMs, () => this.#endIdle());
  }

  #forgetIdle(environment: Environment): void {
    this.#idle = this.#idle.filter((idle) => idle.environment !== environment);
  }

  #noteStartFailure(trouble: StartTrouble): void {
    if (this.#startFailures.allowsLonger(trouble, this.#program)) return;
    const waitMs = this.#startFailures.note(trouble);
    if (waitMs > 0) this.#warmAgainAfter(waitMs);
    this.#failOne();
  }

  /** No call may come that would start what is to be held ready. */
  #warmAgainAfter(waitMs: number): void {
    this.#warmTimer?.cancel();
    this.#warmTimer = this.#options.clock.after(waitMs + 1, () => this.#dispatch());
  }

  #failOne(): void {
    const waiting = this.#waiting.shift();
    if (!waiting) return;
    const { failure, ...rest } = this.#startFailures.last;
    const payload = failure(waiting.call.requestId);
    const outcome: Outcome = { payload, functionError: "Unhandled", logTail: noBytes };
    this.#end(waiting, { ...outcome, ...rest });
  }
}

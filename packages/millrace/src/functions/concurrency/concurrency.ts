/**
 * How many calls may run at once: of the account, and of each function that has its own.
 *
 * A call counts from its acceptance to its answer, its wait for a process included. What functions
 * have reserved is taken from the account's limit, for all others together, and so is what is
 * provisioned for versions of functions that have reserved nothing; as on AWS some of that must
 * stay. A call of a provisioned version takes what is provisioned first, and shares with the others
 * beyond it. How many processes the machine bears is another matter: `places.ts`.
 */

import { accountConcurrencyMax, unreservedConcurrencyMin } from "../limits.ts";

/** As AWS spells the `Reason` of a throttled call. */
export type ThrottleReason =
  | "ConcurrentInvocationLimitExceeded"
  | "ReservedFunctionConcurrentInvocationLimitExceeded"
  | "FunctionInvocationRateLimitExceeded";

/** Why what is asked for cannot be provisioned. */
export type ProvisionProblem = "above-reserved" | "too-little-unreserved";

interface Usage {
  reserved: number | undefined;
  provisioned: ReadonlyMap<string, number>;
  running: number;
  readonly runningByVersion: Map<string, number>;
}

const none: ReadonlyMap<string, number> = new Map();

export class Concurrency {
  readonly #usages = new Map<string, Usage>();
  /** The last one that was forgotten: the next call mostly needs one again. */
  #spare: Usage | undefined;
  /** Calls that run on what is nobody's own. */
  #sharedRunning = 0;
  /** What is reserved or provisioned. */
  #allotted = 0;

  /** Takes a place for a call of the function, or says why there is none. */
  enter(functionName: string, version: string): ThrottleReason | undefined {
    const usage = this.#usageOf(functionName);
    const { reserved, runningByVersion } = usage;
    const running = runningByVersion.get(version) ?? 0;
    const shares = reserved === undefined && running >= (usage.provisioned.get(version) ?? 0);
    if (reserved !== undefined && usage.running >= reserved) {
      return "ReservedFunctionConcurrentInvocationLimitExceeded";
    }
    if (shares && this.#sharedRunning >= this.unreservedMax) {
      this.#forgetUnused(functionName, usage);
      return "ConcurrentInvocationLimitExceeded";
    }
    usage.running += 1;
    runningByVersion.set(version, running + 1);
    if (shares) this.#sharedRunning += 1;
    return undefined;
  }

  /** Gives the place back. */
  leave(functionName: string, version: string): void {
    const usage = this.#usageOf(functionName);
    const running = usage.runningByVersion.get(version) ?? 1;
    usage.running -= 1;
    if (running === 1) usage.runningByVersion.delete(version);
    else usage.runningByVersion.set(version, running - 1);
    const shared = usage.reserved === undefined && running > (usage.provisioned.get(version) ?? 0);
    if (shared) this.#sharedRunning -= 1;
    this.#forgetUnused(functionName, usage);
  }

  reservedOf(functionName: string): number | undefined {
    return this.#usages.get(functionName)?.reserved;
  }

  /** Of all its versions together. */
  provisionedOf(functionName: string): number {
    return sum(this.#usages.get(functionName)?.provisioned ?? none);
  }

  get provisionedOfAll(): number {
    let total = 0;
    for (const { provisioned } of this.#usages.values()) total += sum(provisioned);
    return total;
  }

  /** What is left for functions that have nothing of their own. */
  get unreservedMax(): number {
    return accountConcurrencyMax - this.#allotted;
  }

  /** False: too little would be left for the others. `undefined` gives the places back. */
  reserve(functionName: string, count: number | undefined): boolean {
    const usage = this.#usageOf(functionName);
    const changed = { ...usage, reserved: count };
    const isTooMuch = count !== undefined && !this.#leavesEnough(usage, changed);
    if (!isTooMuch) this.#change(usage, changed);
    this.#forgetUnused(functionName, usage);
    return !isTooMuch;
  }

  /** What speaks against so much by version; as long as nothing does, `provision` may follow. */
  provisionProblem(
    functionName: string,
    provisioned: ReadonlyMap<string, number>,
  ): ProvisionProblem | undefined {
    const usage = this.#usageOf(functionName);
    const { reserved } = usage;
    this.#forgetUnused(functionName, usage);
    const count = sum(provisioned);
    if (count <= sum(usage.provisioned)) return undefined;
    if (reserved !== undefined) return count > reserved ? "above-reserved" : undefined;
    const isEnough = this.#leavesEnough(usage, { ...usage, provisioned });
    return isEnough ? undefined : "too-little-unreserved";
  }

  /** Sets what is provisioned, by version; what was checked when it was asked for is kept. */
  provision(functionName: string, provisioned: ReadonlyMap<string, number>): void {
    const usage = this.#usageOf(functionName);
    this.#change(usage, { ...usage, provisioned });
    this.#forgetUnused(functionName, usage);
  }

  #leavesEnough(before: Usage, after: Usage): boolean {
    const left = this.unreservedMax + allottedTo(before) - allottedTo(after);
    return left >= unreservedConcurrencyMin;
  }

  #change(usage: Usage, { reserved, provisioned }: Usage): void {
    this.#allotted -= allottedTo(usage);
    this.#sharedRunning -= sharedBy(usage);
    usage.reserved = reserved;
    usage.provisioned = provisioned;
    this.#allotted += allottedTo(usage);
    this.#sharedRunning += sharedBy(usage);
  }

  #usageOf(functionName: string): Usage {
    let usage = this.#usages.get(functionName);
    if (!usage) {
      usage = this.#spare ?? newUsage();
      this.#spare = undefined;
      this.#usages.set(functionName, usage);
    }
    return usage;
  }

  /** Functions come and go; only those that have something are remembered. */
  #forgetUnused(functionName: string, usage: Usage): void {
    if (usage.reserved !== undefined || usage.provisioned.size > 0 || usage.running > 0) return;
    this.#usages.delete(functionName);
    this.#spare = usage;
  }
}

function newUsage(): Usage {
  return { reserved: undefined, provisioned: none, running: 0, runningByVersion: new Map() };
}

/** What nobody else may use. */
function allottedTo({ reserved, provisioned }: Usage): number {
  return reserved ?? sum(provisioned);
}

/** How many of its calls run on what is nobody's own. */
function sharedBy({ reserved, provisioned, runningByVersion }: Usage): number {
  if (reserved !== undefined) return 0;
  let shared = 0;
  for (const [version, running] of runningByVersion) {
    shared += Math.max(0, running - (provisioned.get(version) ?? 0));
  }
  return shared;
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

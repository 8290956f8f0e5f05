/**
 * Slows whoever guesses: by the address that the guesses come from.
 *
 * Some failures are free, because people mistype. After that each further try from that address
 * waits before it is looked at, twice as long each time up to a bound, and only so many may wait at
 * once: the next is turned away unseen. Who knows the password gets in all the same, only later, as
 * long as no more than that come at once: while somebody keeps all those places taken, others who
 * share the address are turned away, too. Behind a proxy that does not hand on the real address
 * these are all clients.
 *
 * Only what could be guessed is counted, and waits: passwords and tokens. Signatures are not,
 * because keys have 240 bits, nor requests that prove nothing, such as a guest's.
 *
 * Bounded: addresses whose last failure is longest ago are forgotten first. Of an IPv6 address the
 * first 64 bits count, because the rest is the client's to choose.
 */

import { type Clock, counter, type Figure } from "../base/mod.ts";
import { identityLimits as limits } from "./limits.ts";

interface Failures {
  count: number;
  waitingCount: number;
  lastMs: number;
}

export class FailedAttempts {
  readonly #clock: Clock;
  /** The one whose last failure is longest ago first. */
  readonly #byAddress = new Map<string, Failures>();
  #failedCount = 0;
  #slowedCount = 0;
  #refusedCount = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Before a try is looked at: `undefined` when it may be at once, else a promise that says, after
   * the wait, whether it may be at all.
   */
  wait(address: string): Promise<boolean> | undefined {
    const failures = this.#current(address);
    if (!failures || failures.count <= limits.failuresFree) return undefined;
    if (failures.waitingCount >= limits.waitingTriesMax) {
      this.#refusedCount += 1;
      return Promise.resolve(false);
    }
    failures.waitingCount += 1;
    this.#slowedCount += 1;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#clock.after(delayMs(failures.count), () => {
      failures.waitingCount -= 1;
      resolve(true);
    });
    return promise;
  }

  /** A try from there has proved nothing. */
  note(address: string): void {
    this.#failedCount += 1;
    const key = networkOf(address);
    const failures = this.#current(address) ?? { count: 0, waitingCount: 0, lastMs: 0 };
    failures.count += 1;
    failures.lastMs = this.#clock.monotonic();
    this.#byAddress.delete(key);
    this.#byAddress.set(key, failures);
    const oldest = this.#byAddress.keys().next().value;
    if (this.#byAddress.size > limits.failingAddressesMax) this.#byAddress.delete(oldest!);
  }

  figures(): Figure[] {
    return [
      counter(
        "millrace_authentication_failures_total",
        "Tries to prove an identity that proved nothing",
        this.#failedCount,
      ),
      counter(
        "millrace_authentication_slowed_total",
        "Tries that had to wait, because of failures from their address",
        this.#slowedCount,
      ),
      counter(
        "millrace_authentication_unseen_total",
        "Tries that were turned away unseen, because too many from their address waited",
        this.#refusedCount,
      ),
    ];
  }

  /** What is not forgiven yet. */
  #current(address: string): Failures | undefined {
    const key = networkOf(address);
    const failures = this.#byAddress.get(key);
    if (!failures) return undefined;
    const quietMs = this.#clock.monotonic() - failures.lastMs;
    if (quietMs < limits.failuresForgottenMs || failures.waitingCount > 0) return failures;
    this.#byAddress.delete(key);
    return undefined;
  }
}

function delayMs(count: number): number {
  const doublings = Math.min(count - limits.failuresFree - 1, 16);
  return Math.min(limits.tryDelayMsMin * 2 ** doublings, limits.tryDelayMsMax);
}

/** The address, or of an IPv6 address its first four groups. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail = ""] = address.split("::");
  const [before, behind] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array<string>(Math.max(0, 8 - before.length - behind.length)).fill("0");
  return [...before, ...zeros, ...behind].slice(0, 4).join(":");
}

/** In one form: `0DB8` is `db8`. */
function groupsOf(part: string): string[] {
  if (part === "") return [];
  return part.split(":").map((group) => Number.parseInt(group, 16).toString(16));
}

/**
 * What the client needs from where it runs, as parameters with the browser's own as defaults.
 *
 * The clock has the shape of the server's, so one manual clock serves the tests of both.
 */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  monotonic(): number;
  /** Calls once after `delayMs`. */
  after(delayMs: number, callback: () => void): Timer;
}

/** The part of a WebSocket that is used here. */
export type Socket = Pick<
  WebSocket,
  "binaryType" | "onopen" | "onmessage" | "onclose" | "send" | "close"
>;

export interface Environment {
  readonly socket: (url: string, protocols: string[]) => Socket;
  readonly clock: Clock;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** Calls back whenever the machine gets a network again; returns what ends that. */
  readonly whenOnline: (callback: () => void) => () => void;
  /** Told what no promise can tell: an error of a handler, a subscription that was lost. */
  readonly report: (problem: unknown) => void;
}

export const browserEnvironment: Environment = {
  socket: (url, protocols) => new WebSocket(url, protocols),
  clock: {
    monotonic: () => performance.now(),
    after(delayMs, callback) {
      const handle = setTimeout(callback, delayMs);
      return { cancel: () => clearTimeout(handle) };
    },
  },
  random: Math.random,
  whenOnline(callback) {
    globalThis.addEventListener?.("online", callback);
    return () => globalThis.removeEventListener?.("online", callback);
  },
  report: (problem) => console.error(problem),
};

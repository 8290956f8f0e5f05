/** For the tests of this engine: disks whose time passes at once, and chance from a seed. */

import type { Clock, Random } from "../../base/mod.ts";
import { SimulatedDisk } from "./disk.ts";

/** Timers fire in the order they were set, as soon as what runs now has ended. */
const hastyClock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  after(_delayMs, callback) {
    const handle = setImmediate(callback);
    return { cancel: () => clearImmediate(handle) };
  },
};

/** Mulberry32: the same numbers for the same seed. */
export function randomOf(seed: number): Random {
  let state = seed;
  const fraction = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const byte = () => Math.floor(fraction() * 256);
  return { fraction, bytes: (count) => Uint8Array.from({ length: count }, byte) };
}

export function newDisk(seed: number, bytesMax?: number): SimulatedDisk {
  const random = randomOf(seed);
  const durationMs = () => 0;
  return new SimulatedDisk({
    name: "simulated.log",
    clock: hastyClock,
    random,
    durationMs,
    bytesMax,
  });
}

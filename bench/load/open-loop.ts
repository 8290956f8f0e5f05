/**
 * An open loop: messages go out at a steady rate, whatever has become of those before.
 *
 * Each is stamped with the moment at which it was due, so that a server that stalls is charged
 * for everything that had to wait. A timer wakes up to a millisecond late, so the last stretch
 * before each message is spent turning the event loop: the generator takes a core in full.
 */

import type { Room } from "./room.ts";
import type { Tally } from "./tally.ts";

/** Above what a timer is late by. */
const turningMs = 2.5;

/** Starts at once and ends with the measurement; rooms take turns. */
export function publishSteadily(
  rooms: readonly Room[],
  messagesPerSecond: number,
  tally: Tally,
): void {
  const startMs = performance.now();
  const everyMs = 1_000 / messagesPerSecond;
  let count = 0;
  const turn = (): void => {
    if (!tally.isRunning) return;
    for (;;) {
      const nowMs = performance.now();
      const dueMs = startMs + count * everyMs;
      if (dueMs > nowMs) {
        const restMs = dueMs - nowMs - turningMs;
        if (restMs > 1) setTimeout(turn, restMs);
        else setImmediate(turn);
        return;
      }
      rooms[count % rooms.length]!.publish(1, dueMs);
      tally.sentLate(nowMs - dueMs);
      count += 1;
    }
  };
  turn();
}

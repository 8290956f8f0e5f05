/**
 * Whoever watches logs as they come. Nobody waits for a follower; its queue is its own matter, and
 * what its pattern may cost is bounded: who writes pays for it.
 */

import type { Clock } from "../base/mod.ts";
import type { LogEvent } from "./event.ts";
import type { Group, Stream } from "./group.ts";
import { followerWorkMax, followerWorkMs } from "./limits.ts";
import { PatternTooCostly } from "./pattern/cursor.ts";

export interface FollowWish {
  /** Absent: every group, those to come included. */
  readonly groupName?: string | undefined;
  readonly matches: (message: string, streamName: string) => boolean;
  /** What `matches` has cost since this was asked last. */
  readonly takeWork?: (() => number) | undefined;
}

export interface Followed extends LogEvent {
  readonly groupName: string;
  readonly streamName: string;
}

export interface Follower {
  tell(followed: Followed): void;
  /** One has come that was not looked at, or not to its end: that would cost too much. */
  miss(): void;
  /** Nothing more will be told. */
  end(): void;
}

/** A follower's wish, and what it has cost since when. */
interface Watch {
  readonly wish: FollowWish;
  sinceMs: number;
  work: number;
}

export class Followers {
  readonly #clock: Clock;
  readonly #followers = new Map<Follower, Watch>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(wish: FollowWish, follower: Follower): () => void {
    this.#followers.set(follower, { wish, sinceMs: this.#clock.monotonic(), work: 0 });
    return () => void this.#followers.delete(follower);
  }

  get any(): boolean {
    return this.#followers.size > 0;
  }

  tell(group: Group, stream: Stream, events: readonly LogEvent[]): void {
    if (!this.any) return;
    for (const follower of this.#followers.keys()) {
      for (const event of events) this.tellOne(follower, group, stream, event);
    }
  }

  /** One follower alone. */
  tellOne(follower: Follower, group: Group, stream: Stream, event: LogEvent): void {
    const watch = this.#followers.get(follower);
    const groupName = group.record.name;
    if (!watch || (watch.wish.groupName ?? groupName) !== groupName) return;
    const { timestampMs, message, requestId } = event;
    const streamName = stream.record.name;
    const isWanted = this.#look(watch, message, streamName);
    if (isWanted === undefined) follower.miss();
    else if (isWanted) follower.tell({ timestampMs, message, requestId, groupName, streamName });
  }

  /** Whether it is wanted; `undefined`: to know that would cost too much. */
  #look(watch: Watch, message: string, streamName: string): boolean | undefined {
    const { wish } = watch;
    const nowMs = this.#clock.monotonic();
    if (nowMs - watch.sinceMs >= followerWorkMs) Object.assign(watch, { sinceMs: nowMs, work: 0 });
    if (watch.work >= followerWorkMax) return undefined;
    try {
      return wish.matches(message, streamName);
    } catch (thrown) {
      if (thrown instanceof PatternTooCostly) return undefined;
      throw thrown;
    } finally {
      watch.work += wish.takeWork?.() ?? 0;
    }
  }

  end(): void {
    for (const follower of [...this.#followers.keys()]) follower.end();
    this.#followers.clear();
  }
}

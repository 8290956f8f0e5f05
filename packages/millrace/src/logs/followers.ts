/** Whoever watches logs as they come. Nobody waits for a follower; its queue is its own matter. */

import type { LogEvent } from "./event.ts";
import type { Group, Stream } from "./group.ts";

export interface FollowWish {
  /** Absent: every group, those to come included. */
  readonly groupName?: string | undefined;
  readonly matches: (message: string, streamName: string) => boolean;
}

export interface Followed extends LogEvent {
  readonly groupName: string;
  readonly streamName: string;
}

export interface Follower {
  tell(followed: Followed): void;
  /** Nothing more will be told. */
  end(): void;
}

export class Followers {
  readonly #followers = new Map<Follower, FollowWish>();

  add(wish: FollowWish, follower: Follower): () => void {
    this.#followers.set(follower, wish);
    return () => void this.#followers.delete(follower);
  }

  tell(group: Group, stream: Stream, events: readonly LogEvent[]): void {
    if (this.#followers.size === 0) return;
    const groupName = group.record.name;
    const streamName = stream.record.name;
    for (const [follower, wish] of this.#followers) {
      if (wish.groupName !== undefined && wish.groupName !== groupName) continue;
      for (const { timestampMs, message } of events) {
        if (!wish.matches(message, streamName)) continue;
        follower.tell({ timestampMs, message, groupName, streamName });
      }
    }
  }

  end(): void {
    for (const follower of [...this.#followers.keys()]) follower.end();
    this.#followers.clear();
  }
}

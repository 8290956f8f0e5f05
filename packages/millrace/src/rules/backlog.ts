/**
 * Messages that wait for their rules, in order of arrival, and how many may be under way.
 *
 * QoS 0 is refused when too many wait, and so are the server's own messages, unless somebody's
 * acknowledgement waits for what follows from them: nobody waits for the others.
 * QoS 1 from clients is not: it waits for room, and its publisher with it, because the
 * acknowledgement waits too; so it is bounded by what publishers may leave without one. A will is
 * a client's too: nobody waits for it, and there are no more of them than there were connections.
 * What rules republished passes by both bounds: the message that caused it keeps its own place
 * until the end, so holding the follower back could stop everything. Its depth bounds a chain, and
 * a bound of its own the rules that republish to themselves several times over: what finds no room
 * there is dropped, whatever its QoS.
 */

import { BoundedQueue } from "../base/mod.ts";
import { rulesLimits } from "./limits.ts";
import type { RuleMessage } from "./message.ts";

export interface Waiting {
  readonly message: RuleMessage;
}

export class Backlog<T extends Waiting> {
  readonly #fromOutside = new BoundedQueue<T>(Number.POSITIVE_INFINITY);
  readonly #fromRules = new BoundedQueue<T>(rulesLimits.queuedFollowersMax);
  #runningCount = 0;
  #droppedFromOutsideCount = 0;

  get droppedCount(): number {
    return this.#droppedFromOutsideCount + this.#fromRules.droppedCount;
  }

  /** Messages that have not begun. */
  get waitingCount(): number {
    return this.#fromOutside.length + this.#fromRules.length;
  }

  /** Messages from outside that have begun and not ended. */
  get runningCount(): number {
    return this.#runningCount;
  }

  /** False, and counted, when there is no room for what nobody waits for, or for a follower. */
  push(item: T): boolean {
    const { qos, origin } = item.message;
    if (origin.ruleDepth > 0) return this.#fromRules.push(item);
    const isWaitedFor = qos > 0 && (!origin.internal || origin.isAwaited === true);
    if (!isWaitedFor && this.#fromOutside.length >= rulesLimits.queuedMessagesMax) {
      this.#droppedFromOutsideCount += 1;
      return false;
    }
    return this.#fromOutside.push(item);
  }

  get hasNext(): boolean {
    return this.#fromRules.length > 0 || (this.#fromOutside.length > 0 && this.#hasRoom);
  }

  /** The next message that may run, now under way, until `finish`. */
  take(): T | undefined {
    const follower = this.#fromRules.shift();
    if (follower || !this.#hasRoom) return follower;
    const item = this.#fromOutside.shift();
    if (item) this.#runningCount += 1;
    return item;
  }

  finish({ message }: T): void {
    if (message.origin.ruleDepth === 0) this.#runningCount -= 1;
  }

  get #hasRoom(): boolean {
    return this.#runningCount < rulesLimits.runningMessagesMax;
  }
}

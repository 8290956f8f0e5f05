/** Posts one request, and again where that may help, within its time. */

import type { Clock } from "../../base/mod.ts";
import { rulesLimits } from "../limits.ts";
import type { HttpSend } from "../ports.ts";
import type { ActionInput, ActionProblem } from "./action.ts";

/** A message that is about to be sent. */
export interface HttpItem {
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly input: ActionInput;
}

export interface Post {
  readonly url: string;
  readonly headers: HttpItem["headers"];
  /** Unless a header says otherwise. */
  readonly contentType: string;
  readonly body: Uint8Array;
  /** How many messages the body is made of. */
  readonly messageCount: number;
  readonly clock: Clock;
}

export class HttpSender {
  readonly #send: HttpSend;
  /** Of messages, not of requests: each holds its publisher, and its place among all. */
  #runningCount = 0;

  constructor(send: HttpSend) {
    this.#send = send;
  }

  sendAlone({ url, headers, input }: HttpItem): Promise<ActionProblem> {
    const { output, clock } = input;
    const contentType =
      output.value === undefined ? "application/octet-stream" : "application/json";
    return this.post({ url, headers, contentType, body: output.bytes, messageCount: 1, clock });
  }

  /** An endpoint that hangs must not take every place of messages whose actions are under way. */
  async post(post: Post): Promise<ActionProblem> {
    const { messageCount } = post;
    const most = rulesLimits.httpMessagesMax;
    if (this.#runningCount + messageCount > most) {
      return `${this.#runningCount} messages of this action are under way, of ${most} at most`;
    }
    this.#runningCount += messageCount;
    try {
      return await this.#attempt(post);
    } finally {
      this.#runningCount -= messageCount;
    }
  }

  async #attempt({ url, headers, contentType, body, clock }: Post): Promise<ActionProblem> {
    const endMs = clock.monotonic() + rulesLimits.httpBudgetMs;
    const isTyped = headers.some(([name]) => name.toLowerCase() === "content-type");
    const all = isTyped ? headers : [["content-type", contentType] as const, ...headers];
    let pauseMs: number = rulesLimits.firstPauseMs;
    for (let count = 1; ; count += 1) {
      const timeoutMs = endMs - clock.monotonic();
      const { status, isLong } = await this.#send({ url, headers: all, body, timeoutMs });
      if (status >= 200 && status < 300) return undefined;
      const isTransient = status === 429 || (status >= 500 && status <= 599);
      const isLast = count === rulesLimits.attemptsMax || clock.monotonic() + pauseMs >= endMs;
      if (!isTransient || isLong || isLast) return `the endpoint answered ${status}`;
      await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
      pauseMs *= 2;
    }
  }
}

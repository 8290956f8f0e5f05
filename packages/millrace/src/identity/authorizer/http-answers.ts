/**
 * Answers of authorizers that are kept for the next request over HTTP, where the authorizer says so
 * (`enableCachingForHttp`), for as long as the function says (`refreshAfterInSeconds`).
 *
 * AWS keeps them for a connection. Here connections are not seen: an answer is kept for requests
 * from the same address with the same headers and the same query, so that whatever the function
 * could have looked at is the same.
 */

import { createHash } from "node:crypto";
import type { Clock } from "../../base/mod.ts";
import type { Asker } from "../caller.ts";
import type { AuthorizerAnswer } from "./answer.ts";
import type { Authorizer } from "./authorizer.ts";
import type { HttpFacts } from "./credentials.ts";
import { authorizerLimits as limits } from "./limits.ts";

interface Kept {
  readonly authorizer: Authorizer;
  readonly caller: Asker;
  readonly untilMs: number;
}

export class HttpAnswers {
  readonly #clock: Clock;
  /** The one that was kept first, first. */
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(authorizer: Authorizer, http: HttpFacts, sourceIp: string): Asker | undefined {
    if (!authorizer.enableCachingForHttp) return undefined;
    const kept = this.#kept.get(keyOf(http, sourceIp));
    // An authorizer that was changed since is another one.
    const isGood = kept?.authorizer === authorizer && this.#clock.monotonic() < kept.untilMs;
    return isGood ? kept.caller : undefined;
  }

  keep(
    authorizer: Authorizer,
    told: {
      readonly http: HttpFacts;
      readonly sourceIp: string;
      readonly answer: AuthorizerAnswer;
      readonly caller: Asker;
    },
  ): void {
    const { http, sourceIp, caller, answer } = told;
    const seconds = answer.refreshAfterSeconds;
    if (!authorizer.enableCachingForHttp || seconds === undefined) return;
    const key = keyOf(http, sourceIp);
    this.#kept.delete(key);
    this.#kept.set(key, { authorizer, caller, untilMs: this.#clock.monotonic() + seconds * 1000 });
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > limits.cachedAnswersMax) this.#kept.delete(oldest!);
  }
}

/** The length of the message is no credential. */
function keyOf({ headers, queryString }: HttpFacts, sourceIp: string): string {
  const { "content-length": _, ...rest } = headers;
  const text = JSON.stringify([sourceIp, queryString, rest]);
  return createHash("sha256").update(text).digest("base64");
}

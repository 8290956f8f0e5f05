/**
 * Authorizers: functions that are asked whether a request may have its route.
 *
 * What a function has answered counts, for as long as its definition says, for all requests with
 * the same identity, whatever their route; a policy is looked at anew for each. Where it fails, or
 * answers nothing that is known, nobody gets in. An error whose message is `Unauthorized` is an
 * answer: 401. What is remembered is bounded, and this process's.
 * [API Gateway: Lambda authorizers]
 */

import { type Awaitable, assert, EqualWaits, memberOf, textOf } from "../../base/mod.ts";
import type { InvokeResult } from "../../functions/mod.ts";
import type { Regex } from "../../sql/mod.ts";
import type { ApiOptions } from "../api.ts";
import {
  authorizerWaitMsMax,
  rememberedAnswersMax,
  rememberedBytesMax,
  restApiWaitMsMax,
} from "../limits.ts";
import { authorizerRefusals, type Refusal } from "../refusal/refusals.ts";
import type { EdgeRequest } from "../request.ts";
import type { RouteMatch } from "../routes.ts";
import { type AuthorizerAnswer, judge, readAuthorizerAnswer } from "./authorizer-answer.ts";
import { createAuthorizerEvent, methodArn } from "./authorizer-event.ts";
import type { AuthorizerDefinition } from "./definition.ts";
import { type Asked, createValidation, readIdentity } from "./identity-source.ts";

export type Verdict =
  /** What the event of the route's function says about it. */
  { readonly authorizer: object } | { readonly refusal: Refusal };

/** Whether the request may have its route, which has an authorizer. */
export type Authorize = (
  definition: AuthorizerDefinition,
  request: EdgeRequest,
  match: RouteMatch,
) => Awaitable<Verdict>;

interface Remembered {
  readonly answer: AuthorizerAnswer;
  readonly untilMs: number;
}

/** Rejects only when `invoke` does. */
export function createAuthorizers(options: ApiOptions): Authorize {
  const { api, accountId, clock } = options;
  const refusals = authorizerRefusals[api.kind];
  const ms = api.kind === "rest" ? restApiWaitMsMax : authorizerWaitMsMax;
  const waits = new EqualWaits({ clock, ms });
  const caches = new Map<AuthorizerDefinition, AnswerCache>();
  const validations = new Map<AuthorizerDefinition, Regex>();
  for (const { authorizer } of api.routes) {
    if (authorizer?.validation === undefined) continue;
    const created = createValidation(authorizer.validation);
    assert(created.ok, `the template of '${authorizer.name}' is refused`);
    validations.set(authorizer, created.regex);
  }

  function decide(answer: AuthorizerAnswer, definition: AuthorizerDefinition, asked: Asked) {
    const outcome = judge(answer, methodArn(definition.apiArn, asked), asked.request);
    if (outcome !== "allowed") return { refusal: refusals[outcome] };
    return { authorizer: describeFor(asked, answer) };
  }

  async function ask(
    definition: AuthorizerDefinition,
    asked: Asked,
    identity: readonly string[],
  ): Promise<AuthorizerAnswer | Refusal> {
    const payload = JSON.stringify(createAuthorizerEvent(definition, asked, identity));
    const { functionName, qualifier } = definition;
    const called = await inTime(options.invoke(functionName, payload, { qualifier }), waits);
    const scalarsOnly = api.kind === "rest";
    const read = readCall(called, { simple: definition.simple, scalarsOnly });
    if (typeof read === "object") return read;
    if (read === "unauthorized") return refusals.unauthorized;
    const { requestId } = asked.request;
    const named = { api: api.name, authorizer: definition.name, function: functionName };
    options.logger.warn("authorizer failed", { ...named, request: requestId, reason: read });
    return refusals.failed;
  }

  return (definition, request, match) => {
    const asked = { request, match, api, accountId };
    const identity = readIdentity(definition.sources, asked);
    if (!identity) return { refusal: refusals.unauthorized };
    const validation = validations.get(definition);
    if (validation && !validation.test(identity[0] ?? "", unbounded)) {
      return { refusal: refusals.unauthorized };
    }
    const cache = cacheOf(caches, definition);
    const key = JSON.stringify(identity);
    const known = cache?.get(key, clock.monotonic());
    if (known) return decide(known, definition, asked);
    return ask(definition, asked, identity).then((answer) => {
      if ("status" in answer) return { refusal: answer };
      cache?.set(key, { answer, untilMs: clock.monotonic() + definition.ttlSeconds * 1000 });
      return decide(answer, definition, asked);
    });
  };
}

/** Matching takes time in proportion to the token, whose length the door bounds. */
const unbounded = { spend() {} };

function cacheOf(
  caches: Map<AuthorizerDefinition, AnswerCache>,
  definition: AuthorizerDefinition,
): AnswerCache | undefined {
  if (definition.ttlSeconds === 0 || definition.sources.length === 0) return undefined;
  let cache = caches.get(definition);
  if (!cache) {
    cache = new AnswerCache();
    caches.set(definition, cache);
  }
  return cache;
}

/** The oldest answers make room for a new one. */
class AnswerCache {
  readonly #answers = new Map<string, Remembered>();
  #bytes = 0;

  get(key: string, nowMs: number): AuthorizerAnswer | undefined {
    const known = this.#answers.get(key);
    if (known && known.untilMs > nowMs) return known.answer;
    this.#forget(key);
    return undefined;
  }

  set(key: string, remembered: Remembered): void {
    this.#forget(key);
    this.#answers.set(key, remembered);
    this.#bytes += bytesOf(key, remembered);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= rememberedAnswersMax && this.#bytes <= rememberedBytesMax) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const known = this.#answers.get(key);
    if (known) this.#bytes -= bytesOf(key, known);
    this.#answers.delete(key);
  }
}

function bytesOf(key: string, { answer }: Remembered): number {
  return key.length + answer.bytes;
}

/** The answer, `unauthorized`, or why there is none. */
function readCall(
  called: InvokeResult | undefined,
  reading: { readonly simple: boolean; readonly scalarsOnly: boolean },
): AuthorizerAnswer | "unauthorized" | string {
  if (!called) return "it took too long";
  if (!called.found) return "function not found";
  if (called.throttled) return "function throttled";
  if (!called.functionError) return readAuthorizerAnswer(called.payload, reading);
  return messageOf(called.payload) === "Unauthorized" ? "unauthorized" : "function failed";
}

function messageOf(payload: Uint8Array): unknown {
  try {
    return memberOf(Object(JSON.parse(textOf(payload))), "errorMessage");
  } catch {
    return undefined; // a runtime may say anything about an error
  }
}

/** In a REST API all values of the context are texts. */
function describeFor({ api, match }: Asked, { context, principalId }: AuthorizerAnswer): object {
  const own = principalId === undefined ? {} : { principalId };
  if (api.kind === "rest") {
    const texts = Object.entries(context).map(([key, value]) => [key, String(value)]);
    return { ...Object.fromEntries(texts), ...own };
  }
  return match.route.payloadVersion === "1.0" ? { ...context, ...own } : { lambda: context };
}

function inTime(
  invoked: Promise<InvokeResult>,
  waits: EqualWaits,
): Promise<InvokeResult | undefined> {
  return new Promise((resolve, reject) => {
    const end = waits.begin(() => resolve(undefined));
    const settle = (then: () => void) => {
      if (end()) then();
    };
    invoked.then(
      (called) => settle(() => resolve(called)),
      (thrown) => settle(() => reject(thrown)),
    );
  });
}

/**
 * The service: requests come as messages on reserved topics or as calls, answers go out through the
 * broker's one way in.
 *
 * Work on one shadow is done in turns, on different ones at the same time. A turn ends when what it
 * changed is on disk and its answers are published, but does not wait for what follows from them: a
 * rule on an answer may ask for the next turn of the same shadow. Whoever asked does wait for it,
 * so that an acknowledgement says that the shadow, its answers to durable sessions and the actions
 * of rules on them are done.
 *
 * One update may become many through rules on its answers. Such chains end, because answers to what
 * a rule asked stand one deeper than the request; and what rules ask has one bound in all.
 */

import {
  type Clock,
  counter,
  errorText,
  type Figure,
  type Figured,
  type Logger,
  newUuid,
  type Random,
  type Timer,
  utf8,
  WorldError,
} from "../base/mod.ts";
import type { Message, Origin, PublishOutcome } from "../broker/mod.ts";
import type { Records } from "../storage/mod.ts";
import { type Answer, type AnswerMessage, rejected } from "./answer.ts";
import { type Problem, problems } from "./document/problem.ts";
import { readDelete } from "./document/request.ts";
import { shadowLimits } from "./limits.ts";
import { answerTopic, type Operation, requestOn, type ShadowName } from "./names.ts";
import { operations } from "./operations.ts";
import { ShadowStore } from "./store.ts";
import { Tally } from "./tally.ts";
import { Turns } from "./turns.ts";

export interface ShadowPorts {
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Hands an answer to the broker's one way in. */
  readonly publish: (message: Message) => PublishOutcome | Promise<PublishOutcome>;
}

export type ShadowResult =
  | {
      readonly ok: true;
      /** As JSON. */
      readonly document: string;
    }
  | { readonly ok: false; readonly problem: Problem };

/** Where a request came from, as far as its answers carry it on. */
interface Cause {
  readonly traceId?: string | undefined;
  /** That of the answers; 0 only where no rule asked. */
  readonly ruleDepth: number;
  /** Whether somebody waits for an acknowledgement. */
  readonly isAwaited: boolean;
}

interface Asked {
  readonly operation: Operation;
  readonly name: ShadowName;
  readonly payload: Uint8Array;
  readonly cause: Cause;
  /** Which of an answer's messages are published. */
  readonly tells: (answer: Answer) => readonly AnswerMessage[];
}

interface Answered {
  readonly answer: Answer;
  /** For the moment when everything that follows from it is done. */
  readonly told: Promise<void>;
}

const fromCaller: Cause = { ruleDepth: 0, isAwaited: true };

export class Shadows implements Figured {
  readonly #ports: ShadowPorts;
  readonly #store: ShadowStore;
  readonly #turns = new Turns();
  readonly #tally = new Tally();
  /** Requests under way of each connection, which all its messages share one origin with. */
  readonly #underway = new WeakMap<object, number>();
  /** Stands there for all rules together. */
  readonly #rules = {};
  /** Turns and the sweep. */
  readonly #open = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  #timer: Timer | undefined;

  constructor(ports: ShadowPorts) {
    this.#ports = ports;
    this.#store = new ShadowStore(ports.records);
  }

  figures(): Figure[] {
    return [
      counter(
        "millrace_shadow_requests_total",
        "Requests to shadows, over MQTT and HTTP, by what they asked for and whether they got it",
        this.#tally.samples(),
      ),
    ];
  }

  /**
   * `undefined` when the message asks nothing of a shadow; a will does not, whatever its topic.
   * Else a promise for the moment when it is done; it rejects when something could not be stored.
   */
  tell(message: Message): Promise<void> | undefined {
    const request = requestOn(message.topic);
    if (!request || message.isWill) return undefined;
    const { origin, payload, qos } = message;
    const { traceId } = origin;
    const ruleDepth = origin.ruleDepth && origin.ruleDepth + 1;
    const cause = { traceId, ruleDepth, isAwaited: qos > 0 };
    const asked: Asked = { ...request, payload, cause, tells: ({ messages }) => messages };
    return this.#bounded(origin, asked);
  }

  /** The whole document. */
  get(name: ShadowName): Promise<ShadowResult> {
    return this.#call("get", name, new Uint8Array(0), () => []);
  }

  /** Tells subscribers as an update over MQTT does, but of a rejection nobody else. */
  update(name: ShadowName, payload: Uint8Array): Promise<ShadowResult> {
    return this.#call("update", name, payload, messagesOfCall);
  }

  delete(name: ShadowName): Promise<ShadowResult> {
    return this.#call("delete", name, new Uint8Array(0), messagesOfCall);
  }

  /** Names of the named shadows of a thing, in order, those behind `after`. */
  names(thingName: string, after: string | undefined, countMax: number): Promise<string[]> {
    return this.#store.names(thingName, after ?? "", countMax);
  }

  /** Begins to forget, now and then, the versions of what was deleted long ago. */
  start(): void {
    const { clock, logger } = this.#ports;
    const { signal } = this.#closing;
    const sweep = async () => {
      try {
        await this.#store.sweep(this.#nowSeconds(), signal);
      } catch (error) {
        logger.error("versions of deleted shadows stay", { error: errorText(error) });
      }
      if (signal.aborted) return;
      this.#timer = clock.after(shadowLimits.sweepEveryMs, () => this.#track(sweep()));
    };
    void this.#track(sweep());
  }

  /**
   * Answers when what has been asked is on disk and answered. What follows from the answers is not
   * waited for: there are rules that take as long as they like.
   */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#timer?.cancel();
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  async #call(
    operation: Operation,
    name: ShadowName,
    payload: Uint8Array,
    tells: Asked["tells"],
  ): Promise<ShadowResult> {
    const asked = { operation, name, payload, cause: fromCaller, tells };
    let answered: Answered;
    try {
      answered = await this.#turn(asked);
    } catch (error) {
      if (!(error instanceof WorldError)) throw error;
      return { ok: false, problem: problems.internal };
    }
    const { answer, told } = answered;
    // What is done is done: whoever hears that it failed would ask again.
    await told.catch((error) => {
      const fields = { ...name, operation, error: errorText(error) };
      this.#ports.logger.error("answers of a shadow not stored", fields);
    });
    const { problem, document } = answer;
    return problem ? { ok: false, problem } : { ok: true, document: JSON.stringify(document) };
  }

  /** A connection, or all rules, may have so many under way; one more is rejected at once. */
  async #bounded(origin: Origin, asked: Asked): Promise<void> {
    const { requestsOfRulesMax, requestsOfConnectionMax } = shadowLimits;
    const isOfRule = origin.ruleDepth > 0;
    const asker = isOfRule ? this.#rules : origin;
    const count = this.#underway.get(asker) ?? 0;
    if (count >= (isOfRule ? requestsOfRulesMax : requestsOfConnectionMax)) {
      const answer = rejected(asked.operation, problems.tooManyRequests, tokenOf(asked));
      this.#tally.count(asked.operation, answer);
      await this.#publishAll(asked, answer);
      return;
    }
    this.#underway.set(asker, count + 1);
    // It is answered when its turn ends; what follows from the answers may take long.
    const { told } = await this.#turn(asked).finally(() => {
      this.#underway.set(asker, this.#underway.get(asker)! - 1);
    });
    await told;
  }

  #turn(asked: Asked): Promise<Answered> {
    const { thingName, shadowName = "" } = asked.name;
    const work = async () => {
      const answer = await this.#work(asked);
      // Not waited for in the turn.
      return { answer, told: this.#publishAll(asked, answer) };
    };
    return this.#track(this.#turns.take(`${thingName}/${shadowName}`, work));
  }

  /** When it cannot be stored, who asked hears so, and there will be no acknowledgement. */
  async #work(asked: Asked): Promise<Answer> {
    const { operation, name, payload } = asked;
    const work = { store: this.#store, name, payload, nowSeconds: this.#nowSeconds() };
    try {
      const answer = await operations[operation](work);
      this.#tally.count(operation, answer);
      return answer;
    } catch (error) {
      const answer = rejected(operation, problems.internal, tokenOf(asked));
      this.#tally.count(operation, answer);
      this.#ports.logger.error("shadow not stored", {
        ...name,
        operation,
        error: errorText(error),
      });
      void this.#publishAll(asked, answer).catch(() => undefined); // the first error is thrown
      throw error;
    }
  }

  /** Resolves when everything that follows is done; publishes before it returns. */
  #publishAll({ name, cause, tells }: Asked, answer: Answer): Promise<void> {
    const messages = tells(answer);
    if (messages.length === 0) return Promise.resolve();
    const { traceId = newUuid(this.#ports.random), ruleDepth, isAwaited } = cause;
    const origin: Origin = { traceId, ruleDepth, internal: true, isAwaited };
    const outcomes = messages.map(({ topic, document }) =>
      this.#ports.publish({
        topic: answerTopic(name, topic),
        payload: utf8(JSON.stringify(document)),
        qos: 1,
        retain: false,
        origin,
      }),
    );
    return allStored(outcomes);
  }

  #nowSeconds(): number {
    return Math.floor(this.#ports.clock.now() / 1000);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const ended: Promise<unknown> = work.then(
      () => this.#open.delete(ended),
      () => this.#open.delete(ended),
    );
    this.#open.add(ended);
    return work;
  }
}

/** For answers that nothing else of the request matters to. */
function tokenOf({ payload }: Asked): string | undefined {
  return readDelete(payload).clientToken;
}

/** [guide: Device Shadow error messages: none over MQTT for what came over HTTP] */
function messagesOfCall({ problem, messages }: Answer): readonly AnswerMessage[] {
  return problem ? [] : messages;
}

async function allStored(outcomes: readonly (PublishOutcome | Promise<PublishOutcome>)[]) {
  for (const outcome of await Promise.all(outcomes)) {
    if (!outcome.accepted) throw new WorldError("NOT_STORED", outcome.reason);
  }
}

/**
 * How an evaluation waits for other services: it does not. What a service has not answered yet
 * ends the run; when the answer is there the statement runs again from its beginning, with all
 * answers so far, until it needs no more.
 *
 * So closures stay plain functions and statements that ask nobody pay nothing. It is right because
 * nothing else differs between the runs: the message is the same, and random numbers are kept. A
 * call is known by its turn, so each is made once, in the order of the evaluation.
 */

import { errorText, InvariantBroken, type Random, shortened } from "../../base/mod.ts";
import { EvaluationFailure, ExternalFailure } from "../failure.ts";
import { sqlLimits } from "../limits.ts";
import type { Value } from "../values/value.ts";

/** A service that was asked in an evaluation. */
export interface Asked {
  /** Of the function, e.g. `get_dynamodb`. */
  readonly name: string;
  /** Why there was no answer; `undefined` when there was. */
  readonly failure: string | undefined;
}

type Answer = { readonly value: Value } | { readonly failure: string };

/** Thrown through the closures to where a run was begun. */
class Suspension {
  readonly question: Question;

  constructor(question: Question) {
    this.question = question;
  }
}

export interface Question {
  /** The function's name, for messages. */
  readonly name: string;
  /** How often one evaluation may ask this. */
  readonly max: number;
  readonly ask: () => Promise<Value>;
}

export class Answers {
  readonly #given: Answer[] = [];
  readonly #asked: Asked[] = [];
  readonly #counts = new Map<string, number>();
  readonly #random: KeptRandom;
  #next = 0;

  constructor(random: Random) {
    this.#random = new KeptRandom(random);
  }

  /** In the order of the evaluation. */
  get asked(): readonly Asked[] {
    return this.#asked;
  }

  /** Draws the same in every run. */
  get random(): Random {
    return this.#random;
  }

  /** The answer, when it is there. */
  take(question: Question): Value {
    const { name, max } = question;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    if (count > max) {
      throw new EvaluationFailure(`function "${name}" is called more than ${timesOf(max)}`);
    }
    const answer = this.#given[this.#next];
    if (!answer) throw new Suspension(question);
    this.#next += 1;
    if ("failure" in answer) {
      throw new ExternalFailure(`function "${name}" failed: ${answer.failure}`);
    }
    return answer.value;
  }

  /** Runs until nothing is left to ask. Throws what `run` throws. */
  async complete<T>(run: () => T): Promise<T> {
    for (;;) {
      this.#next = 0;
      this.#counts.clear();
      this.#random.rewind();
      try {
        return run();
      } catch (thrown) {
        if (!(thrown instanceof Suspension)) throw thrown;
        if (this.#given.length >= sqlLimits.externalCallsMax) {
          const most = sqlLimits.externalCallsMax;
          throw new EvaluationFailure(`the evaluation calls services more than ${timesOf(most)}`);
        }
        const { question } = thrown;
        const answer = await answerTo(question);
        this.#given.push(answer);
        const failure = "failure" in answer ? answer.failure : undefined;
        this.#asked.push({ name: question.name, failure });
      }
    }
  }
}

async function answerTo({ ask }: Question): Promise<Answer> {
  try {
    return { value: await ask() };
  } catch (thrown) {
    if (thrown instanceof InvariantBroken) throw thrown;
    return { failure: shortened(errorText(thrown), sqlLimits.failureTextMax) };
  }
}

function timesOf(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

class KeptRandom implements Random {
  readonly #random: Random;
  readonly #bytes: Uint8Array[] = [];
  readonly #fractions: number[] = [];
  #nextBytes = 0;
  #nextFraction = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  rewind(): void {
    this.#nextBytes = 0;
    this.#nextFraction = 0;
  }

  bytes(count: number): Uint8Array {
    const kept = this.#bytes[this.#nextBytes] ?? this.#random.bytes(count);
    this.#bytes[this.#nextBytes] = kept;
    this.#nextBytes += 1;
    return kept.slice(); // whoever asked may change it
  }

  fraction(): number {
    const kept = this.#fractions[this.#nextFraction] ?? this.#random.fraction();
    this.#fractions[this.#nextFraction] = kept;
    this.#nextFraction += 1;
    return kept;
  }
}

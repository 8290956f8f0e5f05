/**
 * What was refused lately, and why: for the log, and for whoever asks the server.
 *
 * A refusal that repeats is counted where it stands and told once. Explaining is slow, so that only
 * so many are explained in a second; what comes on top is counted. Bounded in number and length:
 * topics and client ids are the client's words.
 */

import type { Clock, Logger } from "../base/mod.ts";
import { type ContextKeys, explain, type RemedyStatement } from "../policy/mod.ts";
import type { Caller } from "./caller.ts";
import { identityLimits } from "./limits.ts";
import { PerSecond } from "./per-second.ts";

/** Who refused: the broker, the API door, a rule's role, a function's resource policy. */
export type Via = "mqtt" | "api" | "rule" | "invoke";

export interface Refused {
  readonly caller: Pick<Caller, "name" | "arn" | "policies" | "principal">;
  readonly via: Via;
  /** Of an MQTT connection. */
  readonly clientId?: string;
  /** Of a rule that acted, by name. */
  readonly rule?: string;
  readonly action: string;
  readonly resource: string;
  readonly keys: ContextKeys;
}

export interface Denial {
  /** ISO 8601; of the first and of the last time. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly count: number;
  readonly via: Via;
  readonly clientId?: string;
  readonly rule?: string;
  readonly principal: string;
  readonly arn: string;
  readonly action: string;
  readonly resource: string;
  /** In a sentence. */
  readonly reason: string;
  /** The statement that denies; absent: none allows. */
  readonly deniedBy?: {
    readonly policy: string;
    readonly statement: number;
    readonly sid?: string;
  };
  /** What to do about it. */
  readonly remedy?: { readonly sentence: string; readonly statement?: RemedyStatement };
  /** Condition keys that were asked for and that the request did not bring. */
  readonly missingKeys: readonly string[];
}

type Counted = { -readonly [K in keyof Denial]: Denial[K] };

export class Denials {
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** The one whose first time is longest ago first. */
  readonly #known = new Map<string, Counted>();
  readonly #explained: PerSecond;
  #unexplainedCount = 0;

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
    this.#explained = new PerSecond(clock, identityLimits.denialsPerSecondMax);
  }

  /** The newest first. */
  list(): { readonly denials: readonly Denial[]; readonly unexplainedCount: number } {
    const denials = [...this.#known.values()].reverse();
    return { denials, unexplainedCount: this.#unexplainedCount };
  }

  report(refused: Refused): void {
    const { via, clientId = "", rule = "", action, resource, caller } = refused;
    const nowMs = this.#clock.now();
    const name = `${via} ${action} ${caller.name} ${cut(clientId)} ${rule} ${cut(resource)}`;
    const known = this.#known.get(name);
    if (known) {
      known.count += 1;
      known.lastAt = new Date(nowMs).toISOString();
      return;
    }
    if (!this.#explained.take()) {
      this.#unexplainedCount += 1;
      return;
    }
    const denial = describe(refused, new Date(nowMs).toISOString());
    this.#known.set(name, denial);
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > identityLimits.denialsMax) this.#known.delete(oldest!);
    const { principal, reason, remedy } = denial;
    const add = remedy?.statement && JSON.stringify(remedy.statement);
    const where = { via, clientId: denial.clientId, rule: refused.rule };
    const subject = { ...where, principal, action, resource: denial.resource };
    this.#logger.warn("refused by policy", { ...subject, reason, remedy: remedy?.sentence, add });
  }
}

function describe(refused: Refused, at: string): Counted {
  const { caller, via, clientId, rule, action, resource, keys } = refused;
  const { policies, principal } = caller;
  const { decision, sentence, missingKeys, remedy } = explain(policies, {
    action,
    resource,
    keys,
    principal,
  });
  const deniedBy = decision.outcome === "explicitDeny" ? decision.by : undefined;
  const statement = remedy?.add?.statement;
  return {
    firstAt: at,
    lastAt: at,
    count: 1,
    via,
    ...(clientId !== undefined && { clientId: cut(clientId) }),
    ...(rule !== undefined && { rule }),
    principal: caller.name,
    arn: caller.arn,
    action,
    resource: cut(resource),
    reason: cut(sentence),
    ...(deniedBy && {
      deniedBy: {
        policy: deniedBy.policy,
        statement: deniedBy.index,
        ...(deniedBy.statement.sid !== undefined && { sid: deniedBy.statement.sid }),
      },
    }),
    ...(remedy && {
      remedy: { sentence: remedy.sentence, ...(fits(statement) && { statement }) },
    }),
    missingKeys,
  };
}

function fits(statement: RemedyStatement | undefined): statement is RemedyStatement {
  const length = statement?.Resource.length ?? Number.POSITIVE_INFINITY;
  return length <= identityLimits.denialCharactersMax;
}

function cut(text: string): string {
  const { denialCharactersMax } = identityLimits;
  return text.length <= denialCharactersMax ? text : `${text.slice(0, denialCharactersMax)}…`;
}

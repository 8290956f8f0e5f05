/**
 * What was refused lately, and why: for the log, and for whoever asks the server.
 *
 * A refusal that repeats is counted where it stands and told once. Explaining is slow, so that only
 * so many are explained in a second; what comes on top is counted. Bounded in number and length:
 * topics and client ids are the client's words.
 */

import type { Clock, Logger } from "../base/mod.ts";
import { type ContextKeys, explain, type RemedyStatement } from "../policy/mod.ts";
import type { Asker } from "./caller.ts";
import { identityLimits } from "./limits.ts";
import { PerSecond } from "./per-second.ts";

/** Who refused: the broker, the API door, a rule's role, a function's resource policy. */
export type Via = "mqtt" | "api" | "rule" | "invoke";

export interface Refused {
  readonly caller: Pick<Asker, "name" | "arn" | "policies" | "principal">;
  readonly via: Via;
  /** Of an MQTT connection. */
  readonly clientId?: string | undefined;
  /** Of a rule that acted, by name. */
  readonly rule?: string;
  readonly action: string;
  readonly resource: string;
  readonly keys: ContextKeys;
}

/** Somebody who has not proved who it is, so that no policy was asked. */
export interface Unproved {
  /** Of the authorizer or provider that was asked, as far as one was. */
  readonly arn: string;
  readonly action: string;
  readonly clientId?: string | undefined;
  readonly sourceIp?: string | undefined;
  readonly reason: string;
  readonly remedy: string;
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

interface Known {
  readonly denial: Counted;
  toldAtMs: number;
}

const tellAgainAfterMs = 1_000;

export interface DenialsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of each, and of one that repeats once a second at most. */
  readonly onDenial?: (denial: Denial) => void;
}

export class Denials {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onDenial: (denial: Denial) => void;
  /** The one whose first time is longest ago first. */
  readonly #known = new Map<string, Known>();
  readonly #explained: PerSecond;
  #unexplainedCount = 0;

  constructor({ clock, logger, onDenial = () => {} }: DenialsOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#onDenial = onDenial;
    this.#explained = new PerSecond(clock, identityLimits.denialsPerSecondMax);
  }

  /** The newest first. */
  list(): { readonly denials: readonly Denial[]; readonly unexplainedCount: number } {
    const denials = Array.from(this.#known.values(), ({ denial }) => denial).reverse();
    return { denials, unexplainedCount: this.#unexplainedCount };
  }

  report(refused: Refused): void {
    const { via, clientId = "", rule = "", action, resource, caller } = refused;
    const name = `${via} ${action} ${caller.name} ${cut(clientId)} ${rule} ${cut(resource)}`;
    const denial = this.#note(name, (at) => describe(refused, at));
    if (!denial) return;
    const { principal, reason, remedy } = denial;
    const add = remedy?.statement && JSON.stringify(remedy.statement);
    const where = { via, clientId: denial.clientId, rule: refused.rule };
    const subject = { ...where, principal, action, resource: denial.resource };
    this.#logger.warn("refused by policy", { ...subject, reason, remedy: remedy?.sentence, add });
  }

  /** The resource is whoever was to vouch for it. */
  reportUnproved({ arn, action, clientId = "", sourceIp, ...told }: Unproved): void {
    const reason = cut(told.reason);
    const name = `${action} ${cut(clientId)} ${sourceIp} ${cut(arn)} ${reason}`;
    const denial = this.#note(name, (at) => ({
      firstAt: at,
      lastAt: at,
      count: 1,
      via: action === "iot:Connect" ? "mqtt" : "api",
      clientId: cut(clientId),
      principal: "",
      arn: "",
      action,
      resource: cut(arn),
      reason,
      remedy: { sentence: told.remedy },
      missingKeys: [],
    }));
    if (!denial) return;
    const fields = { clientId: denial.clientId, ip: sourceIp, action, resource: denial.resource };
    this.#logger.warn("not proved", { ...fields, reason, remedy: told.remedy });
  }

  /** The denial when it is new and is to be told; else it is counted. */
  #note(name: string, describeAt: (at: string) => Counted): Counted | undefined {
    const now = this.#clock.now();
    const at = new Date(now).toISOString();
    const known = this.#known.get(name);
    if (known) {
      known.denial.count += 1;
      known.denial.lastAt = at;
      if (now - known.toldAtMs >= tellAgainAfterMs) this.#tell(known, now);
      return undefined;
    }
    if (!this.#explained.take()) {
      this.#unexplainedCount += 1;
      return undefined;
    }
    const fresh = { denial: describeAt(at), toldAtMs: now };
    this.#known.set(name, fresh);
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > identityLimits.denialsMax) this.#known.delete(oldest!);
    this.#tell(fresh, now);
    return fresh.denial;
  }

  #tell(known: Known, now: number): void {
    known.toldAtMs = now;
    this.#onDenial(known.denial);
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

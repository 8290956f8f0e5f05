/**
 * Who may do what, asked by people: whether a request would be allowed, by which statement, or what
 * it lacks. Nothing is done, and nothing is reported as refused.
 */

import type { Clock } from "../base/mod.ts";
import {
  type ContextKeys,
  explain,
  type RemedyStatement,
  type ResourcePolicies,
  timeKeys,
} from "../policy/mod.ts";
import { type Asked, aliasOf } from "./api-access.ts";

export interface AccessQuestion {
  readonly action: string;
  readonly resource: string;
  readonly keys: ContextKeys;
  readonly granted?: ResourcePolicies | undefined;
}

export interface AccessAnswer {
  readonly arn: string;
  readonly allowed: boolean;
  /** In a sentence. */
  readonly reason: string;
  /** The statement that allows or denies; absent: none is about the request. */
  readonly decidedBy?: {
    readonly effect: "Allow" | "Deny";
    readonly policy: string;
    readonly statement: number;
    readonly sid?: string;
  };
  readonly remedy?: { readonly sentence: string; readonly statement?: RemedyStatement };
  /** Condition keys that were asked for and that the request did not bring. */
  readonly missingKeys: readonly string[];
}

/** What the caller would be told; of a resource with two names, by the policy that decides. */
export function explainAccess(
  caller: Asked["caller"],
  question: AccessQuestion,
  clock: Clock,
): AccessAnswer {
  const answer = answerTo(caller, question, clock);
  const alias = aliasOf(question);
  if (alias === undefined || isDenied(answer)) return answer;
  const other = answerTo(caller, { ...question, resource: alias }, clock);
  return isDenied(other) || (other.allowed && !answer.allowed) ? other : answer;
}

function isDenied({ decidedBy }: AccessAnswer): boolean {
  return decidedBy?.effect === "Deny";
}

function answerTo(
  caller: Asked["caller"],
  { action, resource, keys, granted }: AccessQuestion,
  clock: Clock,
): AccessAnswer {
  const { arn, policies, principal } = caller;
  const set = granted ? { ...policies, resource: granted } : policies;
  const all = { ...keys, ...caller.keys, ...timeKeys(clock.now()) };
  const explained = explain(set, { action, resource, keys: all, principal });
  const { decision, sentence, missingKeys, remedy } = explained;
  const by = decision.outcome === "implicitDeny" ? undefined : decision.by;
  const statement = remedy?.add?.statement;
  return {
    arn,
    allowed: decision.outcome === "allowed",
    reason: sentence,
    ...(by && {
      decidedBy: {
        effect: by.statement.effect,
        policy: by.policy,
        statement: by.index,
        ...(by.statement.sid !== undefined && { sid: by.statement.sid }),
      },
    }),
    ...(remedy && { remedy: { sentence: remedy.sentence, ...(statement && { statement }) } }),
    missingKeys,
  };
}

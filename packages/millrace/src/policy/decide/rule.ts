/**
 * A statement that is about the action in question, ready to be asked about a resource.
 *
 * It begins *open*: variables in its resources and all its conditions are looked at with each
 * question. Bound to a context it is as finished as that context allows: variables replaced,
 * conditions decided and gone, and where one of them fails, no rule at all. A rule with nothing
 * open is the same for everyone, and binding gives it back as it is, so that a thousand connections
 * with one policy hold one.
 */

import type { CompiledCondition } from "../condition/condition.ts";
import type { Context } from "../match/context.ts";
import { anonymous, type Grant, grantTo, isAbout, type Principal } from "../match/principal.ts";
import type { Decision, StatementPlace } from "./decision.ts";
import type { CompiledStatement } from "./policy.ts";
import { type Certainty, Resources } from "./resources.ts";

/** What does not depend on the action. */
export interface Question {
  readonly resource: string;
  /** The connection's and the request's keys together. */
  readonly context: Context;
  /** Who asks, for policies of resources; without, someone anonymous. */
  readonly principal: Principal | undefined;
}

interface Parts {
  readonly statement: CompiledStatement;
  /** Of the principal; what it changes is `NotPrincipal`. */
  readonly hasBoundary: boolean;
  readonly decision: Decision;
}

/** The rule of a statement, all open. */
export function createRule(
  statement: CompiledStatement,
  place: StatementPlace,
  { hasBoundary }: { readonly hasBoundary: boolean },
): Rule {
  const outcome = statement.source.effect === "Allow" ? "allowed" : "explicitDeny";
  const { conditions } = statement;
  const resources = statement.resources && Resources.of(statement.resources);
  const parts = { statement, hasBoundary, decision: { outcome, by: place } } as const;
  return new Rule(parts, conditions, resources);
}

export class Rule {
  /** What binding does not change, shared by all that come from one rule. */
  readonly #parts: Parts;
  /** Those that are still open. */
  readonly #conditions: readonly CompiledCondition[];
  /** Absent in a role's trust policy, which is about that role. */
  readonly #resources: Resources | undefined;

  constructor(
    parts: Parts,
    conditions: readonly CompiledCondition[],
    resources: Resources | undefined,
  ) {
    this.#parts = parts;
    this.#conditions = conditions;
    this.#resources = resources;
  }

  /** The decision when this is the statement that decides. */
  get decision(): Decision {
    return this.#parts.decision;
  }

  matches(question: Question): boolean {
    const { resource, context } = question;
    if (this.#resources && !this.#resources.match(resource, context)) return false;
    for (const condition of this.#conditions) if (!condition.holds(context)) return false;
    const { principals } = this.#parts.statement;
    return !principals || isAbout(principals, question.principal ?? anonymous, this.#parts);
  }

  /** Whether it matches the resource, whoever asks. */
  matchesEveryone(resource: string): Certainty {
    const verdict = this.#resources?.matchForEveryone(resource) ?? "yes";
    if (verdict === "no") return "no";
    const isOpen = this.#conditions.length > 0 || this.#parts.statement.principals !== undefined;
    return isOpen ? "depends" : verdict;
  }

  /** How a statement of a resource's policy that matches grants; `undefined` when it does not. */
  grant(principal: Principal | undefined): Grant | undefined {
    const { principals } = this.#parts.statement;
    return principals && grantTo(principals, principal ?? anonymous);
  }

  /** With what the context settles worked out; `undefined` when it can never match any more. */
  bind(context: Context): Rule | undefined {
    const conditions: CompiledCondition[] = [];
    for (const condition of this.#conditions) {
      if (!condition.isSettledBy(context)) conditions.push(condition);
      else if (!condition.holds(context)) return undefined;
    }
    const resources = this.#resources?.bind(context);
    if (resources?.isNever) return undefined;
    const isSame = conditions.length === this.#conditions.length;
    if (isSame && resources === this.#resources) return this;
    return new Rule(this.#parts, isSame ? this.#conditions : conditions, resources);
  }
}

/**
 * A statement that is about the action in question, ready to be asked about a resource.
 *
 * It is as finished as the context allows. What the context settles, a variable in a resource or a
 * condition, is worked out when the rule is made; what it leaves open is looked at with each
 * question. Bound to nothing, everything with a variable or condition stays open; bound to a
 * connection, mostly nothing does, and a question is a few string comparisons.
 */

import type { CompiledCondition } from "../condition/condition.ts";
import type { Context } from "../match/context.ts";
import type { Glob } from "../match/glob.ts";
import type { Pattern } from "../match/pattern.ts";
import { anonymous, type Grant, grantTo, isAbout, type Principal } from "../match/principal.ts";
import type { Decision, StatementPlace } from "./decision.ts";
import type { CompiledStatement, ResourceTest } from "./policy.ts";

/** What does not depend on the action. */
export interface Question {
  readonly resource: string;
  /** The connection's and the request's keys together. */
  readonly context: Context;
  /** Who asks, for policies of resources; without, someone anonymous. */
  readonly principal: Principal | undefined;
}

export interface Rule {
  readonly place: StatementPlace;
  /** The decision when this is the statement that decides. */
  readonly decision: Decision;
  matches(question: Question): boolean;
  /** Whether it matches the resource for everyone, for no one, or that depends. */
  matchesEveryone(resource: string): "yes" | "no" | "depends";
  /** How a statement of a resource's policy that matches grants; `undefined` when it denies. */
  grant(principal: Principal | undefined): Grant | undefined;
}

/** The rule; `undefined` when what the context settles shows that it never matches. */
export function createRule(
  statement: CompiledStatement,
  about: {
    readonly place: StatementPlace;
    readonly context: Context;
    /** Of the principal; what it changes is `NotPrincipal`. */
    readonly hasBoundary: boolean;
  },
): Rule | undefined {
  const { place, context, hasBoundary } = about;
  const conditions: CompiledCondition[] = [];
  for (const condition of statement.conditions) {
    if (!condition.isSettledBy(context)) conditions.push(condition);
    else if (!condition.holds(context)) return undefined;
  }
  const resources = statement.resources && new Resources(statement.resources, context);
  if (resources?.isNever) return undefined;
  return new BoundRule({ statement, place, conditions, resources, hasBoundary });
}

interface Parts {
  readonly statement: CompiledStatement;
  readonly place: StatementPlace;
  /** Those that are still open. */
  readonly conditions: readonly CompiledCondition[];
  readonly resources: Resources | undefined;
  readonly hasBoundary: boolean;
}

class BoundRule implements Rule {
  readonly place: StatementPlace;
  readonly decision: Decision;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    const { place, statement } = parts;
    const outcome = statement.source.effect === "Allow" ? "allowed" : "explicitDeny";
    this.#parts = parts;
    this.place = place;
    this.decision = { outcome, by: place };
  }

  matches(question: Question): boolean {
    const { resources, conditions, statement, hasBoundary } = this.#parts;
    if (resources && !resources.match(question.resource, question.context)) return false;
    for (const condition of conditions) if (!condition.holds(question.context)) return false;
    const { principals } = statement;
    return !principals || isAbout(principals, question.principal ?? anonymous, { hasBoundary });
  }

  matchesEveryone(resource: string): "yes" | "no" | "depends" {
    const { resources, conditions, statement } = this.#parts;
    const verdict = resources?.matchForEveryone(resource) ?? "yes";
    if (verdict === "no") return "no";
    const isOpen = conditions.length > 0 || statement.principals !== undefined;
    return isOpen ? "depends" : verdict;
  }

  grant(principal: Principal | undefined): Grant | undefined {
    const { principals } = this.#parts.statement;
    return principals && grantTo(principals, principal ?? anonymous);
  }
}

/** The patterns of `Resource` or `NotResource`: whole texts, finished patterns, and open ones. */
class Resources {
  readonly #not: boolean;
  readonly #texts: string[] = [];
  readonly #globs: Glob[] = [];
  readonly #open: Pattern[] = [];

  constructor({ not, patterns }: ResourceTest, context: Context) {
    this.#not = not;
    for (const pattern of patterns) {
      if (!pattern.isSettledBy(context)) this.#open.push(pattern);
      else this.#add(pattern.resolve(context));
    }
  }

  /** A variable that became nothing left no pattern at all. */
  get isNever(): boolean {
    const isEmpty = this.#texts.length === 0 && this.#globs.length === 0 && this.#open.length === 0;
    return isEmpty && !this.#not;
  }

  match(resource: string, context: Context): boolean {
    if (this.#matchesFinished(resource)) return !this.#not;
    for (const pattern of this.#open) if (pattern.matches(resource, context)) return !this.#not;
    return this.#not;
  }

  matchForEveryone(resource: string): "yes" | "no" | "depends" {
    if (this.#matchesFinished(resource)) return this.#not ? "no" : "yes";
    if (this.#open.some((pattern) => pattern.widest.matches(resource))) return "depends";
    return this.#not ? "yes" : "no";
  }

  #matchesFinished(resource: string): boolean {
    // Not a Set: texts mostly differ in length, and a set would read each new one to hash it.
    for (const text of this.#texts) if (text === resource) return true;
    for (const glob of this.#globs) if (glob.matches(resource)) return true;
    return false;
  }

  #add(glob: Glob | undefined): void {
    if (glob?.literal !== undefined) this.#texts.push(glob.literal);
    else if (glob) this.#globs.push(glob);
  }
}

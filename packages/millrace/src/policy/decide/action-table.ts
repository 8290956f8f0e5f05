/**
 * The rules that are about one action, by list and effect, and the decision they come to.
 *
 * `decide` is the heart of it [IAM: policy evaluation logic]:
 *
 * 1. a `Deny` that matches, in any list, decides;
 * 2. an `Allow` of a resource's policy that names the session, user or everyone decides, too,
 *    whatever boundary and session policy leave out;
 * 3. each limit (boundary, session, IoT policies) must have an `Allow` that matches;
 * 4. and so must the identity's policies, or the resource's where both belong to one account.
 */

import type { Context } from "../match/context.ts";
import { type Grant, grants } from "../match/principal.ts";
import type { Decision, ListName } from "./decision.ts";
import { type CompiledPolicy, coversAction } from "./policy.ts";
import { limitsOf, type PolicySet } from "./policy-set.ts";
import { createRule, type Question, type Rule } from "./rule.ts";

/** The rules of one list; its denies stand with those of the others. */
export interface RuleList {
  readonly allows: readonly Rule[];
  /** The decision when this list does not allow. */
  readonly refusal: Decision;
  readonly list: ListName;
}

export interface ActionTable {
  readonly identity: RuleList;
  readonly limits: readonly RuleList[];
  readonly resource: (RuleList & { isRequired: boolean; isForeign: boolean }) | undefined;
  /** Of all lists, in the order in which they are named. */
  readonly denies: readonly Rule[];
}

/** The table of a set for an action, all rules open. */
export function createActionTable(set: PolicySet, actionName: string): ActionTable {
  const action = actionName.toLowerCase();
  const hasBoundary = set.boundary !== undefined;
  const denies: Rule[] = [];
  const listOf = (list: ListName, policies: readonly CompiledPolicy[]): RuleList => {
    const rules = policies.flatMap((policy) => rulesOf(policy, { list, action, hasBoundary }));
    denies.push(...rules.filter(({ decision }) => decision.outcome === "explicitDeny"));
    const allows = rules.filter(({ decision }) => decision.outcome === "allowed");
    return { list, allows, refusal: { outcome: "implicitDeny", lacking: list } };
  };
  const identity = listOf("identity", set.identity);
  const resource = set.resource && {
    ...listOf("resource", set.resource.policies),
    isRequired: set.resource.isRequired ?? false,
    isForeign: set.resource.isForeign ?? false,
  };
  const limits = limitsOf(set, action).map(({ list, policies }) => listOf(list, policies));
  return { identity, limits, resource, denies };
}

interface About {
  readonly list: ListName;
  readonly action: string;
  readonly hasBoundary: boolean;
}

function rulesOf(policy: CompiledPolicy, { list, action, ...setting }: About): Rule[] {
  return policy.statements.flatMap((statement, index) => {
    if (!coversAction(statement.actions, action)) return [];
    const place = { list, policy: policy.name, index, statement: statement.source };
    return createRule(statement, place, setting);
  });
}

/** The table with its rules bound; itself when the context settles nothing that is open in it. */
export function bindActionTable(table: ActionTable, context: Context): ActionTable {
  const identity = bindList(table.identity, context);
  const limits = table.limits.map((limit) => bindList(limit, context));
  const resource = table.resource && bindList(table.resource, context);
  const bound = {
    identity,
    limits: sameOr(table.limits, limits),
    resource,
    denies: bindRules(table.denies, context),
  };
  const isSame =
    identity === table.identity &&
    bound.limits === table.limits &&
    resource === table.resource &&
    bound.denies === table.denies;
  return isSame ? table : bound;
}

function bindList<L extends RuleList>(list: L, context: Context): L {
  const allows = bindRules(list.allows, context);
  return allows === list.allows ? list : { ...list, allows };
}

function bindRules(rules: readonly Rule[], context: Context): readonly Rule[] {
  const bound = rules.flatMap((rule) => rule.bind(context) ?? []);
  return sameOr(rules, bound);
}

/** `before` itself, so that it can be shared, when `after` has the same in it. */
function sameOr<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  const isSame = after.length === before.length && after.every((one, at) => one === before[at]);
  return isSame ? before : after;
}

/** The decision, with the statement that made it. It was made with the rule; none is made here. */
export function decide(table: ActionTable, question: Question): Decision {
  for (const rule of table.denies) if (rule.matches(question)) return rule.decision;
  if (table.resource) return decideWithResource(table, table.resource, question);
  for (const limit of table.limits) {
    if (!findAllow(limit, question)) return limit.refusal;
  }
  return findAllow(table.identity, question)?.decision ?? table.identity.refusal;
}

function findAllow({ allows }: RuleList, question: Question): Rule | undefined {
  for (const rule of allows) if (rule.matches(question)) return rule;
  return undefined;
}

/** When a resource's policy has a say, and nothing denies. */
function decideWithResource(
  table: ActionTable,
  resource: NonNullable<ActionTable["resource"]>,
  question: Question,
): Decision {
  const granted = findGrant(resource, question);
  const { isRequired, isForeign } = resource;
  if (granted === undefined && (isRequired || isForeign)) return resource.refusal;
  const isDirect = granted?.grant === "directly" && !isForeign;
  for (const limit of table.limits) {
    if (isDirect && limit.list !== "iot") continue;
    if (!findAllow(limit, question)) return limit.refusal;
  }
  if (granted && granted.grant !== "to the account" && !isForeign) return granted.rule.decision;
  return findAllow(table.identity, question)?.decision ?? table.identity.refusal;
}

/** The strongest grant among the statements of the resource's policy that match. */
function findGrant(
  resource: RuleList,
  question: Question,
): { readonly rule: Rule; readonly grant: Grant } | undefined {
  let best: { readonly rule: Rule; readonly grant: Grant } | undefined;
  for (const rule of resource.allows) {
    const grant = rule.matches(question) ? rule.grant(question.principal) : undefined;
    if (grant === undefined) continue;
    if (!best || grants.indexOf(grant) < grants.indexOf(best.grant)) best = { rule, grant };
  }
  return best;
}

/**
 * The decision when it is the same for everyone whom the set is for; `undefined` when it depends on
 * who asks. The outcome is the one that `decide` comes to; where several statements match, the one
 * that is named may be another of them.
 */
export function decideForEveryone(table: ActionTable, resource: string): Decision | undefined {
  if (table.resource) return undefined;
  const denies = surest(table.denies, resource);
  if (denies !== "no") return denies?.decision;
  for (const limit of table.limits) {
    const allows = surest(limit.allows, resource);
    if (allows === undefined) return undefined;
    if (allows === "no") return limit.refusal;
  }
  const allows = surest(table.identity.allows, resource);
  return allows === "no" ? table.identity.refusal : allows?.decision;
}

/** A rule that matches for everyone; `no` when none may match for anyone; else `undefined`. */
function surest(rules: readonly Rule[], resource: string): Rule | "no" | undefined {
  let depends = false;
  for (const rule of rules) {
    const verdict = rule.matchesEveryone(resource);
    if (verdict === "yes") return rule;
    if (verdict === "depends") depends = true;
  }
  return depends ? undefined : "no";
}

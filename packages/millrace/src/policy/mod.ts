/**
 * Policies: who may do what. Documents are parsed, compiled once, and asked.
 *
 *     const parsed = parsePolicyText(text, "iot");
 *     if (!parsed.ok) return parsed.problems;
 *     const set = { identity: [compilePolicy("Guest", parsed.document)] };
 *     evaluate(set, { action: "iot:Publish", resource: "arn:aws:iot:...", keys }).outcome;
 *     const bound = bindPolicySet(set, { "iot:ClientId": clientId });
 *     bound.allows("iot:Publish", "arn:aws:iot:...");
 *
 * `docs/internals/policies.md` says how it works and what was chosen where AWS says nothing.
 */

export { type BoundPolicySet, bindPolicySet } from "./decide/bind.ts";
export type { Decision, ListName, StatementPlace } from "./decide/decision.ts";
export { evaluate, type PolicyRequest } from "./decide/evaluate.ts";
export { type CompiledPolicy, compilePolicy } from "./decide/policy.ts";
export type { PolicySet, ResourcePolicies } from "./decide/policy-set.ts";
export { type SharedDecision, SharedDecisions } from "./decide/shared-decisions.ts";
export type {
  Condition,
  Patterns,
  PolicyDocument,
  PrincipalKind,
  Principals,
  Statement,
} from "./document.ts";
export { explain, type PolicyExplanation } from "./explain/explain.ts";
export type { Remedy, RemedyStatement } from "./explain/remedy.ts";
export type {
  ConditionReport,
  PatternReport,
  PatternsReport,
  StatementReport,
} from "./explain/report.ts";
export {
  countPolicyCharacters,
  parsePolicyDocument,
  parsePolicyText,
} from "./grammar/parse-document.ts";
export type { PolicyPath, PolicyProblem, PolicyResult } from "./grammar/problem.ts";
export type { PolicyUse } from "./grammar/statement.ts";
export { documentCharactersMax, policyLimits } from "./limits.ts";
export type { ContextKeys } from "./match/context.ts";
export type { Principal } from "./match/principal.ts";
export { timeKeys } from "./match/time-keys.ts";
export { type KeyProblem, keyProblems } from "./supplied-keys.ts";

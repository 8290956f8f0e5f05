/** Policy documents: who may do what. For now their grammar; evaluation comes with identities. */

export type {
  Condition,
  Patterns,
  PolicyDocument,
  PrincipalKind,
  Principals,
  Statement,
} from "./document.ts";
export {
  type PolicyProblem,
  type PolicyResult,
  type PolicyUse,
  parsePolicyDocument,
} from "./parse.ts";

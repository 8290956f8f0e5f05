/** What policies would say to a request: AWS's TestAuthorization, in our words. Nothing is done. */

import { type ContextKeys, evaluate, explain, type PolicySet } from "../../policy/mod.ts";

export interface AuthorizationQuestion {
  /** e.g. `iot:Publish`. */
  readonly action: string;
  /** ARNs; all must be allowed. */
  readonly resources: readonly string[];
  readonly keys: ContextKeys;
}

export interface AuthorizationAnswer {
  readonly outcome: "allowed" | "explicitDeny" | "implicitDeny";
  /** Names of policies, by what they say themselves. */
  readonly allowing: readonly string[];
  readonly denying: readonly string[];
  readonly silent: readonly string[];
  readonly missingKeys: readonly string[];
}

/** The answer to one question; with several resources, that to the worst of them. */
export function judgeQuestion(
  set: PolicySet,
  { action, resources, keys }: AuthorizationQuestion,
): AuthorizationAnswer {
  const explanations = resources.map((resource) => explain(set, { action, resource, keys }));
  const outcomes = explanations.map(({ decision }) => decision.outcome);
  const outcome = outcomes.includes("explicitDeny")
    ? "explicitDeny"
    : outcomes.every((one) => one === "allowed")
      ? "allowed"
      : "implicitDeny";
  const said = set.identity.map((policy) => ({
    name: policy.name,
    outcomes: resources.map(
      (resource) => evaluate({ identity: [policy] }, { action, resource, keys }).outcome,
    ),
  }));
  const namesWhere = (wanted: AuthorizationAnswer["outcome"]) =>
    said.filter(({ outcomes: own }) => own.includes(wanted)).map(({ name }) => name);
  const missingKeys = new Set(explanations.flatMap((one) => one.missingKeys));
  return {
    outcome,
    allowing: namesWhere("allowed"),
    denying: namesWhere("explicitDeny"),
    silent: namesWhere("implicitDeny"),
    missingKeys: [...missingKeys],
  };
}

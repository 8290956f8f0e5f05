/**
 * What a caller may ask of the APIs, and how it is told that it may not.
 *
 * A request is allowed when every need of it is. The first need that is not is told, in AWS's
 * sentence, and reported. [IAM: Troubleshoot access denied error messages]
 */

import type { Clock } from "../base/mod.ts";
import {
  type ContextKeys,
  type Decision,
  evaluate,
  type ListName,
  type ResourcePolicies,
  timeKeys,
} from "../policy/mod.ts";
import type { Caller } from "./caller.ts";
import type { Denials, Via } from "./denials.ts";

/** Something a request does, and to what. */
export interface Need {
  /** e.g. `dynamodb:GetItem`. */
  readonly action: string;
  /** The ARN, or `*` for an action that is about no resource. */
  readonly resource: string;
  /** Condition keys that this request brings, besides those of its caller; asked for if wanted. */
  readonly keys?: () => ContextKeys;
  /** Policies of the resource itself. */
  readonly granted?: ResourcePolicies;
}

export interface Asked {
  readonly caller: Pick<Caller, "arn" | "name" | "policies" | "decisions" | "principal" | "keys">;
  readonly via: Via;
  /** The rule that acts, by name. */
  readonly rule?: string;
}

interface Denial {
  readonly policies: Caller["policies"];
  readonly keys: ContextKeys;
  readonly resource: string;
  readonly decision: Exclude<Decision, { outcome: "allowed" }>;
}

export class ApiAccess {
  readonly #denials: Pick<Denials, "report">;
  readonly #clock: Clock;

  constructor({ denials, clock }: { readonly denials: Pick<Denials, "report">; clock: Clock }) {
    this.#denials = denials;
    this.#clock = clock;
  }

  /** Why the caller may not, in a sentence; `undefined` when it may do all of it. */
  refusal({ caller, via, rule }: Asked, needs: readonly Need[]): string | undefined {
    for (const need of needs) {
      const denied = this.#denialOf(caller, need);
      if (!denied) continue;
      const { policies, keys, resource, decision } = denied;
      const told = { ...caller, policies };
      this.#denials.report({
        caller: told,
        via,
        ...(rule !== undefined && { rule }),
        action: need.action,
        resource,
        keys,
      });
      return sentenceOf(caller.arn, { ...need, resource }, decision);
    }
    return undefined;
  }

  #denialOf(caller: Asked["caller"], need: Need): Denial | undefined {
    const denial = this.#decide(caller, need);
    const alias = aliasOf(need);
    if (alias === undefined || denial?.decision.outcome === "explicitDeny") return denial;
    const other = this.#decide(caller, { ...need, resource: alias });
    if (other?.decision.outcome === "explicitDeny") return other;
    return other && denial;
  }

  /** `undefined`: it is allowed. */
  #decide(caller: Asked["caller"], need: Need): Denial | undefined {
    const { action, resource, granted } = need;
    if (!granted) {
      // Most policies leave nothing open; then nothing has to be looked at for this request.
      const shared = caller.decisions.of(action, resource);
      if (shared !== "depends" && shared.outcome === "allowed") return undefined;
    }
    const policies = granted ? { ...caller.policies, resource: granted } : caller.policies;
    const keys = { ...need.keys?.(), ...caller.keys, ...timeKeys(this.#clock.now()) };
    const { principal } = caller;
    const decision = evaluate(policies, { action, resource, keys, principal });
    return decision.outcome === "allowed" ? undefined : { policies, keys, resource, decision };
  }
}

/**
 * Another name of the resource: what policies allow under either is allowed, and so with denials.
 * Of a named shadow AWS says in one place that the resource is the shadow below the thing, in
 * others that it is the thing: a policy may mean it either way.
 * [IoT: action resources, Device Shadow REST API]
 */
export function aliasOf({ action, resource }: Pick<Need, "action" | "resource">) {
  if (!/^iot:(Get|Update|Delete)ThingShadow$/i.test(action)) return undefined;
  return /^(arn:[^:]*:iot:[^:]*:[^:]*:thing\/[^/]+)\/[^/]+$/.exec(resource)?.[1];
}

const listNames: Readonly<Record<ListName, string>> = {
  identity: "identity-based policy",
  resource: "resource-based policy",
  boundary: "permissions boundary",
  session: "session policy",
  iot: "IoT policy",
};

function sentenceOf(
  arn: string,
  { action, resource }: Need,
  decision: Exclude<Decision, { outcome: "allowed" }>,
): string {
  const start = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`;
  if (decision.outcome === "explicitDeny") {
    const name = listNames[decision.by.list];
    const article = /^[AEIOU]/i.test(name) ? "an" : "a";
    return `${start} with an explicit deny in ${article} ${name}`;
  }
  return `${start} because no ${listNames[decision.lacking]} allows the ${action} action`;
}

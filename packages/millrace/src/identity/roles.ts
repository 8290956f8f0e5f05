/**
 * Roles: compiled once, each with one policy set that all its sessions share, and the trust policy
 * that says who may take it.
 */

import type { Clock } from "../base/mod.ts";
import {
  type CompiledPolicy,
  type ContextKeys,
  compilePolicy,
  evaluate,
  type PolicySet,
  type Principal,
  SharedDecisions,
  timeKeys,
} from "../policy/mod.ts";
import type { RoleDefinition } from "./definitions.ts";

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly policies: PolicySet;
  /** Of `policies`, for everyone who has the role. */
  readonly decisions: SharedDecisions;
  /** The same for a member of a pool, which needs its IoT policies' agreement. */
  readonly within: (iot: readonly CompiledPolicy[]) => Pick<Role, "policies" | "decisions">;
  readonly sessionSecondsMax: number | undefined;
  readonly trust: CompiledPolicy | undefined;
}

export interface RoleRequest {
  readonly action: "sts:AssumeRole" | "sts:AssumeRoleWithWebIdentity";
  readonly principal: Principal;
  /** Of whoever asks; none where its own policies have no say. */
  readonly policies: PolicySet;
  /** The moment is added to them. */
  readonly keys: ContextKeys;
}

export class Roles {
  readonly #byName: ReadonlyMap<string, Role>;
  readonly #clock: Clock;

  constructor(definitions: readonly RoleDefinition[], clock: Clock) {
    this.#clock = clock;
    this.#byName = new Map(definitions.map((definition) => [definition.name, open(definition)]));
  }

  byName(name: string): Role | undefined {
    return this.#byName.get(name);
  }

  byArn(arn: string): Role | undefined {
    for (const role of this.#byName.values()) if (role.arn === arn) return role;
    return undefined;
  }

  /** Whether its trust policy, and where it asks for that the asker's own, let it be taken now. */
  mayTake(role: Role, { action, policies, principal, keys }: RoleRequest): boolean {
    if (!role.trust) return false;
    const resource = { policies: [role.trust], isRequired: true };
    const now = timeKeys(this.#clock.now());
    const request = { action, resource: role.arn, principal, keys: { ...keys, ...now } };
    return evaluate({ ...policies, resource }, request).outcome === "allowed";
  }
}

function open(definition: RoleDefinition): Role {
  const { name, arn, trust, sessionSecondsMax } = definition;
  const compiled = definition.policies.map((one) => compilePolicy(one.name, one.document));
  const policies = { identity: compiled };
  return {
    name,
    arn,
    policies,
    decisions: new SharedDecisions(policies),
    within: sharedWithin(policies),
    sessionSecondsMax,
    trust: trust && compilePolicy("the trust policy", trust),
  };
}

/** Members with the same list share what is decided. */
function sharedWithin(policies: PolicySet): Role["within"] {
  const made = new WeakMap<readonly CompiledPolicy[], ReturnType<Role["within"]>>();
  return (iot) => {
    let one = made.get(iot);
    if (!one) {
      const limited = { ...policies, iot };
      one = { policies: limited, decisions: new SharedDecisions(limited) };
      made.set(iot, one);
    }
    return one;
  };
}

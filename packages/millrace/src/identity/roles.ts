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
import { lifetimes } from "./limits.ts";

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly policies: PolicySet;
  /** Of `policies`, for everyone who has the role. */
  readonly decisions: SharedDecisions;
  /** The same for sessions that have less: what they have besides must agree. */
  readonly within: (limits: SessionLimits) => Pick<Role, "policies" | "decisions">;
  readonly sessionSecondsMax: number;
  readonly trust: CompiledPolicy | undefined;
}

export interface SessionLimits {
  /** Of a member of a pool. */
  readonly iot?: readonly CompiledPolicy[] | undefined;
  /** Of a session that was given less than its role. */
  readonly session?: readonly CompiledPolicy[] | undefined;
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
  const { name, arn, trust, sessionSecondsMax = lifetimes.roleMax } = definition;
  const compiled = definition.policies.map((one) => compilePolicy(one.name, one.document));
  const policies = { identity: compiled };
  const decisions = new SharedDecisions(policies);
  return {
    name,
    arn,
    policies,
    decisions,
    within: sharedWithin({ policies, decisions }),
    sessionSecondsMax,
    trust: trust && compilePolicy("the trust policy", trust),
  };
}

type Rights = Pick<Role, "policies" | "decisions">;
type Policies = readonly CompiledPolicy[];

/** Sessions with the same lists share what is decided. */
function sharedWithin(whole: Rights): Role["within"] {
  const withSession = limited(whole, "session");
  const ofLimited = new WeakMap<Rights, (iot: Policies) => Rights>();
  return ({ iot, session }) => {
    const rights = session ? withSession(session) : whole;
    if (!iot) return rights;
    let withIot = ofLimited.get(rights);
    if (!withIot) {
      withIot = limited(rights, "iot");
      ofLimited.set(rights, withIot);
    }
    return withIot(iot);
  };
}

function limited({ policies }: Rights, list: keyof SessionLimits): (limit: Policies) => Rights {
  const made = new WeakMap<Policies, Rights>();
  return (limit) => {
    let one = made.get(limit);
    if (!one) {
      const set = { ...policies, [list]: limit };
      one = { policies: set, decisions: new SharedDecisions(set) };
      made.set(limit, one);
    }
    return one;
  };
}

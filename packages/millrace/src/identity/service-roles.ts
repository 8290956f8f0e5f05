/**
 * Services that act in a role: a rule of the broker, a function's process. The role's trust policy
 * must let the service take it; a role that SAM makes for a function has none and needs none.
 */

import type { Clock } from "../base/mod.ts";
import { type PolicySet, SharedDecisions } from "../policy/mod.ts";
import type { Asked } from "./api-access.ts";
import { callAs } from "./caller.ts";
import type { AccountFacts } from "./definitions.ts";
import { lifetimes } from "./limits.ts";
import type { Role, Roles } from "./roles.ts";
import type {
  SessionCredentialIssuer,
  SessionCredentials,
} from "./sessions/session-credentials.ts";

export interface ServiceRolesOptions {
  readonly account: AccountFacts;
  readonly roles: Roles;
  readonly sessions: SessionCredentialIssuer;
  readonly clock: Clock;
}

export interface Acting {
  /** e.g. `iot.amazonaws.com`. */
  readonly service: string;
  readonly sessionName: string;
  /** What acts, e.g. a rule's ARN. */
  readonly sourceArn: string;
}

/** Who acts; or that the role is not here; or why it cannot be taken, in a sentence. */
export type ServiceCaller = Asked["caller"] | "absent" | { readonly problem: string };

const rememberedMs = 1_000;
/** Of those who act, and of the roles of each. */
const rememberedMax = 1_000;
const nothing: PolicySet = { identity: [] };
const noDecisions = new SharedDecisions(nothing);

export class ServiceRoles {
  readonly #options: ServiceRolesOptions;
  /** By what acts, and then by the role. */
  readonly #callers = new Map<string, Map<string, { caller: ServiceCaller; untilMs: number }>>();

  constructor(options: ServiceRolesOptions) {
    this.#options = options;
  }

  /** Remembered for a second: a rule may act thousands of times in one. */
  caller(roleArn: string, acting: Acting): ServiceCaller {
    const nowMs = this.#options.clock.now();
    let byRole = this.#callers.get(acting.sourceArn);
    const known = byRole?.get(roleArn);
    if (known && nowMs < known.untilMs) return known.caller;
    if (byRole === undefined || byRole.size >= rememberedMax) {
      if (this.#callers.size >= rememberedMax) this.#callers.clear();
      byRole = new Map();
      this.#callers.set(acting.sourceArn, byRole);
    }
    const caller = this.#find(roleArn, acting);
    byRole.set(roleArn, { caller, untilMs: nowMs + rememberedMs });
    return caller;
  }

  #find(roleArn: string, acting: Acting): ServiceCaller {
    const role = this.#options.roles.byArn(roleArn);
    if (!role) return "absent";
    const problem = this.#whyNot(role, acting);
    if (problem !== undefined) return { problem };
    const grant = { roleName: role.name, sessionName: acting.sessionName, keys: {} };
    return callAs(role, this.#options.account, { accessKeyId: "", grant, keys: {} });
  }

  /** The service itself, which has no rights but those that policies of resources give it. */
  itself({ service, sourceArn }: Pick<Acting, "service" | "sourceArn">): Asked["caller"] {
    const keys = this.#sourceKeys(sourceArn);
    const principal = { kind: "service", name: service } as const;
    return {
      arn: service,
      name: service,
      principal,
      policies: nothing,
      decisions: noDecisions,
      keys,
    };
  }

  /** For a function's process; as `caller`. */
  credentials(
    roleArn: string,
    acting: Acting,
  ): SessionCredentials | "absent" | { readonly problem: string } {
    const role = this.#options.roles.byArn(roleArn);
    if (!role) return "absent";
    const problem = this.#whyNot(role, acting);
    if (problem !== undefined) return { problem };
    const grant = { roleName: role.name, sessionName: acting.sessionName, keys: {} };
    return this.#options.sessions.issue(grant, lifetimes.function);
  }

  #whyNot(role: Role, { service, sourceArn }: Acting): string | undefined {
    const { name, trust } = role;
    if (!trust && service === "lambda.amazonaws.com") return undefined;
    const taken = this.#options.roles.mayTake(role, {
      action: "sts:AssumeRole",
      principal: { kind: "service", name: service },
      policies: nothing,
      keys: this.#sourceKeys(sourceArn),
    });
    return taken
      ? undefined
      : `the trust policy of the role "${name}" does not let ${service} take it`;
  }

  #sourceKeys(sourceArn: string) {
    const { accountId } = this.#options.account;
    return { "aws:SourceArn": sourceArn, "aws:SourceAccount": accountId };
  }
}

/**
 * Who signs a WebSocket: let in with the policies of the role, and a member of a pool with those
 * that are attached to its identity as they are from moment to moment.
 */

import type { Caller } from "../caller.ts";
import type { Identities } from "../identities.ts";
import type { Admitted, ConnectFacts, MqttAccess } from "../mqtt-access.ts";
import { RenewedAccess } from "../renewed-access.ts";

export interface MemberAccessOptions {
  readonly identities: Pick<Identities, "renewedMember">;
  readonly access: MqttAccess;
  /** Of the registry of policies: another number after every change. */
  readonly version: () => number;
}

/** Whether the caller may connect as it wants to, and what it may do then. */
export function admitSigned(
  { identities, access, version }: MemberAccessOptions,
  caller: Caller,
  facts: ConnectFacts,
): Admitted {
  const first = identities.renewedMember(caller);
  const admitted = access.admit(first ?? caller, facts);
  if (!admitted.allowed || !first) return admitted;
  const renewed = new RenewedAccess<Caller>({
    version,
    rights: () => identities.renewedMember(caller) ?? caller,
    isSame: (left, right) => left.policies === right.policies,
    make: (now) => access.accessOf(now, facts.clientId),
    first: { rights: first, access: admitted.access },
  });
  return { ...admitted, access: renewed };
}

/**
 * Who signs a WebSocket: let in with the policies of the role, and a member of a pool with those
 * that are attached to its identity, and its thing, as they are from moment to moment.
 */

import { type Caller, memberOfPool } from "../caller.ts";
import type { Identities } from "../identities.ts";
import type { Admitted, ConnectFacts, MqttAccess } from "../mqtt-access.ts";
import { RenewedAccess } from "../renewed-access.ts";
import type { Things } from "../things/things.ts";

export interface MemberAccessOptions {
  readonly identities: Pick<Identities, "renewedMember">;
  readonly access: MqttAccess;
  readonly things: Pick<Things, "behindConnection" | "keysOf">;
  /** Of the registry of policies and things: another number after every change. */
  readonly version: () => number;
}

/** Whether the caller may connect as it wants to, and what it may do then. */
export function admitSigned(
  { identities, access, things, version }: MemberAccessOptions,
  caller: Caller,
  facts: ConnectFacts,
): Admitted {
  const identityId = memberOfPool(caller.keys);
  if (identityId === undefined) return access.admit(caller, facts);
  const { clientId } = facts;
  const rights = () => {
    const now = identities.renewedMember(caller) ?? caller;
    return { ...now, keys: { ...now.keys, ...things.keysOf(identityId, clientId) } };
  };
  const first = rights();
  const thing = things.behindConnection(identityId, clientId);
  const admitted = { ...access.admit(first, facts), thing };
  if (!admitted.allowed) return admitted;
  const renewed = new RenewedAccess<Caller>({
    version,
    rights,
    isSame: (left, right) =>
      left.policies === right.policies && JSON.stringify(left.keys) === JSON.stringify(right.keys),
    make: (now) => access.accessOf(now, clientId),
    first: { rights: first, access: admitted.access },
  });
  return { ...admitted, access: renewed };
}

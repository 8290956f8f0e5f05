/** Everything that has a say about one principal: which policies, and in which part. */

import type { ListName } from "./decision.ts";
import type { CompiledPolicy } from "./policy.ts";

export interface PolicySet {
  /** Attached to the user, role, certificate or identity: together they say what it may do. */
  readonly identity: readonly CompiledPolicy[];
  /** A permissions boundary: what the identity's policies may at most allow. */
  readonly boundary?: readonly CompiledPolicy[];
  /** Given when a role was taken: what this session may at most do. */
  readonly session?: readonly CompiledPolicy[];
  /** IoT policies of an authenticated identity of a pool, which must allow `iotActions`, too. */
  readonly iot?: readonly CompiledPolicy[];
  readonly resource?: ResourcePolicies;
}

export interface ResourcePolicies {
  readonly policies: readonly CompiledPolicy[];
  /** Without an `Allow` here nothing is allowed, as with a role's trust policy. */
  readonly isRequired?: boolean;
  /** The resource is another account's: both sides must allow. */
  readonly isForeign?: boolean;
}

/** What an identity of a pool needs an IoT policy for. [IoT: Cognito identities] */
const iotActions: ReadonlySet<string> = new Set([
  "iot:connect",
  "iot:publish",
  "iot:subscribe",
  "iot:receive",
  "iot:getthingshadow",
  "iot:updatethingshadow",
  "iot:deletethingshadow",
]);

/** Lists whose policies give nothing but must all agree, for an action in lower case. */
export function limitsOf(
  set: PolicySet,
  action: string,
): { readonly list: ListName; readonly policies: readonly CompiledPolicy[] }[] {
  const { boundary, session, iot } = set;
  return [
    ...(boundary ? [{ list: "boundary" as const, policies: boundary }] : []),
    ...(session ? [{ list: "session" as const, policies: session }] : []),
    ...(iot && iotActions.has(action) ? [{ list: "iot" as const, policies: iot }] : []),
  ];
}

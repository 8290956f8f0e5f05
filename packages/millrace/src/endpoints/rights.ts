/**
 * What an operation needs a policy's leave for, said as data beside the operations of each service.
 *
 * For an operation without an entry a test fails. A request that says
 * something else than it should, where its resource is wanted, names the resource without a name:
 * whoever may do everything hears what is wrong with it, others that they may not.
 */

import { type AccountFacts, arnsOf, type Need } from "../identity/mod.ts";

export type Members = Readonly<Record<string, unknown>>;

/** The ARN of a resource of a service in this deployment. */
export function arnOf(account: AccountFacts, service: string, resource: string): string {
  return arnsOf(account)(service, resource);
}

/** Of an operation without an entry: only who may do it to everything may do it. */
export function unknownRight(service: string, operation: string): Need[] {
  return [{ action: `${service}:${operation}`, resource: "*" }];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Without those that are null, which to the operations are absent. */
export function membersOf(value: unknown): Members {
  if (typeof value !== "object" || value === null) return {};
  const members = value as Members;
  for (const name in members) {
    if (members[name] !== null) continue; // nearly always
    return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
  }
  return members;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Leave to give a role to a service. */
export function passRole(roleArn: string, service: string): Need {
  const keys = () => ({ "iam:PassedToService": service });
  return { action: "iam:PassRole", resource: roleArn, keys };
}

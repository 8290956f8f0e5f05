/** IoT policies on the wire: names, targets, lists of them. */

import { decodeLabel } from "../../../aws/mod.ts";
import type { PolicyRecord } from "../../../identity/mod.ts";
import { Query } from "../../query.ts";
import { type Failure, failure, invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import {
  listPage,
  markerMembers,
  nameForms,
  orderMember,
  placeByTime,
  readMarkerPage,
  readName,
} from "../registry-answers.ts";

/** Who has a policy, in the older operations. */
export const principalHeader = "x-amzn-iot-principal";

export function readPolicyName(call: IotCall): string | Failure {
  return readName(call, nameForms.policy);
}

/** Name and version of a path that has both. */
export function readPolicyVersion(call: IotCall) {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  const versionId = readName(call, nameForms.version, 1);
  return typeof versionId === "string" ? { name, versionId } : versionId;
}

/** The policy, or that there is none. */
export function findPolicy({ ports }: IotCall, name: string): PolicyRecord | Failure {
  const missing = () => failure("ResourceNotFoundException", `There is no policy "${name}"`);
  return ports.devices.policies.get(name) ?? missing();
}

export function policyArn({ ports }: IotCall, name: string): string {
  return ports.devices.arnOf("policy", name);
}

/** The target in a path: an ARN, or an identity of a pool. */
export function readTarget({ label }: IotCall): string | Failure {
  const target = decodeLabel(label);
  return target ? target : invalid("The target is missing or not percent-encoded UTF-8");
}

/** The target in the body of AttachPolicy and DetachPolicy. */
export async function readTargetMember(
  call: IotCall,
  operation: string,
): Promise<string | Failure> {
  const members = await readMembers(call, operation, ["target"]);
  if ("type" in members) return members;
  const target = members.requiredText("target");
  return members.problem === undefined ? target : invalid(members.problem);
}

/** A page of policies by name, in the order in which they were made. */
export function listedPolicies(
  call: IotCall,
  { operation, names, members = [] }: ListWish,
): Outcome {
  const query = new Query(call, operation, [...markerMembers, orderMember, ...members]);
  const wish = readMarkerPage(query, operation);
  const isOrdered = query.text(orderMember) !== undefined;
  const descending = isOrdered && !query.flag(orderMember);
  if (query.problem) return invalid(query.problem);
  const all = names.map((name) => call.ports.devices.policies.get(name)).filter((one) => !!one);
  const placeOf = ({ name, createdAtMs }: PolicyRecord) => placeByTime(createdAtMs, name);
  const { entries, token } = listPage(all, { ...wish, list: operation, descending, placeOf });
  const policies = entries.map(({ name }) => ({
    policyName: name,
    policyArn: policyArn(call, name),
  }));
  return { body: { policies, nextMarker: token } };
}

interface ListWish {
  readonly operation: string;
  readonly names: readonly string[];
  /** Of the query, besides those of every list. */
  readonly members?: readonly string[];
}

/** A page of what a policy is attached to, in order. */
export function listedTargets(
  call: IotCall,
  operation: string,
  targets: readonly string[],
): { readonly targets: readonly string[]; readonly nextMarker: string | undefined } | Failure {
  const query = new Query(call, operation, [...markerMembers, orderMember]);
  const wish = readMarkerPage(query, operation);
  const isOrdered = query.text(orderMember) !== undefined;
  const descending = isOrdered && !query.flag(orderMember);
  if (query.problem) return invalid(query.problem);
  const placeOf = (target: string) => target;
  const page = listPage(targets, { ...wish, list: operation, descending, placeOf });
  return { targets: page.entries, nextMarker: page.token };
}

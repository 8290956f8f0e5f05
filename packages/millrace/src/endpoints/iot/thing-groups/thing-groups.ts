/** Groups of things on the wire: names, properties, lists. */

import type { ThingGroupRecord } from "../../../identity/mod.ts";
import { type Failure, failure } from "../answers.ts";
import type { Members } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { nameForms, readName } from "../registry-answers.ts";

export function readThingGroupName(call: IotCall): string | Failure {
  return readName(call, nameForms.thingGroup);
}

export function thingGroupArn({ ports }: IotCall, name: string): string {
  return ports.devices.arnOf("thinggroup", name);
}

/** The group, or that there is none. */
export function findThingGroup({ ports }: IotCall, name: string): ThingGroupRecord | Failure {
  const missing = () => failure("ResourceNotFoundException", `There is no thing group "${name}"`);
  return ports.devices.thingGroups.get(name) ?? missing();
}

/** How lists name a group. */
export function groupNames(call: IotCall, name: string) {
  return { groupName: name, groupArn: thingGroupArn(call, name) };
}

const properties = ["thingGroupDescription", "attributePayload"];

/** `thingGroupProperties`. */
export function readGroupProperties(members: Members) {
  return members.inside("thingGroupProperties", properties, (inside) => ({
    description: inside.text("thingGroupDescription"),
    ...inside.inside("attributePayload", ["attributes", "merge"], (payload) => ({
      attributes: payload.textMap("attributes"),
      merge: payload.flag("merge") ?? false,
    })),
  }));
}

/** A thing or a group, which a body may name in two ways; an ARN must be ours. */
export function readNamed(
  { ports }: IotCall,
  members: Members,
  kind: "thing" | "thinggroup",
): string {
  const member = kind === "thing" ? "thing" : "thingGroup";
  const given = members.text(`${member}Name`);
  const arn = members.text(`${member}Arn`);
  const prefix = ports.devices.arnOf(kind, "");
  const fromArn = arn?.startsWith(prefix) ? arn.slice(prefix.length) : undefined;
  if (arn !== undefined && fromArn === undefined) {
    members.report(`"${member}Arn" does not begin with "${prefix}"`);
  }
  if (given === undefined && arn === undefined) {
    members.report(`Neither "${member}Name" nor "${member}Arn" is there`);
  }
  if (given !== undefined && fromArn !== undefined && given !== fromArn) {
    members.report(`"${member}Name" and "${member}Arn" name two`);
  }
  return given ?? fromArn ?? "";
}

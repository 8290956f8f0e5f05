/** iot UpdateThing: `PATCH /things/{thingName}`; an attribute without a value is taken away. */

import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readAttributes, readThingMembers, readThingName } from "./things.ts";

const known = ["thingTypeName", "attributePayload", "expectedVersion", "removeThingType"];

export async function updateThing(call: IotCall): Promise<Outcome> {
  const name = readThingName(call);
  if (typeof name !== "string") return name;
  const members = await readThingMembers(call, "UpdateThing", known);
  if ("type" in members) return members;
  const change = {
    typeName: members.text("thingTypeName"),
    expectedVersion: members.integer("expectedVersion"),
    removeType: members.flag("removeThingType") ?? false,
    ...readAttributes(members),
  };
  if (members.problem) return invalid(members.problem);
  return answered(await call.ports.devices.things.update(name, change), () => ({}));
}

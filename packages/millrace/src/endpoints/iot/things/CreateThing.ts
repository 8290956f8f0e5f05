/** iot CreateThing: `POST /things/{thingName}`. */

import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readAttributes, readThingMembers, readThingName, thingArn } from "./things.ts";

export async function createThing(call: IotCall): Promise<Outcome> {
  const name = readThingName(call);
  if (typeof name !== "string") return name;
  const known = ["thingTypeName", "attributePayload"];
  const members = await readThingMembers(call, "CreateThing", known);
  if ("type" in members) return members;
  const typeName = members.text("thingTypeName");
  const attributes = readAttributes(members)?.attributes;
  if (members.problem) return invalid(members.problem);
  const outcome = await call.ports.devices.things.create(name, { typeName, attributes });
  return answered(outcome, ({ id }) => ({
    thingName: name,
    thingArn: thingArn(call, name),
    thingId: id,
  }));
}

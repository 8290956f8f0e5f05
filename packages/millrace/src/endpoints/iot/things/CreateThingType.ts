/** iot CreateThingType: `POST /thing-types/{thingTypeName}`. */

import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readThingMembers, readThingTypeName, thingTypeArn } from "./things.ts";

const properties = ["thingTypeDescription", "searchableAttributes"];

export async function createThingType(call: IotCall): Promise<Outcome> {
  const name = readThingTypeName(call);
  if (typeof name !== "string") return name;
  const members = await readThingMembers(call, "CreateThingType", ["thingTypeProperties"]);
  if ("type" in members) return members;
  const wish = members.inside("thingTypeProperties", properties, (inside) => ({
    description: inside.text("thingTypeDescription"),
    searchableAttributes: inside.texts("searchableAttributes"),
  }));
  if (members.problem) return invalid(members.problem);
  const outcome = await call.ports.devices.thingTypes.create(name, wish ?? {});
  return answered(outcome, ({ id }) => ({
    thingTypeName: name,
    thingTypeArn: thingTypeArn(call, name),
    thingTypeId: id,
  }));
}

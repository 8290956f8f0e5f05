/** iot DeprecateThingType: `POST /thing-types/{thingTypeName}/deprecate`; no new thing gets it. */

import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readThingMembers, readThingTypeName } from "./things.ts";

export async function deprecateThingType(call: IotCall): Promise<Outcome> {
  const name = readThingTypeName(call);
  if (typeof name !== "string") return name;
  const members = await readThingMembers(call, "DeprecateThingType", ["undoDeprecate"]);
  if ("type" in members) return members;
  const undo = members.flag("undoDeprecate") ?? false;
  if (members.problem) return invalid(members.problem);
  return answered(await call.ports.devices.thingTypes.deprecate(name, { undo }), () => ({}));
}

/** iot DeleteThingType: `DELETE /thing-types/{thingTypeName}`, five minutes after deprecation. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readThingTypeName } from "./things.ts";

export async function deleteThingType(call: IotCall): Promise<Outcome> {
  const name = readThingTypeName(call);
  if (typeof name !== "string") return name;
  return answered(await call.ports.devices.thingTypes.delete(name), () => ({}));
}

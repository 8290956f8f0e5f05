/** iot DescribeThing: `GET /things/{thingName}`. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { findThing, readThingName, thingArn } from "./things.ts";

export function describeThing(call: IotCall): Outcome {
  const name = readThingName(call);
  if (typeof name !== "string") return name;
  const thing = findThing(call, name);
  if ("type" in thing) return thing;
  const body = {
    defaultClientId: name,
    thingName: name,
    thingId: thing.id,
    thingArn: thingArn(call, name),
    thingTypeName: thing.typeName,
    attributes: thing.attributes,
    version: thing.version,
  };
  return { body };
}

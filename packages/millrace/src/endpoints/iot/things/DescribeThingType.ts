/** iot DescribeThingType: `GET /thing-types/{thingTypeName}`. */

import { failure, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { readThingTypeName, thingTypeArn, thingTypeFacts } from "./things.ts";

export function describeThingType(call: IotCall): Outcome {
  const name = readThingTypeName(call);
  if (typeof name !== "string") return name;
  const type = call.ports.devices.thingTypes.get(name);
  if (!type) return failure("ResourceNotFoundException", `There is no thing type "${name}"`);
  const body = {
    thingTypeName: name,
    thingTypeId: type.id,
    thingTypeArn: thingTypeArn(call, name),
    ...thingTypeFacts(type),
  };
  return { body };
}

/** iot DescribeThing: `GET /things/{thingName}`. */

import { failure, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { readThing } from "./read-thing.ts";
import { readThingName } from "./things.ts";

export function describeThing(call: IotCall): Outcome {
  const name = readThingName(call);
  if (typeof name !== "string") return name;
  const body = readThing(call.ports.devices, "DescribeThing", name);
  return body ? { body } : failure("ResourceNotFoundException", `There is no thing "${name}"`);
}

/** iot DeleteThing: `DELETE /things/{thingName}`; one that is missing is as good as deleted. */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readThingName } from "./things.ts";

export async function deleteThing(call: IotCall): Promise<Outcome> {
  const name = readThingName(call);
  if (typeof name !== "string") return name;
  const query = new Query(call, "DeleteThing", ["expectedVersion"]);
  const bounds = { min: 1, max: Number.MAX_SAFE_INTEGER };
  const expectedVersion = query.integer("expectedVersion", bounds);
  if (query.problem) return invalid(query.problem);
  return answered(await call.ports.devices.things.delete(name, expectedVersion), () => ({}));
}

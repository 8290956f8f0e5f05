/** iot AttachThingPrincipal: `PUT /things/{thingName}/principals`; exclusively: to it alone. */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered, readHeader } from "../registry-answers.ts";
import { principalHeader, readPrincipalType, readThingName } from "./things.ts";

export async function attachThingPrincipal(call: IotCall): Promise<Outcome> {
  const name = readThingName(call);
  if (typeof name !== "string") return name;
  const principal = readHeader(call, principalHeader);
  if (typeof principal !== "string") return principal;
  const query = new Query(call, "AttachThingPrincipal", ["thingPrincipalType"]);
  const exclusive = readPrincipalType(query) === "EXCLUSIVE_THING";
  if (query.problem) return invalid(query.problem);
  const { things } = call.ports.devices;
  return answered(await things.attach(name, principal, { exclusive }), () => ({}));
}

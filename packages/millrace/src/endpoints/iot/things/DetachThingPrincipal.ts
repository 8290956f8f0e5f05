/** iot DetachThingPrincipal: `DELETE /things/{thingName}/principals`. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered, readHeader } from "../registry-answers.ts";
import { principalHeader, readThingName } from "./things.ts";

export async function detachThingPrincipal(call: IotCall): Promise<Outcome> {
  const name = readThingName(call);
  if (typeof name !== "string") return name;
  const principal = readHeader(call, principalHeader);
  if (typeof principal !== "string") return principal;
  return answered(await call.ports.devices.things.detach(name, principal), () => ({}));
}

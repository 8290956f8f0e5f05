/** iotdata GetThingShadow: `GET /things/{thingName}/shadow`, of a named shadow with `?name=`. */

import type { Outcome } from "./answers.ts";
import type { IotDataCall } from "./operation.ts";
import { outcomeOf, readShadowName } from "./shadow.ts";

export async function getThingShadow(call: IotDataCall): Promise<Outcome> {
  const name = readShadowName(call, "GetThingShadow");
  return "type" in name ? name : outcomeOf(await call.ports.shadows.get(name));
}

/** iotdata DeleteThingShadow: `DELETE /things/{thingName}/shadow`, of a named one with `?name=`. */

import type { Outcome } from "./answers.ts";
import type { IotDataCall } from "./operation.ts";
import { notReady, outcomeOf, readShadowName } from "./shadow.ts";

export async function deleteThingShadow(call: IotDataCall): Promise<Outcome> {
  const unready = notReady(call);
  if (unready) return unready;
  const name = readShadowName(call, "DeleteThingShadow");
  return "type" in name ? name : outcomeOf(await call.ports.shadows.delete(name));
}

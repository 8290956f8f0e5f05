/**
 * iotdata UpdateThingShadow: `POST /things/{thingName}/shadow`, of a named shadow with `?name=`.
 * The body is the document of an update over MQTT, and subscribers hear of it as of one.
 */

import { shadowLimits } from "../../shadows/mod.ts";
import { readBody } from "../body.ts";
import { failure, type Outcome } from "./answers.ts";
import type { IotDataCall } from "./operation.ts";
import { notReady, outcomeOf, readShadowName } from "./shadow.ts";

export async function updateThingShadow(call: IotDataCall): Promise<Outcome> {
  const unready = notReady(call);
  if (unready) return unready;
  const name = readShadowName(call, "UpdateThingShadow");
  if ("type" in name) return name;
  const payload = await readBody(call.request, shadowLimits.requestBytesMax);
  if (payload) return outcomeOf(await call.ports.shadows.update(name, payload));
  const message = "The payload exceeds the maximum size allowed";
  return failure("RequestEntityTooLargeException", message);
}

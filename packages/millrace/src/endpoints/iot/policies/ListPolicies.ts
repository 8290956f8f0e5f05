/** iot ListPolicies: `GET /policies`. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { listedPolicies } from "./policies.ts";

export function listPolicies(call: IotCall): Outcome {
  const names = [...call.ports.devices.policies.all()].map(({ name }) => name);
  return listedPolicies(call, { operation: "ListPolicies", names });
}

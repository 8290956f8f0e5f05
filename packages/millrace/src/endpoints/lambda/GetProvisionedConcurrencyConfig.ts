/** Lambda GetProvisionedConcurrencyConfig. */

import { type ControlCall, done, no, type Route } from "./operation.ts";
import { provisionedPath, tellProvisioned } from "./provisioned.ts";

export const getProvisionedConcurrencyConfig: Route = {
  operation: "GetProvisionedConcurrencyConfig",
  method: "GET",
  path: provisionedPath,
  query: ["Qualifier"],
  perform,
};

async function perform(call: ControlCall) {
  const told = tellProvisioned(call);
  if (told) return done(200, told);
  const message = "No Provisioned Concurrency Config found for this function";
  return no({ status: 404, type: "ProvisionedConcurrencyConfigNotFoundException", message });
}

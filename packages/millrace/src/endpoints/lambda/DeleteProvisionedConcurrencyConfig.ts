/** Lambda DeleteProvisionedConcurrencyConfig. */

import { refusalOf } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";
import { provisionedPath } from "./provisioned.ts";

export const deleteProvisionedConcurrencyConfig: Route = {
  operation: "DeleteProvisionedConcurrencyConfig",
  method: "DELETE",
  path: provisionedPath,
  query: ["Qualifier"],
  perform,
};

async function perform({ functions, name, qualifier = "$LATEST" }: ControlCall) {
  const error = await functions.settings.provision(name, qualifier, 0);
  return error ? no(refusalOf(error)) : done(204);
}

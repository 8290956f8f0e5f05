/** Lambda DeleteProvisionedConcurrencyConfig. */

import { refusalOf } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const deleteProvisionedConcurrencyConfig: Route = {
  operation: "DeleteProvisionedConcurrencyConfig",
  method: "DELETE",
  path: /^\/2019-09-30\/functions\/([^/]+)\/provisioned-concurrency$/,
  query: ["Qualifier"],
  perform,
};

async function perform({ functions, name, qualifier = "$LATEST" }: ControlCall) {
  const error = await functions.settings.provision(name, qualifier, 0);
  return error ? no(refusalOf(error)) : done(204);
}

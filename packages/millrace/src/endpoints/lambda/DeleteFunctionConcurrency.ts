/** Lambda DeleteFunctionConcurrency. */

import { refusalOf } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const deleteFunctionConcurrency: Route = {
  operation: "DeleteFunctionConcurrency",
  method: "DELETE",
  path: /^\/2017-10-31\/functions\/([^/]+)\/concurrency$/,
  perform,
};

async function perform({ functions, name }: ControlCall) {
  const error = await functions.settings.reserveConcurrency(name, undefined);
  return error ? no(refusalOf(error)) : done(204);
}

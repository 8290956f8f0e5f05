/** Lambda GetFunctionConcurrency: empty when nothing is reserved. */

import { notFound } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const getFunctionConcurrency: Route = {
  operation: "GetFunctionConcurrency",
  method: "GET",
  path: /^\/2019-09-30\/functions\/([^/]+)\/concurrency$/,
  perform,
};

async function perform({ functions, name }: ControlCall) {
  if (!functions.settings.entryOf(name))
    return no(notFound(`Function not found: ${functions.control.arnOf(name)}`));
  const reserved = functions.settings.reservedConcurrency(name);
  return done(200, reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved });
}

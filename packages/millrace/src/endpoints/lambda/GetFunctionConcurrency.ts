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
  const entry = functions.settings.entryOf(name);
  if (!entry) return no(notFound(`Function not found: ${functions.control.arnOf(name)}`));
  const { reservedConcurrency: reserved } = entry;
  return done(200, reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved });
}

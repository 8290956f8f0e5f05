/** Lambda PutFunctionConcurrency: calls at once that are the function's own. */

import { refusalOf } from "./answers.ts";
import { checkConstraints } from "./constraints.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";

const member = "ReservedConcurrentExecutions";

export const putFunctionConcurrency: Route = {
  operation: "PutFunctionConcurrency",
  method: "PUT",
  path: /^\/2017-10-31\/functions\/([^/]+)\/concurrency$/,
  members: { [member]: "number" },
  perform,
};

async function perform({ functions, name, body }: ControlCall) {
  const problem = checkConstraints(body, { [member]: { required: true, min: 0 } });
  if (problem) return problem;
  const error = await functions.settings.reserveConcurrency(name, Number(body[member]));
  return error ? no(refusalOf(error)) : done(200, { [member]: body[member] });
}

/** Lambda PutFunctionConcurrency: calls at once that are the function's own. */

import { accountConcurrencyMax } from "../../functions/mod.ts";
import { invalidParameter, refusalOf } from "./answers.ts";

import { type ControlCall, checkRange, done, no, type Route } from "./operation.ts";

const member = "ReservedConcurrentExecutions";

export const putFunctionConcurrency: Route = {
  operation: "PutFunctionConcurrency",
  method: "PUT",
  path: /^\/2017-10-31\/functions\/([^/]+)\/concurrency$/,
  members: { [member]: "number" },
  perform,
};

async function perform({ functions, name, body }: ControlCall) {
  const problem = checkRange(body, member, [0, accountConcurrencyMax]);
  if (problem) return problem;
  if (body[member] === undefined) return no(invalidParameter(`"${member}" is missing`));
  const error = await functions.settings.reserveConcurrency(name, Number(body[member]));
  return error ? no(refusalOf(error)) : done(200, { [member]: body[member] });
}

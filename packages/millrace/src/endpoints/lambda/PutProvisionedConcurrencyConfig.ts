/** Lambda PutProvisionedConcurrencyConfig: processes of a version that are held ready. */

import { accountConcurrencyMax } from "../../functions/mod.ts";
import { invalidParameter, refusalOf } from "./answers.ts";
import { type ControlCall, checkRange, done, no, type Route } from "./operation.ts";
import { tellProvisioned } from "./provisioned.ts";

const member = "ProvisionedConcurrentExecutions";

export const putProvisionedConcurrencyConfig: Route = {
  operation: "PutProvisionedConcurrencyConfig",
  method: "PUT",
  path: /^\/2019-09-30\/functions\/([^/]+)\/provisioned-concurrency$/,
  query: ["Qualifier"],
  members: { [member]: "number" },
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name, qualifier, body } = call;
  const problem = checkRange(body, member, [1, accountConcurrencyMax]);
  if (problem) return problem;
  const missing = body[member] === undefined ? member : qualifier === undefined && "Qualifier";
  if (missing) return no(invalidParameter(`"${missing}" is missing`));
  const error = await functions.settings.provision(name, qualifier!, Number(body[member]));
  return error ? no(refusalOf(error)) : done(202, tellProvisioned(call));
}

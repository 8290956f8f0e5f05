/** Lambda PutProvisionedConcurrencyConfig: processes of a version that are held ready. */

import { refusalOf } from "./answers.ts";
import { checkConstraints } from "./constraints.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import { provisionedPath, tellProvisioned } from "./provisioned.ts";

const member = "ProvisionedConcurrentExecutions";

const constraints = {
  Qualifier: { required: true },
  [member]: { required: true, min: 1 },
} as const;

export const putProvisionedConcurrencyConfig: Route = {
  operation: "PutProvisionedConcurrencyConfig",
  method: "PUT",
  path: provisionedPath,
  query: ["Qualifier"],
  members: { [member]: "number" },
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name, qualifier, body } = call;
  const asked = { ...body, Qualifier: qualifier };
  const problem = checkConstraints(asked, constraints);
  if (problem) return problem;
  const error = await functions.settings.provision(name, qualifier!, Number(body[member]));
  return error ? no(refusalOf(error)) : done(202, tellProvisioned(call));
}

/** Lambda ListProvisionedConcurrencyConfigs: all of a function, by qualifier. */

import { notFound } from "./answers.ts";
import { type ControlCall, no, type Route } from "./operation.ts";
import { answerPage, pageQuery } from "./page.ts";
import { provisionedPath, tellProvisioned } from "./provisioned.ts";

export const listProvisionedConcurrencyConfigs: Route = {
  operation: "ListProvisionedConcurrencyConfigs",
  method: "GET",
  path: provisionedPath,
  flag: "List",
  query: ["List", ...pageQuery],
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name, query } = call;
  const entry = functions.settings.entryOf(name);
  const arn = functions.control.arnOf(name);
  if (!entry) return no(notFound(`Function not found: ${arn}`));
  return answerPage(query, {
    member: "ProvisionedConcurrencyConfigs",
    items: Object.keys(entry.provisioned).sort(),
    keyOf: (qualifier) => qualifier,
    tell: (qualifier) => ({
      FunctionArn: `${arn}:${qualifier}`,
      ...tellProvisioned({ ...call, qualifier }),
    }),
  });
}

/** Lambda ListFunctionEventInvokeConfigs: all at once. */

import { notFound } from "./answers.ts";
import { tellEventInvokeConfig } from "./event-invoke-config.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";

export const listFunctionEventInvokeConfigs: Route = {
  operation: "ListFunctionEventInvokeConfigs",
  method: "GET",
  path: /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config\/list$/,
  query: ["MaxItems"],
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name } = call;
  const entry = functions.settings.entryOf(name);
  if (!entry) return no(notFound(`Function not found: ${functions.control.arnOf(name)}`));
  const qualifiers = Object.keys(entry.asyncSettings).sort();
  const configs = qualifiers.map((qualifier) => tellEventInvokeConfig(call, qualifier));
  return done(200, { FunctionEventInvokeConfigs: configs });
}

/** Lambda DeleteFunctionUrlConfig. */

import { refusalOf } from "./answers.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import { readUrlQualifier, urlPath } from "./url-config.ts";

export const deleteFunctionUrlConfig: Route = {
  operation: "DeleteFunctionUrlConfig",
  method: "DELETE",
  path: urlPath,
  query: ["Qualifier"],
  perform,
};

async function perform(call: ControlCall) {
  const wrong = readUrlQualifier(call);
  if (wrong) return wrong;
  const error = await call.functions.urls.delete(call.name, call.qualifier);
  return error ? no(refusalOf(error)) : done(204);
}

/** Lambda GetFunctionUrlConfig. */

import { refusalOf } from "./answers.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import { readUrlQualifier, tellUrlConfig, urlPath } from "./url-config.ts";

export const getFunctionUrlConfig: Route = {
  operation: "GetFunctionUrlConfig",
  method: "GET",
  path: urlPath,
  query: ["Qualifier"],
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name, qualifier } = call;
  const wrong = readUrlQualifier(call);
  if (wrong) return wrong;
  const found = functions.urls.of(name, qualifier);
  return found.ok ? done(200, tellUrlConfig(found.value, call)) : no(refusalOf(found.error));
}

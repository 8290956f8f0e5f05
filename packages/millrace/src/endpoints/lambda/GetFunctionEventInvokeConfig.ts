/** Lambda GetFunctionEventInvokeConfig: what the API or the template has set. */

import { missingEventInvokeConfig, tellEventInvokeConfig } from "./event-invoke-config.ts";
import { type ControlCall, done, type Route } from "./operation.ts";

export const getFunctionEventInvokeConfig: Route = {
  operation: "GetFunctionEventInvokeConfig",
  method: "GET",
  path: /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config$/,
  query: ["Qualifier"],
  perform,
};

async function perform(call: ControlCall) {
  const { qualifier = "$LATEST" } = call;
  const told = tellEventInvokeConfig(call, qualifier);
  return told ? done(200, told) : missingEventInvokeConfig(call, qualifier);
}

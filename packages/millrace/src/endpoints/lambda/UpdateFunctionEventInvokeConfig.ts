/** Lambda UpdateFunctionEventInvokeConfig: what is not named stays. */

import { eventInvokeMembers, putEventInvokeConfig } from "./event-invoke-config.ts";
import type { Route } from "./operation.ts";

export const updateFunctionEventInvokeConfig: Route = {
  operation: "UpdateFunctionEventInvokeConfig",
  method: "POST",
  path: /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config$/,
  query: ["Qualifier"],
  members: eventInvokeMembers,
  perform: (call) => putEventInvokeConfig(call, (before) => before),
};

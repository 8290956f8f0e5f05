/** Lambda PutFunctionEventInvokeConfig: what is not named goes back to its default. */

import { asyncSettingsDefault } from "../../functions/mod.ts";
import { eventInvokeMembers, putEventInvokeConfig } from "./event-invoke-config.ts";
import type { Route } from "./operation.ts";

export const putFunctionEventInvokeConfig: Route = {
  operation: "PutFunctionEventInvokeConfig",
  method: "PUT",
  path: /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config$/,
  query: ["Qualifier"],
  members: eventInvokeMembers,
  perform: (call) => putEventInvokeConfig(call, () => asyncSettingsDefault),
};

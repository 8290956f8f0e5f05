/** Lambda UpdateFunctionEventInvokeConfig: what is not named stays. */

import { memberOf } from "../../base/mod.ts";
import {
  eventInvokeMembers,
  missingEventInvokeConfig,
  putEventInvokeConfig,
} from "./event-invoke-config.ts";
import type { ControlCall, Route } from "./operation.ts";

export const updateFunctionEventInvokeConfig: Route = {
  operation: "UpdateFunctionEventInvokeConfig",
  method: "POST",
  path: /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config$/,
  query: ["Qualifier"],
  members: eventInvokeMembers,
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name, qualifier = "$LATEST" } = call;
  const before = memberOf(functions.settings.entryOf(name)?.asyncSettings ?? {}, qualifier);
  return before ? putEventInvokeConfig(call, before) : missingEventInvokeConfig(name, qualifier);
}

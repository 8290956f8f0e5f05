/** Lambda DeleteFunctionEventInvokeConfig. */

import { refusalOf } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const deleteFunctionEventInvokeConfig: Route = {
  operation: "DeleteFunctionEventInvokeConfig",
  method: "DELETE",
  path: /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config$/,
  query: ["Qualifier"],
  perform,
};

async function perform({ functions, name, qualifier = "$LATEST" }: ControlCall) {
  const error = await functions.settings.setAsyncSettings(name, qualifier, () => undefined);
  return error ? no(refusalOf(error)) : done(204);
}

/** Lambda GetFunctionConfiguration. */

import { refusalOf } from "./answers.ts";
import { tellConfiguration } from "./configuration.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const getFunctionConfiguration: Route = {
  operation: "GetFunctionConfiguration",
  method: "GET",
  path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
  query: ["Qualifier"],
  perform,
};

async function perform({ functions, name, qualifier }: ControlCall) {
  const found = await functions.control.describe(name, qualifier);
  return found.ok
    ? done(200, tellConfiguration(found.value, qualifier))
    : no(refusalOf(found.error));
}

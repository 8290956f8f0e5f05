/** Lambda ListFunctionUrlConfigs: all of a function at once. */

import { notFound } from "./answers.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import { tellUrlConfig } from "./url-config.ts";

export const listFunctionUrlConfigs: Route = {
  operation: "ListFunctionUrlConfigs",
  method: "GET",
  path: /^\/2021-10-31\/functions\/([^/]+)\/urls$/,
  query: ["MaxItems"],
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name } = call;
  if (!functions.settings.entryOf(name)) {
    return no(notFound(`Function not found: ${functions.control.arnOf(name)}`));
  }
  const own = functions.urls.list().filter(({ functionName }) => functionName === name);
  return done(200, { FunctionUrlConfigs: own.map((url) => tellUrlConfig(url, call)) });
}

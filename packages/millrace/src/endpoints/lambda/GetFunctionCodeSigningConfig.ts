/** Lambda GetFunctionCodeSigningConfig: no function has one, so the answer names it alone. */

import { notFound } from "./answers.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";

export const getFunctionCodeSigningConfig: Route = {
  operation: "GetFunctionCodeSigningConfig",
  method: "GET",
  path: /^\/2020-06-30\/functions\/([^/]+)\/code-signing-config$/,
  perform,
};

async function perform({ functions, name }: ControlCall) {
  if (functions.settings.entryOf(name)) return done(200, { FunctionName: name });
  return no(notFound(`Function not found: ${functions.control.arnOf(name)}`));
}

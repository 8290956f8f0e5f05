/** Lambda RemovePermission. */

import { refusalOf } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const removePermission: Route = {
  operation: "RemovePermission",
  method: "DELETE",
  path: /^\/2015-03-31\/functions\/([^/]+)\/policy\/([^/]+)$/,
  query: ["Qualifier"],
  perform,
};

async function perform({ functions, name, qualifier = "$LATEST", label }: ControlCall) {
  const error = await functions.settings.removePermission(name, qualifier, label);
  return error ? no(refusalOf(error)) : done(204);
}

/** Lambda DeleteFunction: the function with all of its versions, or one version. */

import { invalidParameter, refusalOf } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const deleteFunction: Route = {
  operation: "DeleteFunction",
  method: "DELETE",
  path: /^\/2015-03-31\/functions\/([^/]+)$/,
  query: ["Qualifier"],
  perform,
};

async function perform({ functions, name, qualifier }: ControlCall) {
  if (qualifier === "$LATEST") {
    return no(invalidParameter("$LATEST version cannot be deleted without deleting the function."));
  }
  const error = await functions.control.delete(name, qualifier);
  return error ? no(refusalOf(error)) : done(204);
}

/** Lambda DeleteAlias: one that is not there is deleted too. */

import { refusalOf } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const deleteAlias: Route = {
  operation: "DeleteAlias",
  method: "DELETE",
  path: /^\/2015-03-31\/functions\/([^/]+)\/aliases\/([^/]+)$/,
  perform,
};

async function perform({ functions, name, label }: ControlCall) {
  const error = await functions.settings.deleteAlias(name, label);
  return error ? no(refusalOf(error)) : done(204);
}

/** Lambda RemovePermission. */

import { refusalOf } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const removePermission: Route = {
  operation: "RemovePermission",
  method: "DELETE",
  path: /^\/2015-03-31\/functions\/([^/]+)\/policy\/([^/]+)$/,
  query: ["Qualifier", "RevisionId"],
  perform,
};

async function perform({ functions, name, qualifier = "$LATEST", label, query }: ControlCall) {
  const error = await functions.settings.removePermission(name, qualifier, {
    sid: label,
    revisionId: query.get("RevisionId") ?? undefined,
  });
  return error ? no(refusalOf(error)) : done(204);
}

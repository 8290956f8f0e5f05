/** Lambda GetPolicy: what AddPermission has added. */

import { memberOf } from "../../base/mod.ts";
import { policyOf } from "../../functions/mod.ts";
import { notFound } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const getPolicy: Route = {
  operation: "GetPolicy",
  method: "GET",
  path: /^\/2015-03-31\/functions\/([^/]+)\/policy$/,
  query: ["Qualifier"],
  perform,
};

async function perform({ functions, name, qualifier = "$LATEST" }: ControlCall) {
  const statements = memberOf(functions.settings.entryOf(name)?.policies ?? {}, qualifier) ?? [];
  if (statements.length === 0) {
    return no(notFound("The resource you requested does not exist."));
  }
  const { document, revisionId } = policyOf(statements);
  return done(200, { Policy: JSON.stringify(document), RevisionId: revisionId });
}

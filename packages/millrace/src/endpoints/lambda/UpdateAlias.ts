/** Lambda UpdateAlias: what is named changes, the rest stays. */

import { aliasMembers, readAlias, tellAlias } from "./alias.ts";
import { invalidParameter, refusalOf } from "./answers.ts";
import { checkConstraints, descriptionConstraint, versionPattern } from "./constraints.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";

const constraints = {
  FunctionVersion: { pattern: versionPattern },
  Description: descriptionConstraint,
};

export const updateAlias: Route = {
  operation: "UpdateAlias",
  method: "PUT",
  path: /^\/2015-03-31\/functions\/([^/]+)\/aliases\/([^/]+)$/,
  members: { ...aliasMembers, RevisionId: "string" },
  perform,
};

async function perform({ functions, name, label, body }: ControlCall) {
  const { settings, control } = functions;
  const problem = checkConstraints(body, constraints);
  if (problem) return problem;
  const read = readAlias(body);
  if (typeof read === "string") return no(invalidParameter(read));
  const revisionId = body.RevisionId as string | undefined;
  const updated = await settings.updateAlias(name, label, { ...read, revisionId });
  if (!updated.ok) return no(refusalOf(updated.error));
  return done(200, tellAlias(updated.value, control.arnOf(name)));
}

/** Lambda CreateAlias. */

import { aliasMembers, readAlias, tellAlias } from "./alias.ts";
import { invalidParameter, refusalOf } from "./answers.ts";
import {
  aliasPattern,
  type Constraints,
  checkConstraints,
  descriptionConstraint,
  versionPattern,
} from "./constraints.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";

const constraints: Constraints = {
  Name: { required: true, pattern: aliasPattern, lengthMax: 128 },
  FunctionVersion: { required: true, pattern: versionPattern },
  Description: descriptionConstraint,
};

export const createAlias: Route = {
  operation: "CreateAlias",
  method: "POST",
  path: /^\/2015-03-31\/functions\/([^/]+)\/aliases$/,
  members: { ...aliasMembers, Name: "string" },
  perform,
};

async function perform({ functions, name, body }: ControlCall) {
  const problem = checkConstraints(body, constraints);
  if (problem) return problem;
  const alias = String(body.Name);
  const read = readAlias(body);
  if (typeof read === "string") return no(invalidParameter(read));
  const { version = "", description = "", weights = {} } = read;
  const { settings, control } = functions;
  const created = await settings.createAlias(name, { name: alias, version, description, weights });
  if (!created.ok) return no(refusalOf(created.error));
  return done(201, tellAlias(created.value, control.arnOf(name)));
}

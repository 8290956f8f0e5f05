/** Lambda UntagResource: takes tags of a function away, by their keys. */

import { refusalOf } from "./answers.ts";
import { violated } from "./constraints.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import { refuseQualifier, tagsPath } from "./tags.ts";

export const untagResource: Route = {
  operation: "UntagResource",
  method: "DELETE",
  path: tagsPath,
  query: ["Qualifier", "tagKeys"],
  perform,
};

async function perform(call: ControlCall) {
  const refused = refuseQualifier(call);
  if (refused) return refused;
  const { functions, name, query } = call;
  const removed = query.getAll("tagKeys");
  if (removed.length === 0) return no(violated("TagKeys", undefined, "not be null"));
  const error = await functions.settings.changeTags(name, { removed });
  return error ? no(refusalOf(error)) : done(204);
}

/** Lambda TagResource: adds to the tags of a function. */

import { refusalOf } from "./answers.ts";
import { checkConstraints } from "./constraints.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import { readTags, refuseQualifier, tagsPath } from "./tags.ts";

export const tagResource: Route = {
  operation: "TagResource",
  method: "POST",
  path: tagsPath,
  query: ["Qualifier"],
  members: { Tags: "object" },
  perform,
};

async function perform(call: ControlCall) {
  const refused = refuseQualifier(call);
  if (refused) return refused;
  const { functions, name, body } = call;
  const missing = checkConstraints(body, { Tags: { required: true } });
  if (missing) return missing;
  const read = readTags(body.Tags);
  if ("refusal" in read) return read;
  const error = await functions.settings.changeTags(name, { added: read.tags });
  return error ? no(refusalOf(error)) : done(204);
}

/** Lambda ListTags: the tags of a function. */

import { notFound } from "./answers.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import { refuseQualifier, tagsPath } from "./tags.ts";

export const listTags: Route = {
  operation: "ListTags",
  method: "GET",
  path: tagsPath,
  query: ["Qualifier"],
  perform,
};

async function perform(call: ControlCall) {
  const refused = refuseQualifier(call);
  if (refused) return refused;
  const { functions, name } = call;
  const entry = functions.settings.entryOf(name);
  if (!entry) return no(notFound(`Function not found: ${functions.control.arnOf(name)}`));
  return done(200, { Tags: entry.tags ?? {} });
}

/** Lambda UpdateFunctionConfiguration: what is named changes, the rest stays. */

import { refusalOf } from "./answers.ts";
import { configurationMembers, readConfiguration, tellConfiguration } from "./configuration.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const updateFunctionConfiguration: Route = {
  operation: "UpdateFunctionConfiguration",
  method: "PUT",
  path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
  members: { ...configurationMembers, RevisionId: "string" },
  perform,
};

async function perform({ functions, name, body }: ControlCall) {
  const { RevisionId, ...members } = body;
  const read = readConfiguration(members);
  if (!("changes" in read)) return read;
  const updated = await functions.control.updateConfiguration(name, read.changes, {
    revisionId: RevisionId as string | undefined,
  });
  return updated.ok ? done(200, tellConfiguration(updated.value)) : no(refusalOf(updated.error));
}

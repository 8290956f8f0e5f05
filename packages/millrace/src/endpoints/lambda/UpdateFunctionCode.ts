/** Lambda UpdateFunctionCode: the next call runs the new code. */

import { invalidParameter, outdated, refusalOf } from "./answers.ts";
import { tellConfiguration } from "./configuration.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import { readZip } from "./zip-file.ts";

export const updateFunctionCode: Route = {
  operation: "UpdateFunctionCode",
  method: "PUT",
  path: /^\/2015-03-31\/functions\/([^/]+)\/code$/,
  members: {
    ZipFile: "string",
    Publish: "boolean",
    DryRun: "boolean",
    RevisionId: "string",
    Architectures: "object",
  },
  perform,
};

async function perform({ functions, name, body }: ControlCall) {
  const { Publish, DryRun, RevisionId, Architectures, ...code } = body;
  const now = await functions.control.describe(name);
  if (!now.ok) return no(refusalOf(now.error));
  if (RevisionId !== undefined && RevisionId !== now.value.revisionId) return no(outdated);
  const zip = readZip(code);
  if (typeof zip === "string") return no(invalidParameter(zip));
  if (DryRun) return done(200, tellConfiguration(now.value));
  const updated = await functions.control.updateCode(name, zip);
  const result = updated.ok && Publish ? await functions.control.publish(name, {}) : updated;
  return result.ok ? done(200, tellConfiguration(result.value)) : no(refusalOf(result.error));
}

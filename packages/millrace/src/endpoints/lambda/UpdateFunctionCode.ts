/** Lambda UpdateFunctionCode: the next call runs the new code. */

import { invalidParameter, refusalOf } from "./answers.ts";
import { readArchitecture, tellConfiguration } from "./configuration.ts";
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
  const { Publish, DryRun, RevisionId, ZipFile } = body;
  const architecture = readArchitecture(body);
  if ("status" in architecture || "refusal" in architecture) return architecture;
  const zip = readZip({ ZipFile });
  if (typeof zip === "string") return no(invalidParameter(zip));
  const updated = await functions.control.updateCode(name, zip, {
    revisionId: RevisionId as string | undefined,
    publish: Publish === true,
    dryRun: DryRun === true,
    ...architecture,
  });
  return updated.ok ? done(200, tellConfiguration(updated.value)) : no(refusalOf(updated.error));
}

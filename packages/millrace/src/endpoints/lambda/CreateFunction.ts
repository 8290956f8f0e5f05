/** Lambda CreateFunction: code comes as a ZIP in the request. */

import { invalidParameter, refusalOf } from "./answers.ts";
import {
  configurationMembers,
  readArchitecture,
  readConfiguration,
  tellConfiguration,
} from "./configuration.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import { readZip } from "./zip-file.ts";

export const createFunction: Route = {
  operation: "CreateFunction",
  method: "POST",
  path: /^\/2015-03-31\/functions\/?$/,
  members: {
    ...configurationMembers,
    FunctionName: "string",
    Code: "object",
    PackageType: "string",
    Publish: "boolean",
    Architectures: "object",
  },
  perform,
};

async function perform({ functions, body }: ControlCall) {
  const name = String(body.FunctionName ?? "");
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    return no(invalidParameter(`"${name}" is no name of a function`));
  }
  const missing = ["Runtime", "Handler", "Role", "Code"].find((one) => body[one] === undefined);
  if (missing) return no(invalidParameter(`"${missing}" is missing`));
  if ((body.PackageType ?? "Zip") !== "Zip") {
    return no(invalidParameter(`The package type "${body.PackageType}" is not implemented`));
  }
  const read = readConfiguration(body);
  if (!("changes" in read)) return read;
  const architecture = readArchitecture(body);
  if ("status" in architecture || "refusal" in architecture) return architecture;
  const zip = readZip(body.Code);
  if (typeof zip === "string") return no(invalidParameter(zip));
  const { runtime = "", handler = "", ...rest } = read.changes;
  const created = await functions.control.create(
    {
      timeoutSeconds: 3,
      memoryMegabytes: 128,
      environment: {},
      ...rest,
      ...architecture,
      name,
      runtime,
      handler,
    },
    zip,
    { publish: body.Publish === true },
  );
  return created.ok ? done(201, tellConfiguration(created.value)) : no(refusalOf(created.error));
}

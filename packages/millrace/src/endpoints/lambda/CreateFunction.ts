/** Lambda CreateFunction: code comes as a ZIP in the request. */

import { invalidParameter, refusalOf } from "./answers.ts";
import {
  configurationConstraints,
  configurationMembers,
  readArchitecture,
  readConfiguration,
  tellConfiguration,
} from "./configuration.ts";
import { type Constraints, checkConstraints, noFunctionName } from "./constraints.ts";
import { parseFunctionName } from "./function-name.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import { readTags } from "./tags.ts";
import { readZip } from "./zip-file.ts";

const { Role: role, ...optional } = configurationConstraints;
const constraints: Constraints = {
  FunctionName: { required: true },
  Role: { ...role, required: true },
  Code: { required: true },
  PackageType: { oneOf: ["Image", "Zip"] },
  ...optional,
};

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
    Tags: "object",
  },
  perform,
};

async function perform({ functions, body }: ControlCall) {
  const problem = checkConstraints(body, constraints);
  if (problem) return problem;
  const { name, qualifier } = parseFunctionName(String(body.FunctionName)) ?? {};
  if (name === undefined || qualifier) return no(noFunctionName(String(body.FunctionName)));
  if (body.PackageType === "Image") {
    return no(invalidParameter(`The package type "${body.PackageType}" is not implemented`));
  }
  if (body.Runtime === undefined || body.Handler === undefined) {
    const what = "mandatory parameters for functions created with deployment packages.";
    return no(invalidParameter(`Runtime and Handler are ${what}`));
  }
  const read = readConfiguration(body);
  if (!("changes" in read)) return read;
  const architecture = readArchitecture(body);
  if ("status" in architecture || "refusal" in architecture) return architecture;
  const tags = readTags(body.Tags ?? {});
  if ("refusal" in tags) return tags;
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
    { publish: body.Publish === true, ...(body.Tags !== undefined && { tags: tags.tags }) },
  );
  return created.ok ? done(201, tellConfiguration(created.value)) : no(refusalOf(created.error));
}

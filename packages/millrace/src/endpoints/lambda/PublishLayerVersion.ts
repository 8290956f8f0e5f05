/** Lambda PublishLayerVersion: content comes as a ZIP in the request. */

import { zipBytesMax } from "../../functions/mod.ts";
import { invalidParameter, refusalOf } from "./answers.ts";
import { readLayerName, tellWhole } from "./layer.ts";
import { type Body, type ControlCall, done, no, type Route } from "./operation.ts";
import { readZip } from "./zip-file.ts";

export const publishLayerVersion: Route = {
  operation: "PublishLayerVersion",
  method: "POST",
  path: /^\/2018-10-31\/layers()\/([^/]+)\/versions$/,
  members: {
    Content: "object",
    Description: "string",
    CompatibleRuntimes: "object",
    CompatibleArchitectures: "object",
    LicenseInfo: "string",
  },
  perform,
};

async function perform(call: ControlCall) {
  const { functions, label, body } = call;
  const name = readLayerName(label);
  if (typeof name !== "string") return name;
  const zip = readZip((body.Content ?? {}) as Body);
  if (typeof zip === "string") return no(invalidParameter(zip));
  if (zip.length > zipBytesMax) return no(invalidParameter("Unzipped size must be smaller"));
  const runtimes = body.CompatibleRuntimes;
  if (runtimes !== undefined && !isTexts(runtimes)) {
    return no(invalidParameter('"CompatibleRuntimes" must be a list of texts'));
  }
  const published = await functions.layers.publish(name, zip, {
    description: body.Description as string | undefined,
    licenseInfo: body.LicenseInfo as string | undefined,
    compatibleRuntimes: runtimes,
  });
  return published.ok
    ? done(201, tellWhole(published.value, call))
    : no(refusalOf(published.error));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

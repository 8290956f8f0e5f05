/** Lambda ListLayerVersions: all at once, the newest first. */

import { readLayerName, tellVersion } from "./layer.ts";
import { type ControlCall, done, type Route } from "./operation.ts";

export const listLayerVersions: Route = {
  operation: "ListLayerVersions",
  method: "GET",
  path: /^\/2018-10-31\/layers()\/([^/]+)\/versions$/,
  query: ["CompatibleRuntime", "MaxItems"],
  perform,
};

async function perform({ functions, label, query }: ControlCall) {
  const name = readLayerName(label);
  if (typeof name !== "string") return name;
  const runtime = query.get("CompatibleRuntime");
  const versions = functions.layers
    .list(name)
    .filter((one) => runtime === null || one.compatibleRuntimes?.includes(runtime));
  return done(200, { LayerVersions: versions.map(tellVersion) });
}

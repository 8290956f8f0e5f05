/** Lambda ListLayers: all at once, each with its newest version. */

import { tellVersion } from "./layer.ts";
import { type ControlCall, done, type Route } from "./operation.ts";

export const listLayers: Route = {
  operation: "ListLayers",
  method: "GET",
  path: /^\/2018-10-31\/layers\/?$/,
  query: ["CompatibleRuntime", "MaxItems"],
  perform,
};

async function perform({ functions: { layers }, query }: ControlCall) {
  const runtime = query.get("CompatibleRuntime");
  const newest = new Map<string, ReturnType<typeof tellVersion>>();
  for (const version of layers.list()) {
    if (runtime !== null && !version.compatibleRuntimes?.includes(runtime)) continue;
    if (!newest.has(version.name)) newest.set(version.name, tellVersion(version));
  }
  const told = [...newest].map(([name, version]) => ({
    LayerName: name,
    LayerArn: layers.arnOf(name),
    LatestMatchingVersion: version,
  }));
  return done(200, { Layers: told });
}

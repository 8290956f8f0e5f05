/** Lambda ListLayers: each with its newest version. */

import { tellVersion } from "./layer.ts";
import type { ControlCall, Route } from "./operation.ts";
import { answerPage, pageQuery } from "./page.ts";

export const listLayers: Route = {
  operation: "ListLayers",
  method: "GET",
  path: /^\/2018-10-31\/layers\/?$/,
  query: ["CompatibleRuntime", ...pageQuery],
  perform,
};

async function perform({ functions: { layers }, query }: ControlCall) {
  const runtime = query.get("CompatibleRuntime");
  const newest = new Map<string, ReturnType<typeof tellVersion>>();
  for (const version of layers.list()) {
    if (runtime !== null && !version.compatibleRuntimes?.includes(runtime)) continue;
    if (!newest.has(version.name)) newest.set(version.name, tellVersion(version));
  }
  return answerPage(query, {
    member: "Layers",
    items: [...newest],
    keyOf: ([name]) => name,
    tell: ([name, version]) => ({
      LayerName: name,
      LayerArn: layers.arnOf(name),
      LatestMatchingVersion: version,
    }),
  });
}

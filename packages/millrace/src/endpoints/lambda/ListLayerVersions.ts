/** Lambda ListLayerVersions: the newest first. */

import { readLayerName, tellVersion } from "./layer.ts";
import type { ControlCall, Route } from "./operation.ts";
import { answerPage, pageQuery } from "./page.ts";

export const listLayerVersions: Route = {
  operation: "ListLayerVersions",
  method: "GET",
  path: /^\/2018-10-31\/layers()\/([^/]+)\/versions$/,
  query: ["CompatibleRuntime", ...pageQuery],
  perform,
};

async function perform({ functions, label, query }: ControlCall) {
  const name = readLayerName(label);
  if (typeof name !== "string") return name;
  const runtime = query.get("CompatibleRuntime");
  const versions = functions.layers
    .list(name)
    .filter((one) => runtime === null || one.compatibleRuntimes?.includes(runtime));
  return answerPage(query, {
    member: "LayerVersions",
    items: versions,
    keyOf: ({ number }) => String(number),
    tell: tellVersion,
  });
}

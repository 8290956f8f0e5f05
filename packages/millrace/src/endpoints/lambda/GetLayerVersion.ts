/** Lambda GetLayerVersion: where its content lies is not told. */

import { findLayerVersion, tellWhole } from "./layer.ts";
import { type ControlCall, done, type Route } from "./operation.ts";

export const getLayerVersion: Route = {
  operation: "GetLayerVersion",
  method: "GET",
  path: /^\/2018-10-31\/layers()\/([^/]+\/versions\/\d+)$/,
  perform,
};

async function perform(call: ControlCall) {
  const found = findLayerVersion(call);
  return "arn" in found ? done(200, tellWhole(found, call)) : found;
}

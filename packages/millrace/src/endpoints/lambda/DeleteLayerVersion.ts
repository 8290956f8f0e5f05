/** Lambda DeleteLayerVersion: also of one that is not there; functions keep what they have. */

import { refusalOf } from "./answers.ts";
import { readVersionLabel } from "./layer.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";

export const deleteLayerVersion: Route = {
  operation: "DeleteLayerVersion",
  method: "DELETE",
  path: /^\/2018-10-31\/layers()\/([^/]+\/versions\/\d+)$/,
  perform,
};

async function perform({ functions, label }: ControlCall) {
  const read = readVersionLabel(label);
  if (!("name" in read)) return read;
  const error = await functions.layers.delete(read.name, read.number);
  return error ? no(refusalOf(error)) : done(204);
}

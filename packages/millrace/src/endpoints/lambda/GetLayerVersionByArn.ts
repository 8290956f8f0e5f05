/** Lambda GetLayerVersionByArn: the same as GetLayerVersion, by another name. */

import { checkConstraints } from "./constraints.ts";
import { findLayerVersion, tellWhole } from "./layer.ts";
import { labelOfVersionArn } from "./layer-label.ts";
import { type ControlCall, done, type Route } from "./operation.ts";

export const getLayerVersionByArn: Route = {
  operation: "GetLayerVersionByArn",
  method: "GET",
  path: /^\/2018-10-31\/layers\/?$/,
  flag: "find",
  query: ["find", "Arn"],
  perform,
};

const pattern =
  "(arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:" +
  "[a-zA-Z0-9-_]+:[0-9]+)";

async function perform(call: ControlCall) {
  const Arn = call.query.get("Arn");
  const problem = checkConstraints({ Arn }, { Arn: { required: true, pattern } });
  if (problem) return problem;
  const found = findLayerVersion({ ...call, label: labelOfVersionArn(Arn!) });
  return "arn" in found ? done(200, tellWhole(found, call)) : found;
}

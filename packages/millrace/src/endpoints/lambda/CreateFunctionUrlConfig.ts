/** Lambda CreateFunctionUrlConfig. */

import { refusalOf } from "./answers.ts";
import { checkConstraints } from "./constraints.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import {
  readUrlConfig,
  readUrlQualifier,
  tellUrlConfig,
  urlMembers,
  urlPath,
} from "./url-config.ts";

export const createFunctionUrlConfig: Route = {
  operation: "CreateFunctionUrlConfig",
  method: "POST",
  path: urlPath,
  query: ["Qualifier"],
  members: urlMembers,
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name, qualifier, body } = call;
  const wrong = readUrlQualifier(call);
  if (wrong) return wrong;
  const missing = checkConstraints(body, { AuthType: { required: true } });
  if (missing) return missing;
  const read = readUrlConfig(body);
  if (!("changes" in read)) return read;
  const settings = { signed: false, streamed: false, ...read.changes };
  const created = await functions.urls.create(name, qualifier, settings);
  return created.ok ? done(201, tellUrlConfig(created.value, call)) : no(refusalOf(created.error));
}

/** Lambda UpdateFunctionUrlConfig: what is named changes, the rest stays. */

import { refusalOf } from "./answers.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";
import {
  readUrlConfig,
  readUrlQualifier,
  tellUrlConfig,
  urlMembers,
  urlPath,
} from "./url-config.ts";

export const updateFunctionUrlConfig: Route = {
  operation: "UpdateFunctionUrlConfig",
  method: "PUT",
  path: urlPath,
  query: ["Qualifier"],
  members: urlMembers,
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name, qualifier, body } = call;
  const wrong = readUrlQualifier(call);
  if (wrong) return wrong;
  const read = readUrlConfig(body);
  if (!("changes" in read)) return read;
  const updated = await functions.urls.update(name, qualifier, read.changes);
  return updated.ok ? done(200, tellUrlConfig(updated.value, call)) : no(refusalOf(updated.error));
}

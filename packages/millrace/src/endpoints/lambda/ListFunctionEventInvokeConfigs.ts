/** Lambda ListFunctionEventInvokeConfigs: by qualifier. */

import { notFound } from "./answers.ts";
import { tellEventInvokeConfig } from "./event-invoke-config.ts";
import { type ControlCall, no, type Route } from "./operation.ts";
import { answerPage, pageQuery } from "./page.ts";

export const listFunctionEventInvokeConfigs: Route = {
  operation: "ListFunctionEventInvokeConfigs",
  method: "GET",
  path: /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config\/list$/,
  query: pageQuery,
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name } = call;
  const entry = functions.settings.entryOf(name);
  if (!entry) return no(notFound(`Function not found: ${functions.control.arnOf(name)}`));
  return answerPage(call.query, {
    member: "FunctionEventInvokeConfigs",
    items: functions.settings.asyncQualifiers(name),
    keyOf: (qualifier) => qualifier,
    tell: (qualifier) => tellEventInvokeConfig(call, qualifier),
  });
}

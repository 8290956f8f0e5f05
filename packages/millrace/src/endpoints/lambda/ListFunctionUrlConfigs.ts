/** Lambda ListFunctionUrlConfigs: all of a function. */

import { notFound } from "./answers.ts";
import { type ControlCall, no, type Route } from "./operation.ts";
import { answerPage, pageQuery } from "./page.ts";
import { tellUrlConfig } from "./url-config.ts";

export const listFunctionUrlConfigs: Route = {
  operation: "ListFunctionUrlConfigs",
  method: "GET",
  path: /^\/2021-10-31\/functions\/([^/]+)\/urls$/,
  query: pageQuery,
  perform,
};

async function perform(call: ControlCall) {
  const { functions, name } = call;
  if (!functions.settings.entryOf(name)) {
    return no(notFound(`Function not found: ${functions.control.arnOf(name)}`));
  }
  const own = functions.urls.list().filter(({ functionName }) => functionName === name);
  return answerPage(call.query, {
    member: "FunctionUrlConfigs",
    items: own,
    keyOf: ({ qualifier = "$LATEST" }) => qualifier,
    tell: (url) => tellUrlConfig(url, call),
  });
}

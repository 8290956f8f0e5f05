/** Lambda ListVersionsByFunction: the latest state, then the numbers. */

import { refusalOf } from "./answers.ts";
import { tellConfiguration } from "./configuration.ts";

import { type ControlCall, no, type Route } from "./operation.ts";
import { answerPage, pageQuery } from "./page.ts";

export const listVersionsByFunction: Route = {
  operation: "ListVersionsByFunction",
  method: "GET",
  path: /^\/2015-03-31\/functions\/([^/]+)\/versions$/,
  query: pageQuery,
  perform,
};

async function perform({ functions, name, query }: ControlCall) {
  const found = await functions.control.versionsOf(name);
  if (!found.ok) return no(refusalOf(found.error));
  return answerPage(query, {
    member: "Versions",
    items: found.value,
    keyOf: ({ version }) => version,
    tell: (one) => tellConfiguration(one, one.version),
  });
}

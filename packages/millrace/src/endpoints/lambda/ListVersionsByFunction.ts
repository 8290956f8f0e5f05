/** Lambda ListVersionsByFunction: the latest state, then the numbers, all at once. */

import { refusalOf } from "./answers.ts";
import { tellConfiguration } from "./configuration.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const listVersionsByFunction: Route = {
  operation: "ListVersionsByFunction",
  method: "GET",
  path: /^\/2015-03-31\/functions\/([^/]+)\/versions$/,
  query: ["MaxItems"],
  perform,
};

async function perform({ functions, name }: ControlCall) {
  const found = await functions.control.versionsOf(name);
  return found.ok
    ? done(200, { Versions: found.value.map(tellConfiguration) })
    : no(refusalOf(found.error));
}

/** Lambda ListFunctions: all at once, by name. */

import { tellConfiguration } from "./configuration.ts";
import { type ControlCall, done, type Route } from "./operation.ts";

export const listFunctions: Route = {
  operation: "ListFunctions",
  method: "GET",
  path: /^\/2015-03-31\/functions\/?$/,
  query: ["FunctionVersion", "MaxItems"],
  perform,
};

/** `MaxItems` is the most that a page may hold; there is one page for all. */
async function perform({ functions, query }: ControlCall) {
  const { control } = functions;
  const latest = await control.list();
  if (query.get("FunctionVersion") !== "ALL") {
    return done(200, { Functions: latest.map(tellConfiguration) });
  }
  const versions = await Promise.all(latest.map(({ name }) => control.versionsOf(name)));
  const all = versions.flatMap((found) => (found.ok ? found.value : []));
  return done(200, { Functions: all.map(tellConfiguration) });
}

/** Lambda ListFunctions: by name; with their versions where that is asked for. */

import { tellConfiguration } from "./configuration.ts";
import { type ControlCall, outOfRange, type Route } from "./operation.ts";
import { answerPage, pageQuery } from "./page.ts";

export const listFunctions: Route = {
  operation: "ListFunctions",
  method: "GET",
  path: /^\/2015-03-31\/functions\/?$/,
  query: ["FunctionVersion", ...pageQuery],
  perform,
};

async function perform({ functions: { control }, query }: ControlCall) {
  const which = query.get("FunctionVersion");
  if (which !== null && which !== "ALL") return outOfRange("FunctionVersion", which, "value ALL");
  const latest = await control.list();
  const versions = which
    ? await Promise.all(latest.map(({ name }) => control.versionsOf(name)))
    : latest.map((one) => ({ ok: true, value: [one] }) as const);
  return answerPage(query, {
    member: "Functions",
    items: versions.flatMap((found) => (found.ok ? found.value : [])),
    keyOf: ({ name, version }) => `${name}:${version}`,
    tell: tellConfiguration,
  });
}

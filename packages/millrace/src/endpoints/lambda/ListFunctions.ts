/** Lambda ListFunctions: by name; with their versions where that is asked for. */

import type { FunctionDescription } from "../../functions/mod.ts";
import { tellConfiguration } from "./configuration.ts";
import { checkConstraints } from "./constraints.ts";
import type { ControlCall, Route } from "./operation.ts";
import { answerPage, pageQuery } from "./page.ts";

export const listFunctions: Route = {
  operation: "ListFunctions",
  method: "GET",
  path: /^\/2015-03-31\/functions\/?$/,
  query: ["FunctionVersion", ...pageQuery],
  perform,
};

/** Whether a function is ready is told by others. */
function tellListed(description: FunctionDescription, qualifier: string | undefined) {
  const { State, LastUpdateStatus, RuntimeVersionConfig, ...listed } = tellConfiguration(
    description,
    qualifier,
  );
  return listed;
}

async function perform({ functions: { control }, query }: ControlCall) {
  const which = query.get("FunctionVersion");
  const problem = checkConstraints(
    { FunctionVersion: which },
    { FunctionVersion: { oneOf: ["ALL"] } },
  );
  if (problem) return problem;
  const latest = await control.list();
  const versions = which
    ? await Promise.all(latest.map(({ name }) => control.versionsOf(name)))
    : latest.map((one) => ({ ok: true, value: [one] }) as const);
  return answerPage(query, {
    member: "Functions",
    items: versions.flatMap((found) => (found.ok ? found.value : [])),
    keyOf: ({ name, version }) => `${name}:${version}`,
    tell: (one) => tellListed(one, which === null ? undefined : one.version),
  });
}

/** Lambda ListAliases: by name. */

import { tellAlias } from "./alias.ts";
import { notFound } from "./answers.ts";

import { type ControlCall, no, type Route } from "./operation.ts";
import { answerPage, pageQuery } from "./page.ts";

export const listAliases: Route = {
  operation: "ListAliases",
  method: "GET",
  path: /^\/2015-03-31\/functions\/([^/]+)\/aliases$/,
  query: ["FunctionVersion", ...pageQuery],
  perform,
};

async function perform({ functions, name, query }: ControlCall) {
  const { settings, control } = functions;
  const entry = settings.entryOf(name);
  const arn = control.arnOf(name);
  if (!entry) return no(notFound(`Function not found: ${arn}`));
  const version = query.get("FunctionVersion");
  return answerPage(query, {
    member: "Aliases",
    items: Object.values(entry.aliases)
      .filter((alias) => version === null || alias.version === version)
      .sort((left, right) => (left.name < right.name ? -1 : 1)),
    keyOf: (alias) => alias.name,
    tell: (alias) => tellAlias(alias, arn),
  });
}

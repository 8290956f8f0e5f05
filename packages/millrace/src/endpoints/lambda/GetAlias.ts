/** Lambda GetAlias. */

import { memberOf } from "../../base/mod.ts";
import { tellAlias } from "./alias.ts";
import { notFound } from "./answers.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const getAlias: Route = {
  operation: "GetAlias",
  method: "GET",
  path: /^\/2015-03-31\/functions\/([^/]+)\/aliases\/([^/]+)$/,
  perform,
};

async function perform({ functions, name, label }: ControlCall) {
  const { settings, control } = functions;
  const alias = memberOf(settings.entryOf(name)?.aliases ?? {}, label);
  return alias
    ? done(200, tellAlias(alias, control.arnOf(name)))
    : no(notFound(`Cannot find alias arn: ${control.arnOf(name)}:${label}`));
}

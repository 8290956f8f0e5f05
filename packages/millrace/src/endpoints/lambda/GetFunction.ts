/** Lambda GetFunction: the configuration; where the code lies is not told. */

import { refusalOf } from "./answers.ts";
import { tellConfiguration } from "./configuration.ts";

import { type ControlCall, done, no, type Route } from "./operation.ts";

export const getFunction: Route = {
  operation: "GetFunction",
  method: "GET",
  path: /^\/2015-03-31\/functions\/([^/]+)$/,
  query: ["Qualifier"],
  perform,
};

async function perform({ functions, name, qualifier }: ControlCall) {
  const found = await functions.control.describe(name, qualifier);
  if (!found.ok) return no(refusalOf(found.error));
  const { tags = {} } = functions.settings.entryOf(name) ?? {};
  const reserved = functions.settings.reservedConcurrency(name);
  return done(200, {
    Configuration: tellConfiguration(found.value, qualifier),
    Code: { RepositoryType: "S3" },
    ...(Object.keys(tags).length > 0 && { Tags: tags }),
    ...(reserved !== undefined && { Concurrency: { ReservedConcurrentExecutions: reserved } }),
  });
}

/** Lambda PublishVersion: code and configuration as they are, under a number. */

import { refusalOf } from "./answers.ts";
import { tellConfiguration } from "./configuration.ts";
import { checkConstraints, descriptionConstraint } from "./constraints.ts";
import { type ControlCall, done, no, type Route } from "./operation.ts";

export const publishVersion: Route = {
  operation: "PublishVersion",
  method: "POST",
  path: /^\/2015-03-31\/functions\/([^/]+)\/versions$/,
  members: { Description: "string", CodeSha256: "string", RevisionId: "string" },
  perform,
};

async function perform({ functions, name, body }: ControlCall) {
  const problem = checkConstraints(body, { Description: descriptionConstraint });
  if (problem) return problem;
  const published = await functions.control.publish(name, {
    description: body.Description as string | undefined,
    codeSha256: body.CodeSha256 as string | undefined,
    revisionId: body.RevisionId as string | undefined,
  });
  return published.ok
    ? done(201, tellConfiguration(published.value))
    : no(refusalOf(published.error));
}

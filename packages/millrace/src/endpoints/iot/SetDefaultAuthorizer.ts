/** iot SetDefaultAuthorizer: `POST /default-authorizer`; another one must be cleared first. */

import { invalid, type Outcome } from "./answers.ts";
import { authorizerNamed, outcomeOfAuthorizer } from "./authorizers.ts";
import { type IotCall, readObjectBody } from "./operation.ts";

export async function setDefaultAuthorizer(call: IotCall): Promise<Outcome> {
  const body = await readObjectBody(call);
  if ("type" in body) return body;
  const { authorizerName } = body.value;
  if (typeof authorizerName !== "string") return invalid('"authorizerName" is no text');
  const result = await call.ports.authorizers.setDefault(authorizerName);
  return outcomeOfAuthorizer(result, (authorizer) => authorizerNamed(call, authorizer));
}

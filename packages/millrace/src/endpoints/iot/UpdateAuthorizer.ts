/** iot UpdateAuthorizer: `PUT /authorizer/{name}`; whether tokens are signed stays as it is. */

import type { Outcome } from "./answers.ts";
import {
  authorizerNamed,
  outcomeOfAuthorizer,
  readAuthorizer,
  readAuthorizerName,
} from "./authorizers.ts";
import { type IotCall, readObjectBody } from "./operation.ts";

export async function updateAuthorizer(call: IotCall): Promise<Outcome> {
  const name = readAuthorizerName(call);
  if (typeof name !== "string") return name;
  const body = await readObjectBody(call);
  if ("type" in body) return body;
  const change = readAuthorizer(call, body.value, { operation: "UpdateAuthorizer" });
  if ("type" in change) return change;
  const result = await call.ports.authorizers.update(name, change);
  return outcomeOfAuthorizer(result, (authorizer) => authorizerNamed(call, authorizer));
}

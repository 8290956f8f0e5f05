/** iot CreateAuthorizer: `POST /authorizer/{name}`; active unless it says otherwise. */

import { invalid, type Outcome } from "./answers.ts";
import {
  authorizerNamed,
  outcomeOfAuthorizer,
  readAuthorizer,
  readAuthorizerName,
} from "./authorizers.ts";
import { type IotCall, readObjectBody } from "./operation.ts";

export async function createAuthorizer(call: IotCall): Promise<Outcome> {
  const name = readAuthorizerName(call);
  if (typeof name !== "string") return name;
  const body = await readObjectBody(call);
  if ("type" in body) return body;
  const read = readAuthorizer(call, body.value, {
    operation: "CreateAuthorizer",
    more: ["signingDisabled"],
  });
  if ("type" in read) return read;
  const { functionArn, ...rest } = read;
  if (functionArn === undefined) return invalid('"authorizerFunctionArn" is missing');
  const result = await call.ports.authorizers.create({
    status: "ACTIVE",
    enableCachingForHttp: false,
    ...rest,
    name,
    functionArn,
    signingDisabled: body.value.signingDisabled === true,
  });
  return outcomeOfAuthorizer(result, (authorizer) => authorizerNamed(call, authorizer));
}

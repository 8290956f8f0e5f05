/** iot DescribeAuthorizer: `GET /authorizer/{name}`. */

import { failure, type Outcome } from "./answers.ts";
import { authorizerDescription, readAuthorizerName } from "./authorizers.ts";
import type { IotCall } from "./operation.ts";

export function describeAuthorizer(call: IotCall): Outcome {
  const name = readAuthorizerName(call);
  if (typeof name !== "string") return name;
  const authorizer = call.ports.authorizers.get(name);
  if (!authorizer) {
    return failure("ResourceNotFoundException", `there is no authorizer "${name}"`);
  }
  return { body: { authorizerDescription: authorizerDescription(call, authorizer) } };
}

/** iot DescribeDefaultAuthorizer: `GET /default-authorizer`. */

import { failure, type Outcome } from "./answers.ts";
import { authorizerDescription } from "./authorizers.ts";
import type { IotCall } from "./operation.ts";

export function describeDefaultAuthorizer(call: IotCall): Outcome {
  const authorizer = call.ports.authorizers.default;
  if (!authorizer) return failure("ResourceNotFoundException", "there is no default authorizer");
  return { body: { authorizerDescription: authorizerDescription(call, authorizer) } };
}

/** iot ClearDefaultAuthorizer: `DELETE /default-authorizer`. */

import type { Outcome } from "./answers.ts";
import { outcomeOfAuthorizer } from "./authorizers.ts";
import type { IotCall } from "./operation.ts";

export async function clearDefaultAuthorizer(call: IotCall): Promise<Outcome> {
  const result = await call.ports.authorizers.setDefault(undefined);
  return outcomeOfAuthorizer(result, () => ({}));
}

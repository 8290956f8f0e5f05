/** iot DeleteAuthorizer: `DELETE /authorizer/{name}`, of one that is not in use. */

import type { Outcome } from "./answers.ts";
import { outcomeOfAuthorizer, readAuthorizerName } from "./authorizers.ts";
import type { IotCall } from "./operation.ts";

export async function deleteAuthorizer(call: IotCall): Promise<Outcome> {
  const name = readAuthorizerName(call);
  if (typeof name !== "string") return name;
  return outcomeOfAuthorizer(await call.ports.authorizers.delete(name), () => ({}));
}

/** iotdata DeleteConnection: `DELETE /connections/{clientId}`. */

import { Query } from "../query.ts";
import { failure, type Outcome } from "./answers.ts";
import { readClientId } from "./labels.ts";
import type { IotDataCall } from "./operation.ts";

export function deleteConnection(call: IotDataCall): Outcome {
  const query = new Query(call, "DeleteConnection", ["cleanSession", "preventWillMessage"]);
  const cleanSession = query.flag("cleanSession");
  const preventWill = query.flag("preventWillMessage");
  if (query.problem) return failure("InvalidRequestException", query.problem);
  const clientId = readClientId(call);
  if (typeof clientId !== "string") return clientId;
  const ended = call.ports.broker.disconnect(clientId, { cleanSession, preventWill });
  if (ended) return { body: undefined };
  return failure("ResourceNotFoundException", `Client "${clientId}" is not connected`);
}

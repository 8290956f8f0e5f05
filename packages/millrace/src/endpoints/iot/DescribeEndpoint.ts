/**
 * iot DescribeEndpoint: `GET /endpoint`.
 *
 * The address is the one by which the caller has just reached this door: it resolves for that
 * caller, and the door serves what a data endpoint does, HTTP publishes and MQTT over WebSocket on
 * `/mqtt`. It carries a port, and no TLS; docs/decisions/0009 says why.
 */

import { Query } from "../query.ts";
import { invalid, type Outcome } from "./answers.ts";
import type { IotCall } from "./operation.ts";

const endpointTypes = ["iot:Data", "iot:Data-ATS", "iot:CredentialProvider", "iot:Jobs"];

export function describeEndpoint(call: IotCall): Outcome {
  const query = new Query(call, "DescribeEndpoint", ["endpointType"]);
  if (query.problem) return invalid(query.problem);
  const endpointType = query.text("endpointType") ?? "iot:Data";
  if (!endpointTypes.includes(endpointType)) {
    return invalid(`The endpoint type "${endpointType}" is none of ${endpointTypes.join(", ")}`);
  }
  return { body: { endpointAddress: new URL(call.request.url).host } };
}

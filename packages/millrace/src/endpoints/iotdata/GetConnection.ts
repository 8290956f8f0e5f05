/**
 * iotdata GetConnection: `GET /connections/{clientId}`.
 *
 * When and why a client has left is told for half an hour. After that a client that has no session
 * any more is not known. The thing's name is told while the client is connected. There are no VPC
 * endpoints here, so their member is left out.
 */

import type { ClientState, ConnectionState } from "../../broker/mod.ts";
import { Query } from "../query.ts";
import { failure, type Outcome } from "./answers.ts";
import { readClientId } from "./labels.ts";
import type { IotDataCall } from "./operation.ts";

const departureToldMs = 30 * 60_000;

export function getConnection(call: IotDataCall): Outcome {
  const query = new Query(call, "GetConnection", ["includeSocketInformation"]);
  const withSocket = query.flag("includeSocketInformation");
  if (query.problem) return failure("InvalidRequestException", query.problem);
  const clientId = readClientId(call);
  if (typeof clientId !== "string") return clientId;
  const { broker, clock } = call.ports;
  const state = broker.clientState(clientId);
  const left = state && departureOf(state, clock.now());
  if (!state || !(state.durable || state.connection || left)) {
    return failure("ResourceNotFoundException", `Client "${clientId}" is not known`);
  }
  const { connection, durable, sessionExpirySeconds } = state;
  return {
    body: {
      connected: connection !== undefined,
      clientId,
      cleanSession: !durable,
      sessionExpiry: sessionExpirySeconds,
      ...(connection && {
        thingName: connection.thingName,
        keepAliveDuration: connection.keepAliveSeconds,
        connectedSince: connection.sinceMs,
        ...(withSocket && socketMembers(connection)),
      }),
      ...(left && { disconnectedSince: left.atMs, disconnectReason: left.reason }),
    },
  };
}

function departureOf({ left }: ClientState, nowMs: number) {
  return left && nowMs - left.atMs < departureToldMs ? left : undefined;
}

function socketMembers({ link }: ConnectionState) {
  const { remotePort, localAddress, localPort } = link.addresses ?? {};
  return {
    sourceIp: link.remoteAddress,
    sourcePort: remotePort,
    targetIp: localAddress,
    targetPort: localPort,
  };
}

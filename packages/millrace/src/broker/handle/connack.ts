/** CONNACK of an accepted CONNECT: what the client is granted where it differs from its wish. */

import {
  type Connect,
  fieldBytesMax,
  mqtt5Level,
  type Properties,
  reasonCodes,
} from "@millrace/mqtt";
import type { Connection } from "../connection/connection.ts";

export interface Grant {
  readonly packet: Connect;
  readonly clientId: string;
  readonly present: boolean;
  readonly keepAliveSeconds: number;
}

/** False when the client does not take a packet as large. */
export function sendConnack(connection: Connection, grant: Grant): boolean {
  const { present, packet } = grant;
  const ofMqtt5 = packet.protocolLevel === mqtt5Level;
  return connection.send({
    type: "connack",
    // [MQTT-3.2.2-1] [MQTT-3.2.2-3] [MQTT5-3.2.2-3]
    sessionPresent: present, // [MQTT-3.2.2-2] [MQTT5-3.2.2-2]
    returnCode: reasonCodes.success,
    properties: ofMqtt5 ? propertiesOf(connection, grant) : undefined,
  });
}

/** Absent is what the standard takes for granted, so only departures from it are told. */
// [MQTT5-3.1.2-28] [MQTT5-4.12.0-6]
function propertiesOf({ broker, session }: Connection, grant: Grant): Properties {
  const { packet, clientId, keepAliveSeconds } = grant;
  const { limits } = broker;
  const asked = packet.properties?.sessionExpiryInterval ?? 0;
  return {
    sessionExpiryInterval: session.expirySeconds === asked ? undefined : session.expirySeconds,
    receiveMaximum: limits.receiveMaximum < fieldBytesMax ? limits.receiveMaximum : undefined,
    maximumQos: limits.qosMax < 2 ? (limits.qosMax as 0 | 1) : undefined, // [MQTT5-3.2.2-9]
    maximumPacketSize: limits.packetBytesMax,
    assignedClientIdentifier: packet.clientId === "" ? clientId : undefined, // [MQTT5-3.2.2-16]
    topicAliasMaximum: limits.topicAliasMaximum || undefined, // [MQTT5-3.2.2-17]
    subscriptionIdentifierAvailable: limits.subscriptionIdentifiers ? undefined : false,
    serverKeepAlive: keepAliveSeconds === packet.keepAliveSeconds ? undefined : keepAliveSeconds,
  };
}

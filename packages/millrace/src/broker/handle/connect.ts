/** CONNECT: the handshake from top to bottom [MQTT 3.1.1, 3.1]. */

import {
  type Connect,
  connackReturnCodes,
  mqtt5Level,
  mqtt31Level,
  mqtt311Level,
  reasonCodes,
  topicNameProblem,
} from "@millrace/mqtt";
import { newUuid, utf8 } from "../../base/mod.ts";
import type { Broker } from "../broker.ts";
import type { Connection } from "../connection.ts";
import { resendInflight, sendQueued } from "../deliver.ts";
import type { Message, Origin } from "../message.ts";
import type { Session } from "../session.ts";

export function handleConnect(connection: Connection, packet: Connect): void {
  const { broker, link } = connection;
  const { protocolLevel } = packet;
  if (protocolLevel !== mqtt311Level && protocolLevel !== mqtt31Level) {
    refuse(connection, "unacceptableProtocolVersion"); // [MQTT-3.1.2-2]
    return;
  }
  const clientId = clientIdOf(broker, packet);
  if (clientId === undefined) {
    refuse(connection, "identifierRejected"); // [MQTT-3.1.3-8] [MQTT-3.1.3-9]
    return;
  }
  const willProblem = problemOfWill(packet);
  if (willProblem) {
    connection.fail(willProblem);
    return;
  }
  const identity = { clientId, username: packet.username, transport: link.transport };
  const admission = broker.admit(identity);
  if (!admission.allowed) {
    refuse(connection, "notAuthorized"); // 3.1.4
    broker.observer.connectFailed({ ...factsOf(connection, clientId), principal: "anonymous" });
    return;
  }

  if (!broker.sessions.has(clientId) && broker.sessions.size >= broker.limits.sessionsMax) {
    refuse(connection, "serverUnavailable");
    return;
  }
  broker.sessions.get(clientId)?.connection?.close("DUPLICATE_CLIENTID"); // [MQTT-3.1.4-2]
  const { session, present } = takeSession(broker, clientId, packet.cleanSession);
  const { principal } = admission;
  const origin: Origin = { clientId, sourceIp: link.remoteAddress, principal, ruleDepth: 0 };
  const facts = {
    ...factsOf(connection, clientId),
    principal,
    versionNumber: broker.versions.next(clientId),
  };
  const keepAliveMs = packet.keepAliveSeconds * 1000;
  connection.establish({ session, facts, origin, keepAliveMs, will: willOf(packet, origin) });
  if (session.durable) broker.saveSession(session).catch(broker.reportStorageError);

  connection.send({
    type: "connack",
    sessionPresent: present, // [MQTT-3.2.2-2]
    returnCode: connackReturnCodes.accepted,
  });
  resendInflight(broker, session);
  sendQueued(broker, session);
  broker.observer.connected(facts);
}

/** How each refusal ends the connection. */
const reasonOf = {
  unacceptableProtocolVersion: "CLIENT_ERROR",
  identifierRejected: "CLIENT_ERROR",
  serverUnavailable: "THROTTLED",
  badUsernameOrPassword: "AUTH_ERROR",
  notAuthorized: "AUTH_ERROR",
} as const;

function refuse(connection: Connection, why: keyof typeof reasonOf): void {
  const ofMqtt5 = connection.protocolLevel === mqtt5Level;
  const returnCode = ofMqtt5 ? reasonCodes.unsupportedProtocolVersion : connackReturnCodes[why];
  connection.send({ type: "connack", sessionPresent: false, returnCode }); // [MQTT-3.2.2-4]
  connection.close(reasonOf[why]); // [MQTT-3.2.2-5]
}

/** The client id, one made here for a client without, or `undefined` when it must be refused. */
function clientIdOf(broker: Broker, packet: Connect): string | undefined {
  const { clientId, cleanSession, protocolLevel } = packet;
  if (clientId === "") {
    const mayBeMade = cleanSession && protocolLevel !== mqtt31Level; // MQTT 3.1 wants one, 3.1
    return mayBeMade ? `$GEN/${newUuid(broker.random)}` : undefined; // [MQTT-3.1.3-6]
  }
  if (clientId.startsWith("$")) return undefined; // made by the server alone
  const fits = utf8(clientId).length <= broker.limits.clientIdBytesMax;
  return fits ? clientId : undefined;
}

function problemOfWill({ will }: Connect): string | undefined {
  if (!will) return undefined;
  if (will.topic.startsWith("$")) return `will topic "${will.topic}" is reserved`;
  return topicNameProblem(will.topic);
}

function willOf({ will }: Connect, origin: Origin): Message | undefined {
  if (!will) return undefined;
  const { topic, qos, retain } = will;
  return { topic, payload: new Uint8Array(will.payload), qos, retain, origin };
}

function factsOf(connection: Connection, clientId: string) {
  const { sessionIdentifier, link } = connection;
  return { clientId, sessionIdentifier, ipAddress: link.remoteAddress };
}

/** The session to go on with: the kept one when both sides want that, else a new one. */
function takeSession(
  broker: Broker,
  clientId: string,
  cleanSession: boolean,
): { session: Session; present: boolean } {
  const known = broker.sessions.get(clientId);
  if (known && !cleanSession) return { session: known, present: true }; // [MQTT-3.1.2-4]
  if (known) broker.dropSession(known); // [MQTT-3.1.2-6]
  const session = broker.newSession(clientId, !cleanSession);
  broker.sessions.set(clientId, session);
  return { session, present: false };
}

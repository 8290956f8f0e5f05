/** CONNECT: the handshake from top to bottom [MQTT 5, 3.1.1, 3.1]. */

import {
  type Connect,
  mqtt5Level,
  mqtt31Level,
  type Properties,
  type ProtocolLevel,
  reasonCodes,
  topicNameProblem,
} from "@millrace/mqtt";
import { newUuid, utf8 } from "../../base/mod.ts";
import type { Broker } from "../broker.ts";
import type { Connection, OpenState, Wishes } from "../connection/connection.ts";
import { type ConnectRefusal, connectRefusals } from "../connection/reasons.ts";
import { OutboundAliases } from "../connection/topic-aliases.ts";
import { sendOwed } from "../delivery/retained-feed.ts";
import type { Access, Origin } from "../message.ts";
import { takeSession } from "../session/take.ts";
import type { Will } from "../session/will.ts";
import { sendConnack } from "./connack.ts";

export function handleConnect(connection: Connection, packet: Connect): void {
  const { broker, link } = connection;
  connection.wishes = packet.properties && wishesOf(broker, packet.properties);
  const refused = problemOfForm(broker, packet);
  if (refused) {
    refuse(connection, refused);
    return;
  }
  const clientId = packet.clientId === "" ? `$GEN/${newUuid(broker.random)}` : packet.clientId;
  if (!checkWill(connection, packet)) return;
  const { username, password } = packet;
  const admission = broker.admit({ clientId, username, password, transport: link.transport });
  const allowed = admission.allowed && mayLeaveWill(admission.access, packet);
  if (!allowed) {
    refuse(connection, connectRefusals.notAuthorized); // 3.1.4
    const principal = admission.allowed ? admission.principal : "anonymous";
    broker.observer.connectFailed({ ...factsOf(connection, clientId), principal });
    return;
  }
  if (!broker.sessions.has(clientId) && broker.sessions.size >= broker.limits.sessionsMax) {
    refuse(connection, connectRefusals.sessions);
    return;
  }
  broker.sessions.get(clientId)?.connection?.close("DUPLICATE_CLIENTID"); // [MQTT-3.1.4-2]
  const taken = takeSession(broker, clientId, wishOf(broker, packet));
  const { principal, access } = admission;
  const ruleDepth = 0;
  const origin: Origin = { clientId, sourceIp: link.remoteAddress, principal, ruleDepth, access };
  const keepAliveSeconds = keepAliveOf(broker, packet);
  const { properties } = packet;
  const open: OpenState = {
    session: taken.session,
    origin,
    connectedAtMs: broker.clock.now(),
    keepAliveSeconds: packet.keepAliveSeconds,
    keepAliveMs: keepAliveSeconds * 1000,
    will: willOf(broker, packet, origin),
  };
  taken.session.versionNumber += 1;
  connection.establish(open);
  const receiveMaximum = properties?.receiveMaximum ?? Number.POSITIVE_INFINITY;
  const line =
    receiveMaximum < broker.limits.inflightMax ? taken.session.line : taken.session.lineIfAny;
  line?.beginConnection(receiveMaximum);
  connection.outbox.hold();
  const grant = { packet, clientId, present: taken.present, keepAliveSeconds };
  if (!sendConnack(connection, grant)) {
    connection.close("CLIENT_ERROR"); // nothing can be said to a client that takes so little
    return;
  }
  connection.whenStored(taken.changes(), () => {
    connection.outbox.release();
    sendOwed(broker, taken.session);
  });
  broker.counters.connectionsAccepted += 1;
  broker.observer.connected(connection.facts);
}

function refuse(connection: Connection, refusal: ConnectRefusal): void {
  connection.broker.counters.connectsRefused[refusal.counted] += 1;
  const ofMqtt5 = connection.protocolLevel === mqtt5Level;
  const returnCode = ofMqtt5 ? refusal.mqtt5 : refusal.mqtt3;
  connection.send({ type: "connack", sessionPresent: false, returnCode }); // [MQTT-3.2.2-4]
  connection.close(refusal.reason); // [MQTT-3.2.2-5] [MQTT5-3.2.2-7]
}

/** What is refused whoever the client is. */
function problemOfForm(broker: Broker, packet: Connect): ConnectRefusal | undefined {
  const { protocolLevel, properties, clientId } = packet;
  const { limits } = broker;
  const known = protocolLevel >= limits.protocolLevelMin && protocolLevel <= mqtt5Level;
  if (!known) return connectRefusals.protocolVersion; // [MQTT-3.1.2-2]
  if (!broker.connectRate.take(broker.clock.monotonic())) return connectRefusals.rate;
  if (properties?.authenticationMethod !== undefined) return connectRefusals.authenticationMethod;
  if (clientId === "") {
    // MQTT 3.1 wants one; 3.1.1 makes one for a clean session alone, MQTT 5 always.
    const made =
      protocolLevel === mqtt5Level || (packet.cleanSession && protocolLevel !== mqtt31Level);
    return made ? undefined : connectRefusals.clientId; // [MQTT-3.1.3-8]
  }
  const reserved = limits.clientIdsReserved && clientId.startsWith("$");
  const fits = utf8(clientId).length <= limits.clientIdBytesMax;
  return reserved || !fits ? connectRefusals.clientId : undefined; // [MQTT-3.1.3-9]
}

/** False when the connection has been closed over its will. */
function checkWill(connection: Connection, { will }: Connect): boolean {
  if (!will) return true;
  const { limits } = connection.broker;
  const fail = (message: string, mqtt5: number) => {
    const returnCode = connection.protocolLevel === mqtt5Level ? mqtt5 : undefined;
    if (returnCode !== undefined) {
      const properties = { reasonString: message };
      connection.send({ type: "connack", sessionPresent: false, returnCode, properties });
    }
    connection.broker.counters.connectsRefused.protocol += 1;
    connection.fail(message);
    return false;
  };
  const { topic, qos, payload } = will;
  if (topic.startsWith("$")) {
    return fail(`will topic "${topic}" is reserved`, reasonCodes.topicNameInvalid);
  }
  const problem = topicNameProblem(topic);
  if (problem) return fail(`will topic "${topic}": ${problem}`, reasonCodes.topicNameInvalid);
  const tooLong =
    topic.split("/").length > limits.topicLevelsMax || utf8(topic).length > limits.topicBytesMax;
  if (tooLong) return fail("the will's topic is too long", reasonCodes.topicNameInvalid);
  if (qos > limits.qosMax) return fail(`will of QoS ${qos}`, reasonCodes.qosNotSupported);
  if (payload.length > limits.payloadBytesMax) {
    return fail("the will's payload is too large", reasonCodes.quotaExceeded);
  }
  return true;
}

/** A will is published as its client would: what the client may not, it may not announce. */
function mayLeaveWill(access: Access | undefined, { will }: Connect): boolean {
  return !will || !access || access.mayPublish(will.topic, will.retain);
}

function willOf(broker: Broker, { will }: Connect, origin: Origin): Will | undefined {
  if (!will) return undefined;
  const { topic, qos, retain } = will;
  const { willDelayInterval = 0, messageExpiryInterval, ...properties } = will.properties ?? {};
  const { messageExpirySecondsMax, willDelays } = broker.limits;
  const payload = new Uint8Array(will.payload);
  return {
    message: { topic, payload, qos, retain, origin, ...(will.properties && { properties }) },
    delaySeconds: willDelays ? willDelayInterval : 0,
    expirySeconds:
      messageExpiryInterval === undefined
        ? undefined
        : Math.min(messageExpiryInterval, messageExpirySecondsMax),
  };
}

function wishesOf({ limits }: Broker, properties: Properties): Wishes {
  const { maximumPacketSize, requestProblemInformation, topicAliasMaximum = 0 } = properties;
  const aliasesMax = Math.min(topicAliasMaximum, limits.topicAliasMaximum);
  return {
    packetBytesMax: maximumPacketSize ?? Number.POSITIVE_INFINITY,
    problemInformation: requestProblemInformation ?? true,
    outboundAliases: aliasesMax > 0 ? new OutboundAliases(aliasesMax) : undefined,
  };
}

function factsOf(connection: Connection, clientId: string) {
  const { sessionIdentifier, link } = connection;
  return { clientId, sessionIdentifier, ipAddress: link.remoteAddress };
}

/** 0: none. */
function keepAliveOf({ limits }: Broker, { keepAliveSeconds: asked }: Connect): number {
  const { keepAliveSecondsMin, keepAliveSecondsMax } = limits;
  if (asked === 0) return Number.isFinite(keepAliveSecondsMax) ? keepAliveSecondsMax : 0;
  return Math.min(Math.max(asked, keepAliveSecondsMin), keepAliveSecondsMax);
}

/** Which session the client asks for, and how long it wants it kept. */
function wishOf({ limits }: Broker, packet: Connect) {
  const { cleanSession, protocolLevel, properties } = packet;
  const level = protocolLevel as ProtocolLevel;
  const asked =
    level === mqtt5Level
      ? (properties?.sessionExpiryInterval ?? 0)
      : cleanSession
        ? 0
        : Number.POSITIVE_INFINITY;
  const expirySeconds = Math.min(asked, limits.sessionSecondsMax);
  return { cleanStart: cleanSession, protocolLevel: level, expirySeconds };
}

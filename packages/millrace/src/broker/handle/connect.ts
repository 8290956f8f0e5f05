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
import { newUuid, shortened, utf8 } from "../../base/mod.ts";
import type { AdmissionVerdict } from "../admission.ts";
import type { Broker } from "../broker.ts";
import type { Connection, OpenState } from "../connection/connection.ts";
import { ownConnect } from "../connection/held-packets.ts";
import { lifeOf } from "../connection/life.ts";
import {
  type ConnectRefusal,
  connectRefusals,
  refusalCodes,
  sessionNotStored,
} from "../connection/reasons.ts";
import { OutboundAliases } from "../connection/topic-aliases.ts";
import type { Wishes } from "../connection/wishes.ts";
import { sendOwed } from "../delivery/retained-feed.ts";
import { atLeast, atMost } from "../grant.ts";
import type { Bound, BrokerLimits } from "../limits.ts";
import type { Access, Origin } from "../message.ts";
import { refusalOfProperties } from "../publish.ts";
import { type TakenSession, takeSession } from "../session/take.ts";
import type { Will } from "../session/will.ts";
import { sendConnack } from "./connack.ts";

export function handleConnect(connection: Connection, packet: Connect): void {
  const { broker } = connection;
  connection.wishes = packet.properties && wishesOf(broker, packet.properties);
  const refused = problemOfForm(broker, packet);
  if (refused) {
    refuse(connection, refused);
    return;
  }
  // [MQTT-3.1.3-6] [MQTT5-3.1.3-6] [MQTT5-3.1.3-7]
  const clientId = packet.clientId === "" ? `$GEN/${newUuid(broker.random)}` : packet.clientId;
  const verdict = askToAdmit(connection, packet, clientId);
  if (!(verdict instanceof Promise)) {
    decide(connection, packet, clientId, verdict);
    return;
  }
  const own = ownConnect(packet);
  connection.hold();
  void verdict.then((settled) => {
    connection.release(() => decide(connection, own, clientId, settled));
  });
}

/** Lets the client in, or tells it why not. */
function decide(
  connection: Connection,
  packet: Connect,
  clientId: string,
  admission: AdmissionVerdict,
): void {
  const { broker, link } = connection;
  // Who may not come in at all learns nothing about its will.
  if (admission.allowed && !checkWill(connection, packet)) return;
  const allowed = admission.allowed && mayLeaveWill(admission.access, packet);
  if (!allowed) {
    const why = admission.allowed ? "notAuthorized" : (admission.why ?? "notAuthorized");
    refuse(connection, connectRefusals[why]); // 3.1.4 [MQTT5-3.1.4-2]
    broker.observer.connectFailed(factsOf(connection, clientId, admission));
    return;
  }
  if (!broker.sessions.has(clientId) && broker.sessions.size >= broker.limits.sessionsMax) {
    broker.counters.bounds.sessionsMax += 1;
    refuse(connection, connectRefusals.sessions);
    return;
  }
  // [MQTT5-3.1.4-3]
  broker.sessions.get(clientId)?.connection?.close("DUPLICATE_CLIENTID"); // [MQTT-3.1.4-2]
  // [MQTT-3.1.4-3] [MQTT5-3.1.4-4]
  const taken = takeSession(broker, clientId, wishOf(broker, packet));
  const { principal, access, thing } = admission;
  const ruleDepth = 0;
  const origin: Origin = { clientId, sourceIp: link.remoteAddress, principal, ruleDepth, access };
  const keepAliveSeconds = keepAliveOf(broker, packet);
  const { properties } = packet;
  const open: OpenState = {
    session: taken.session,
    origin,
    thing,
    connectedAtMs: broker.clock.now(),
    keepAliveSeconds: packet.keepAliveSeconds,
    keepAliveMs: keepAliveSeconds * 1000, // [MQTT5-3.2.2-22]
    will: willOf(broker, packet, origin), // [MQTT5-3.1.2-7]
    life: lifeOf(connection, admission),
  };
  taken.session.versionNumber += 1;
  connection.establish(open);
  open.unwatch = admission.watch?.((reason) => connection.close(reason));
  const receiveMaximum = properties?.receiveMaximum ?? Number.POSITIVE_INFINITY;
  const line =
    receiveMaximum < broker.limits.inflightMax ? taken.session.line : taken.session.lineIfAny;
  line?.beginConnection(receiveMaximum);
  connection.outbox.hold(); // [MQTT-3.2.0-1] [MQTT5-3.2.0-1]
  const grant = { packet, clientId, present: taken.present, keepAliveSeconds };
  // [MQTT-3.1.4-4] [MQTT5-3.1.4-5]
  if (!sendConnack(connection, grant)) {
    connection.close("CLIENT_ERROR"); // nothing can be said to a client that takes so little
    return;
  }
  const enter = () => {
    broker.removing.delete(clientId); // an earlier session's record is gone, or replaced
    connection.outbox.release();
    sendOwed(broker, taken.session);
  };
  connection.whenStored(taken.changes(), enter, () => refuseUnstored(connection, taken));
  broker.observer.connected(connection.facts);
}

/** Whom the door has found behind the socket decides first. */
function askToAdmit({ broker, link }: Connection, packet: Connect, clientId: string) {
  const { username, password, cleanSession, properties, protocolLevel, will } = packet;
  const kept = (properties?.sessionExpiryInterval ?? 0) > 0;
  const persistent = protocolLevel === mqtt5Level ? kept : !cleanSession;
  const { transport } = link;
  const willTopic = will?.topic;
  const isAssignedId = packet.clientId === "";
  const own = { clientId, isAssignedId, transport, link };
  const facts = { ...own, username, password, persistent, willTopic };
  return (link.admit ?? broker.admit)(facts);
}

/**
 * The CONNACK that waits would not be true; another goes out in its place, and nothing behind. What
 * the client has asked for did not come to be: its session is what it was before, its will unsaid.
 */
function refuseUnstored(connection: Connection, { session, before }: TakenSession): void {
  const { outbox, mqtt5, open } = connection;
  session.expirySeconds = before.expirySeconds;
  session.onDisk = before.onDisk;
  if (open) open.will = before.will; // an earlier one, which goes on to wait
  outbox.discard();
  outbox.release();
  const returnCode = mqtt5 ? sessionNotStored.mqtt5 : sessionNotStored.mqtt3;
  connection.send({ type: "connack", sessionPresent: false, returnCode }); // [MQTT5-3.2.2-6]
  outbox.flush();
  outbox.hold(); // no DISCONNECT comes after it [MQTT5-3.14.0-1]
  connection.close("SERVER_ERROR");
}

function refuse(connection: Connection, refusal: ConnectRefusal): void {
  connection.broker.counters.connectsRefused[refusal.counted] += 1;
  const ofMqtt5 = connection.protocolLevel === mqtt5Level;
  const returnCode = ofMqtt5 ? refusal.mqtt5 : refusal.mqtt3;
  // [MQTT5-3.2.2-6]
  connection.send({ type: "connack", sessionPresent: false, returnCode }); // [MQTT-3.2.2-4]
  connection.close(refusal.reason); // [MQTT-3.2.2-5] [MQTT5-3.2.2-7] [MQTT-3.1.4-5] [MQTT5-3.1.4-6]
}

/** What is refused whoever the client is. */
function problemOfForm(broker: Broker, packet: Connect): ConnectRefusal | undefined {
  const { protocolLevel, properties, clientId } = packet;
  const { limits, counters } = broker;
  const tooOld = protocolLevel < limits.protocolLevelMin;
  if (tooOld) counters.bounds.protocolLevelMin += 1;
  if (tooOld || protocolLevel > mqtt5Level) {
    return connectRefusals.protocolVersion; // [MQTT-3.1.2-2]
  }
  if (!broker.connectRate.take(broker.clock.monotonic())) {
    counters.bounds.connectsPerSecondMax += 1;
    return connectRefusals.rate;
  }
  // [MQTT5-4.12.0-1]
  if (properties?.authenticationMethod !== undefined) return connectRefusals.authenticationMethod;
  if (clientId === "") {
    // MQTT 3.1 wants one; 3.1.1 makes one for a clean session alone, MQTT 5 always.
    const made =
      protocolLevel === mqtt5Level || (packet.cleanSession && protocolLevel !== mqtt31Level);
    return made ? undefined : connectRefusals.clientId; // [MQTT-3.1.3-8]
  }
  const broken = boundOfClientId(limits, clientId);
  if (!broken) return undefined;
  counters.bounds[broken] += 1;
  return connectRefusals.clientId; // [MQTT-3.1.3-9] [MQTT5-3.1.3-8]
}

/** The bound that a client id does not keep. */
function boundOfClientId(limits: BrokerLimits, clientId: string): Bound | undefined {
  if (limits.clientIdsReserved && clientId.startsWith("$")) return "clientIdsReserved";
  // [MQTT-3.1.3-5] [MQTT5-3.1.3-5]
  return utf8(clientId).length > limits.clientIdBytesMax ? "clientIdBytesMax" : undefined;
}

/** False when the connection has been closed over its will. */
function checkWill(connection: Connection, { will }: Connect): boolean {
  if (!will) return true;
  const { limits, counters, takesRequests } = connection.broker;
  // Before MQTT 5 no return code fits [MQTT-3.2.2-6].
  const fail = (message: string, mqtt5: number, bound?: Bound) => {
    if (bound) counters.bounds[bound] += 1;
    const returnCode = connection.protocolLevel === mqtt5Level ? mqtt5 : undefined;
    if (returnCode !== undefined) {
      const properties = { reasonString: message };
      connection.send({ type: "connack", sessionPresent: false, returnCode, properties });
    }
    connection.fail(message);
    return false;
  };
  const { topic, qos, payload, retain, properties } = will;
  const shown = shortened(topic);
  // Subscribers and rules hear it; the service takes nothing from it.
  if (topic.startsWith("$") && (retain || !takesRequests(topic))) {
    return fail(`will topic "${shown}" is reserved`, reasonCodes.topicNameInvalid);
  }
  const problem = topicNameProblem(topic);
  if (problem) return fail(`will topic "${shown}": ${problem}`, reasonCodes.topicNameInvalid);
  const { topicNameInvalid, qosNotSupported, quotaExceeded } = reasonCodes;
  if (topic.split("/").length > limits.topicLevelsMax) {
    return fail("the will's topic has too many levels", topicNameInvalid, "topicLevelsMax");
  }
  if (utf8(topic).length > limits.topicBytesMax) {
    return fail("the will's topic is too long", topicNameInvalid, "topicBytesMax");
  }
  if (retain && utf8(topic).length > limits.retainedTopicBytesMax) {
    const message = "the will's topic is too long to be retained";
    return fail(message, topicNameInvalid, "retainedTopicBytesMax");
  }
  // [MQTT5-3.2.2-12]
  if (qos > limits.qosMax) return fail(`will of QoS ${qos}`, qosNotSupported, "qosMax");
  if (payload.length > limits.payloadBytesMax) {
    return fail("the will's payload is too large", quotaExceeded, "payloadBytesMax");
  }
  const unfit = properties && refusalOfProperties(connection.broker, properties);
  return unfit ? fail(`the will: ${unfit.reason}`, refusalCodes[unfit.refusal]) : true;
}

/** A will is published as its client would: what the client may not, it may not announce. */
function mayLeaveWill(access: Access | undefined, { will }: Connect): boolean {
  return !will || !access || access.mayPublish(will.topic, will.retain);
}

function willOf(broker: Broker, { will }: Connect, origin: Origin): Will | undefined {
  if (!will) return undefined;
  // [MQTT-3.1.2-16] [MQTT-3.1.2-17] [MQTT5-3.1.2-14] [MQTT5-3.1.2-15]
  const { topic, qos, retain } = will;
  const { willDelayInterval = 0, messageExpiryInterval, ...properties } = will.properties ?? {};
  const { limits, counters } = broker;
  const delayed = limits.willDelays || willDelayInterval === 0;
  if (!delayed) counters.bounds.willDelays += 1;
  const payload = new Uint8Array(will.payload);
  return {
    // [MQTT5-3.1.3-10]
    message: { topic, payload, qos, retain, origin, ...(will.properties && { properties }) },
    delaySeconds: delayed ? willDelayInterval : 0,
    expirySeconds: messageExpiryInterval,
  };
}

function wishesOf({ limits }: Broker, properties: Properties): Wishes {
  const { maximumPacketSize, requestProblemInformation, topicAliasMaximum = 0 } = properties;
  const aliasesMax = Math.min(topicAliasMaximum, limits.topicAliasMaximum);
  return {
    packetBytesMax: maximumPacketSize ?? Number.POSITIVE_INFINITY,
    problemInformation: requestProblemInformation ?? true,
    // [MQTT5-3.1.2-27]
    outboundAliases: aliasesMax > 0 ? new OutboundAliases(aliasesMax) : undefined,
  };
}

/** Of a client that is not let in. */
function factsOf(
  { sessionIdentifier, link }: Connection,
  clientId: string,
  { principal = "anonymous", thing }: AdmissionVerdict,
) {
  const thingName = thing?.isExclusive ? thing.name : undefined;
  return { clientId, sessionIdentifier, principal, thingName, ipAddress: link.remoteAddress };
}

/** 0: none. */
function keepAliveOf(broker: Broker, { keepAliveSeconds }: Connect): number {
  const asked = keepAliveSeconds || Number.POSITIVE_INFINITY;
  const often = atLeast(broker, "keepAliveSecondsMin", asked);
  const granted = atMost(broker, "keepAliveSecondsMax", often);
  return Number.isFinite(granted) ? granted : 0;
}

/** Which session the client asks for, and how long it wants it kept. */
function wishOf(broker: Broker, packet: Connect) {
  const { cleanSession, protocolLevel, properties } = packet;
  const level = protocolLevel as ProtocolLevel;
  const unspoken = cleanSession ? 0 : broker.limits.sessionSecondsMax; // before MQTT 5
  const asked = level === mqtt5Level ? (properties?.sessionExpiryInterval ?? 0) : unspoken;
  const expirySeconds = atMost(broker, "sessionSecondsMax", asked);
  return { cleanStart: cleanSession, protocolLevel: level, expirySeconds };
}

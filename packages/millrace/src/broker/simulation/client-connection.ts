/**
 * A client's connection: an MQTT client, of 3.1.1 or 5, that does what the standard asks of it, in
 * its own time.
 *
 * Acknowledgements are sent late, in the order of what they acknowledge [MQTT-4.6.0-2], and not at
 * all when the connection has ended by then. What arrives is told to the model once.
 */

import {
  Decoder,
  encode,
  mqtt5Level,
  type Packet,
  type ProtocolLevel,
  type Publish,
  reasonCodes,
} from "@millrace/mqtt";
import { textOf, utf8 } from "../../base/mod.ts";
import type { ClientSession } from "./client-session.ts";
import type { ConnectionModel } from "./model/connection-model.ts";
import type { SimulatedMessage } from "./model/messages.ts";
import type { Model, SubscriptionRequest } from "./model/model.ts";
import type { Wish } from "./model/subscriptions.ts";
import { ReceiverAliases, SenderAliases } from "./packet-aliases.ts";
import { textOfPacket } from "./packet-text.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Trace } from "./trace.ts";
import type { Wire } from "./wire.ts";

/** What all clients of a run share. */
export interface World {
  readonly scheduler: Scheduler;
  readonly model: Model;
  readonly trace: Trace;
  /** Filters that may be told by number, as subscription identifiers: the first is 1. */
  readonly filters: readonly string[];
}

/** What MQTT 5 lets a CONNECT say beside what the model must know. */
export interface Mqtt5Wishes {
  readonly sessionExpirySeconds: number;
  readonly receiveMaximum: number;
  readonly topicAliasMaximum: number;
}

export interface ClientConnectionOptions {
  readonly world: World;
  readonly random: SeededRandom;
  readonly session: ClientSession;
  readonly facts: ConnectionModel;
  /** Absent: MQTT 3.1.1. */
  readonly mqtt5: Mqtt5Wishes | undefined;
  readonly ackDelayMsMax: () => number;
  /** An answer has come of which the broker must not know less after a crash. */
  readonly onAnswer: () => void;
  readonly onRetained?: ((publish: Publish) => void) | undefined;
}

/** `left`: the client id has gone on elsewhere, while another process still has this connection. */
type State = "opening" | "open" | "left" | "closed";

/** Ids of what is published beside the client, which knows nothing of them. */
const firstIdBeside = 60_000;

/** A wire without faults has brought the answer to a PINGREQ by then. */
const patienceMs = 1_000;

/** From here on a reason code says that it went wrong. */
const failureMin = 0x80;

export class ClientConnection {
  readonly facts: ConnectionModel;
  readonly #options: ClientConnectionOptions;
  readonly #protocolLevel: ProtocolLevel;
  readonly #decoder: Decoder;
  readonly #requests = new Map<number, SubscriptionRequest>();
  /** Payloads of messages that have come on this connection and are not over, by packet id. */
  readonly #unfinished = new Map<number, string>();
  readonly #beside = new Map<number, SimulatedMessage>();
  readonly #receiverAliases = new ReceiverAliases();
  #senderAliases = new SenderAliases(0);
  #wire: Wire | undefined;
  #state: State = "opening";
  #lastSentMs = 0;
  #lastAckMs = 0;
  #pingsOpen = 0;
  /** The shortest that the session may outlive the connection. */
  #expiryMs: number;
  /** Where the DISCONNECT ends among the bytes that were sent. */
  #leaveEndsAt: number | undefined;

  constructor(options: ClientConnectionOptions) {
    this.#options = options;
    this.facts = options.facts;
    this.#expiryMs = options.facts.expiryMs;
    this.#protocolLevel = options.mqtt5 ? mqtt5Level : 4;
    this.#decoder = new Decoder({
      packetBytesMax: 10_000_000,
      receive: (packet) => this.#receive(packet),
      protocolLevel: this.#protocolLevel,
    });
  }

  get state(): State {
    return this.#state;
  }

  get wire(): Wire | undefined {
    return this.#wire;
  }

  get isMqtt5(): boolean {
    return this.#protocolLevel === mqtt5Level;
  }

  /** Whether the broker has got its DISCONNECT. */
  get tookLeave(): boolean {
    const heard = this.#wire?.heardByteCount ?? 0;
    return this.#leaveEndsAt !== undefined && heard >= this.#leaveEndsAt;
  }

  /** What has been asked and not been answered. */
  get waitingFor(): string[] {
    const requests = [...this.#requests.keys()].map((packetId) => `request ${packetId}`);
    const { outgoing } = this.#options.session;
    const messages = [...outgoing.values()].map(({ message }) => message.name);
    const silentMs = this.#options.world.scheduler.monotonic() - this.#lastSentMs;
    const pings = this.#pingsOpen > 0 && silentMs > patienceMs ? ["PINGREQ"] : [];
    return [...(this.#state === "opening" ? ["CONNECT"] : []), ...requests, ...messages, ...pings];
  }

  /** The first packet goes out. */
  open(wire: Wire): void {
    this.#wire = wire;
    const { mqtt5 } = this.#options;
    const { cleanStart, keepAliveMs, clientId, will, willDelayMs } = this.facts;
    const willProperties = {
      willDelayInterval: willDelayMs / 1000,
      messageExpiryInterval: will?.expirySeconds,
    };
    this.#send({
      type: "connect",
      protocolLevel: this.#protocolLevel,
      cleanSession: cleanStart,
      keepAliveSeconds: keepAliveMs / 1000,
      clientId,
      will: will && { ...will, payload: utf8(will.payload), properties: willProperties },
      properties: mqtt5 && {
        sessionExpiryInterval: mqtt5.sessionExpirySeconds,
        receiveMaximum: mqtt5.receiveMaximum,
        topicAliasMaximum: mqtt5.topicAliasMaximum,
      },
    });
    if (keepAliveMs > 0) this.#pingLater(keepAliveMs);
  }

  receiveBytes(bytes: Uint8Array): void {
    const problem = this.#decoder.push(bytes);
    if (problem) this.#fail(`the broker's bytes are no MQTT: ${problem.message}`);
  }

  /** The wire has ended. */
  closed(): void {
    this.#letGo("closed");
    this.#decoder.stop();
  }

  /** The client id goes on elsewhere. */
  leaveBehind(): void {
    this.#letGo("left");
  }

  /** Sends DISCONNECT and ends the wire. With MQTT 5 it may change the session's expiry. */
  leave(expirySeconds?: number): void {
    const properties =
      expirySeconds === undefined ? undefined : { sessionExpiryInterval: expirySeconds };
    this.#send({ type: "disconnect", properties });
    if (expirySeconds !== undefined) {
      this.#expiryMs = Math.min(this.#expiryMs, expirySeconds * 1000);
      this.#options.world.model.takingLeave(this.facts, expirySeconds * 1000);
    }
    this.#leaveEndsAt = this.#wire?.sentByteCount;
    this.hangUp();
  }

  /** Ends the wire without a word. */
  hangUp(): void {
    this.closed();
    this.#wire?.hangUp();
  }

  publish(message: SimulatedMessage): void {
    const { session } = this.#options;
    const packetId = message.qos === 0 ? undefined : session.takePacketId();
    if (packetId !== undefined) session.outgoing.set(packetId, { message, released: false });
    this.#sendPublish(message, packetId, false);
  }

  /** As another process does that believes it is the client. */
  publishBeside(message: SimulatedMessage): void {
    if (this.#state !== "left") return;
    const packetId = message.qos === 0 ? undefined : firstIdBeside + this.#beside.size;
    if (packetId !== undefined) this.#beside.set(packetId, message);
    this.#sendPublish(message, packetId, false);
  }

  /** A single filter is told by its number too, with MQTT 5. */
  subscribe(wishes: readonly Wish[]): void {
    const { session, world } = this.#options;
    const packetId = session.takePacketId();
    session.requested.add(packetId);
    this.#requests.set(packetId, world.model.subscribing(this.facts, wishes));
    const number = wishes.length === 1 ? world.filters.indexOf(wishes[0]!.filter) + 1 : 0;
    const properties = number > 0 ? { subscriptionIdentifiers: [number] } : undefined;
    this.#send({ type: "subscribe", packetId, subscriptions: wishes, properties });
  }

  unsubscribe(filters: readonly string[]): void {
    const { session, world } = this.#options;
    const packetId = session.takePacketId();
    session.requested.add(packetId);
    this.#requests.set(packetId, world.model.unsubscribing(this.facts, filters));
    this.#send({ type: "unsubscribe", packetId, filters });
  }

  ping(): void {
    this.#pingsOpen += 1;
    this.#send({ type: "pingreq" });
  }

  #letGo(state: "left" | "closed"): void {
    const { session, world } = this.#options;
    const before = this.#state;
    if (before === "closed") return;
    this.#state = state;
    this.#note(state);
    if (before === "left") return;
    session.requested.clear();
    session.closed(world.scheduler.monotonic(), this.#expiryMs);
    world.model.closed(this.facts);
  }

  #receive(packet: Packet): void {
    if (this.#state === "left") this.#receiveBeside(packet);
    if (this.#state === "left" || this.#state === "closed") return;
    this.#note(`<- ${textOfPacket(packet)}`);
    if (packet.type === "disconnect") return; // the end of the wire follows
    if ((packet.type === "connack") !== (this.#state === "opening")) {
      this.#fail(`${packet.type.toUpperCase()} while the connection is ${this.#state}`);
      return;
    }
    switch (packet.type) {
      case "connack": {
        const aliasesMax = packet.properties?.topicAliasMaximum ?? 0;
        this.#senderAliases = new SenderAliases(Math.min(aliasesMax, 2));
        this.#connected(packet.returnCode, packet.sessionPresent);
        break;
      }
      case "publish":
        this.#arrived(packet);
        break;
      case "puback":
      case "pubrec":
        this.#owned(packet.type, packet.packetId, packet.reasonCode ?? 0);
        break;
      case "pubrel":
        this.#released(packet.packetId);
        break;
      case "pubcomp":
        this.#completed(packet.packetId);
        break;
      case "suback":
        this.#answered(packet.packetId, "suback", packet.returnCodes);
        break;
      case "unsuback":
        this.#answered(packet.packetId, "unsuback", packet.reasonCodes);
        break;
      case "pingresp":
        this.#pingsOpen -= 1;
        if (this.#pingsOpen < 0) this.#fail("PINGRESP that nobody waits for");
        break;
      default:
        this.#fail(`${packet.type.toUpperCase()} is no packet that a broker may send`);
    }
  }

  #receiveBeside(packet: Packet): void {
    const { model } = this.#options.world;
    if (packet.type === "disconnect") {
      this.#note(`<- ${textOfPacket(packet)}`);
      const { sessionTakenOver, serverShuttingDown, keepAliveTimeout } = reasonCodes;
      const expected: number[] = [sessionTakenOver, serverShuttingDown, keepAliveTimeout];
      const { reasonCode = 0 } = packet;
      if (!expected.includes(reasonCode)) model.fail("M8", `taken over with ${reasonCode}`);
    }
    if (packet.type !== "puback" && packet.type !== "pubrec") return;
    const message = this.#beside.get(packet.packetId);
    if (!message || (packet.reasonCode ?? 0) >= failureMin) return;
    this.#note(`<- ${textOfPacket(packet)}`);
    model.owned(message, this.facts);
  }

  #connected(returnCode: number, sessionPresent: boolean): void {
    const { session, world } = this.#options;
    if (returnCode !== 0) {
      this.#fail(`CONNECT was refused with ${returnCode}`);
      return;
    }
    this.#state = "open";
    world.model.connected(this.facts, sessionPresent);
    this.#options.onAnswer();
    if (!session.connected(sessionPresent)) {
      this.hangUp();
      return;
    }
    for (const [packetId, { message, released }] of session.outgoing) {
      if (released) this.#send({ type: "pubrel", packetId });
      else this.#sendPublish(message, packetId, true); // [MQTT-4.4.0-1]
    }
  }

  #owned(type: "puback" | "pubrec", packetId: number, reasonCode: number): void {
    const { session, world, onAnswer } = this.#options;
    const outgoing = session.outgoing.get(packetId);
    const qos = type === "puback" ? 1 : 2;
    if (!outgoing || outgoing.released || outgoing.message.qos !== qos) {
      this.#fail(`${type.toUpperCase()} ${packetId} that nobody waits for`);
      return;
    }
    const first = [...session.outgoing.values()].find(
      (other) => !other.released && other.message.qos === qos,
    );
    if (first !== outgoing) this.#fail(`${type.toUpperCase()} ${packetId} is out of turn`);
    if (reasonCode >= failureMin) this.#fail(`${outgoing.message.name} refused: ${reasonCode}`);
    world.model.owned(outgoing.message, this.facts);
    if (type === "puback") session.outgoing.delete(packetId);
    else {
      outgoing.released = true;
      this.#send({ type: "pubrel", packetId });
    }
    onAnswer();
  }

  #completed(packetId: number): void {
    const { outgoing } = this.#options.session;
    if (outgoing.get(packetId)?.released) outgoing.delete(packetId);
    else this.#fail(`PUBCOMP ${packetId} that nobody waits for`);
    this.#options.onAnswer();
  }

  #released(packetId: number): void {
    const { session, world } = this.#options;
    const isHeld = session.incoming.delete(packetId);
    if (!isHeld && world.model.isSettled) {
      world.model.fail(
        "M15",
        `PUBREL ${packetId} came to ${this.facts.name} long after it was over`,
      );
    }
    this.#sendLater({ type: "pubcomp", packetId }, () => this.#unfinished.delete(packetId));
  }

  #answered(
    packetId: number,
    type: "suback" | "unsuback",
    codes: readonly number[] | undefined,
  ): void {
    const { session, world } = this.#options;
    const request = this.#requests.get(packetId);
    if (!request || (type === "suback") !== (request.wishes !== undefined)) {
      this.#fail(`${type.toUpperCase()} ${packetId} that nobody waits for`);
      return;
    }
    this.#requests.delete(packetId);
    session.requested.delete(packetId);
    world.model.subscriptionsAnswered(request, codes);
    this.#options.onAnswer();
  }

  #arrived(publish: Publish): void {
    const { world, onRetained, mqtt5 } = this.#options;
    const { qos, retain, dup, packetId = 0, properties } = publish;
    const topic = this.#receiverAliases.topicOf(publish, mqtt5?.topicAliasMaximum ?? 0);
    if (topic === undefined) {
      this.#fail(`topic alias ${properties?.topicAlias} stands for nothing`);
      return;
    }
    const payload = textOf(publish.payload);
    if (qos !== 0 && !this.#takeId(packetId, qos, payload)) return;
    const numbers = properties?.subscriptionIdentifiers ?? [];
    const identified = numbers.map((number) => world.filters[number - 1] ?? "unknown");
    if (retain) onRetained?.({ ...publish, topic });
    world.model.arrived(this.facts, { topic, payload, qos, retain, dup, identified });
  }

  /** False for a message of QoS 2 that the client holds already [MQTT-4.3.3-2]. */
  #takeId(packetId: number, qos: 1 | 2, payload: string): boolean {
    const { session, mqtt5 } = this.#options;
    const held = qos === 2 ? session.incoming.get(packetId) : this.#unfinished.get(packetId);
    if (held !== undefined && held !== payload) {
      const names = `"${held.split(" ")[0]}" and "${payload.split(" ")[0]}"`;
      this.#fail(`packet id ${packetId} stands for ${names}`);
    }
    if (this.#unfinished.has(packetId)) {
      this.#fail(`PUBLISH ${packetId} is repeated on one connection`); // [MQTT5-4.4.0-1]
    }
    this.#unfinished.set(packetId, payload);
    if (this.#unfinished.size > (mqtt5?.receiveMaximum ?? Number.POSITIVE_INFINITY)) {
      this.#fail(`more than the Receive Maximum of ${mqtt5?.receiveMaximum} are open`);
    }
    if (qos === 1) {
      this.#sendLater({ type: "puback", packetId }, () => this.#unfinished.delete(packetId));
      return true;
    }
    session.incoming.set(packetId, payload);
    this.#sendLater({ type: "pubrec", packetId });
    return held === undefined;
  }

  #sendLater(packet: Packet, sent?: () => void): void {
    const { world, random, ackDelayMsMax } = this.#options;
    const nowMs = world.scheduler.monotonic();
    this.#lastAckMs = Math.max(this.#lastAckMs, nowMs + random.between(0, ackDelayMsMax()));
    world.scheduler.after(this.#lastAckMs - nowMs, () => {
      if (this.#state !== "open") return;
      sent?.();
      this.#send(packet);
    });
  }

  #sendPublish(message: SimulatedMessage, packetId: number | undefined, dup: boolean): void {
    const { topic, qos, retain, payload, expirySeconds } = message;
    this.#options.world.model.sent(message, this.facts, this.isMqtt5);
    const alias = this.#senderAliases.take(topic);
    this.#send({
      type: "publish",
      topic: alias?.known ? "" : topic,
      ...{ qos, retain, payload: utf8(payload), packetId, dup },
      properties: { messageExpiryInterval: expirySeconds, topicAlias: alias?.number },
    });
  }

  #send(packet: Packet): void {
    this.#note(`-> ${textOfPacket(packet)}`);
    this.#lastSentMs = this.#options.world.scheduler.monotonic();
    this.#wire?.send(encode(packet, this.#protocolLevel));
  }

  /** Keeps the connection alive, with room for a slow network [MQTT-3.1.2-23]. */
  #pingLater(keepAliveMs: number): void {
    const { scheduler } = this.#options.world;
    const dueMs = this.#lastSentMs + 0.8 * keepAliveMs;
    scheduler.after(Math.max(dueMs - scheduler.monotonic(), 100), () => {
      if (this.#state === "left" || this.#state === "closed") return;
      const silentMs = scheduler.monotonic() - this.#lastSentMs;
      if (this.#state === "open" && silentMs >= 0.8 * keepAliveMs - 1) this.ping();
      this.#pingLater(keepAliveMs);
    });
  }

  #note(what: string): void {
    this.#options.world.trace.note(`${this.facts.name} ${what}`);
  }

  #fail(what: string): void {
    this.#options.world.model.fail("M11", `${this.facts.name} of ${this.facts.clientId}: ${what}`);
  }
}

/**
 * One client's connection: from bytes to packets to what each packet asks for.
 *
 * A connection is `opening` until CONNECT is accepted, then `open`, then `closed` for good.
 * Everything that can end it goes through `close`, which alone decides about the will, the session
 * and the event, so that each happens once.
 */

import {
  encode,
  mqtt5Level,
  mqtt311Level,
  type Packet,
  type ProtocolError,
  type ProtocolLevel,
  reasonCodes,
} from "@millrace/mqtt";
import { assert, unreachable } from "../../base/mod.ts";
import type { Change } from "../../storage/mod.ts";
import type { Broker } from "../broker.ts";
import type { Form } from "../delivery/outgoing.ts";
import { sendOwed } from "../delivery/retained-feed.ts";
import { handleAcknowledgement } from "../handle/acknowledgement.ts";
import { handleConnect } from "../handle/connect.ts";
import { handleDisconnect } from "../handle/disconnect.ts";
import { handlePublish } from "../handle/publish.ts";
import { handlePubrel } from "../handle/pubrel.ts";
import { handleSubscribe } from "../handle/subscribe.ts";
import { handleUnsubscribe } from "../handle/unsubscribe.ts";
import type { ConnectionFacts, DisconnectReason } from "../lifecycle.ts";
import type { Origin } from "../message.ts";
import { leaveSession } from "../session/leave.ts";
import type { Session } from "../session/session.ts";
import { store } from "../session/session-store.ts";
import type { Will } from "../session/will.ts";
import { AckQueue } from "./ack-queue.ts";
import type { LentDecoder } from "./decoders.ts";
import { Outbox, type Sink } from "./outbox.ts";
import { Rate } from "./rate.ts";
import { disconnectCodes } from "./reasons.ts";
import type { InboundAliases, OutboundAliases } from "./topic-aliases.ts";

/** A socket as the listeners give it. */
export interface Link extends Sink {
  readonly transport: "tcp" | "websocket";
  readonly remoteAddress: string;
  /** Writes what is still buffered, then ends the socket. */
  end(): void;
  /** Stops and starts reading, where the transport can. */
  pause(): void;
  resume(): void;
}

/** What a connection has once CONNECT is accepted. */
export interface OpenState {
  readonly session: Session;
  readonly origin: Origin;
  readonly principal: string;
  /** Grows with every connection of the client id. */
  readonly versionNumber: number;
  /** 0: no keep-alive. */
  readonly keepAliveMs: number;
  /** Published when the connection ends, unless the client takes leave first. */
  will: Will | undefined;
  /** What a client of MQTT 5 has asked for that most do not. */
  readonly wishes: Wishes | undefined;
  inboundAliases: InboundAliases | undefined;
}

export interface Wishes {
  /** Client Maximum Packet Size, in bytes; infinite without one. */
  readonly packetBytesMax: number;
  /** Whether packets beside PUBLISH, CONNACK and DISCONNECT may say why in words. */
  readonly problemInformation: boolean;
  readonly outboundAliases: OutboundAliases | undefined;
}

/** How a client's mistake is told. */
export interface Complaint {
  /** The statement of the standard that was not kept. */
  readonly clause?: string | undefined;
  /** Of MQTT 5; absent: protocol error. */
  readonly reasonCode?: number | undefined;
  readonly reason?: DisconnectReason;
}

/** Publishes of one client that still wait for the disk or a rule; reading pauses beyond it. */
const unacknowledgedMax = 1000;

/** No client has more open than there are packet ids, in either direction. */
const packetIdCount = 65_535;

const noWishes: Wishes = {
  packetBytesMax: Number.POSITIVE_INFINITY,
  problemInformation: true,
  outboundAliases: undefined,
};

const nothing = () => {};

export class Connection {
  readonly broker: Broker;
  readonly link: Link;
  readonly outbox: Outbox;
  readonly #number: number;
  open: OpenState | undefined;
  /** Whether it speaks MQTT 5. */
  mqtt5 = false;
  /** Whether what is sent to it is the same as for others: no aliases, no bounds of its own. */
  plain = true;
  #state: "opening" | "open" | "closed" = "opening";
  #lastPacketMs: number;
  #nowMs: number;
  #paused = false;
  #unreadAnswers = 0;
  #acks: AckQueue | undefined;
  #publishRate: Rate | undefined;
  /** Only while there is half a packet. */
  #decoder: LentDecoder | undefined;
  #protocolLevel: ProtocolLevel = mqtt311Level;

  constructor(broker: Broker, link: Link) {
    this.broker = broker;
    this.link = link;
    this.outbox = new Outbox(broker.flusher, link, broker.limits.outboxBytesMax);
    this.#number = broker.identifiers.next();
    this.#nowMs = broker.clock.monotonic();
    this.#lastPacketMs = this.#nowMs;
  }

  /** As the client's first CONNECT says it; until then that of MQTT 3.1.1. */
  get protocolLevel(): ProtocolLevel {
    return this.#protocolLevel;
  }

  /** What lifecycle events call the connection. */
  get sessionIdentifier(): string {
    return this.broker.identifiers.text(this.#number);
  }

  /** Of an accepted CONNECT, as lifecycle events tell it. */
  get facts(): ConnectionFacts {
    assert(this.open, "a connection has its facts once it is open");
    const { session, principal, versionNumber } = this.open;
    return {
      clientId: session.clientId,
      sessionIdentifier: this.sessionIdentifier,
      principal,
      ipAddress: this.link.remoteAddress,
      versionNumber,
    };
  }

  get closed(): boolean {
    return this.#state === "closed";
  }

  get acks(): AckQueue {
    this.#acks ??= new AckQueue((ack) => this.send(ack));
    return this.#acks;
  }

  /** Publishes that are taken and not yet acknowledged. */
  get openAckCount(): number {
    return this.#acks?.length ?? 0;
  }

  /** Those of them with QoS 1. */
  get openQos1Count(): number {
    return this.#acks?.pubackCount ?? 0;
  }

  /** Of an accepted CONNECT. */
  get session(): Session {
    assert(this.open, "a connection has a session once it is open");
    return this.open.session;
  }

  /** Bytes from the socket, in any pieces. */
  receive(bytes: Uint8Array): void {
    if (this.#state === "closed") return;
    this.broker.counters.bytesIn += bytes.length;
    this.#nowMs = this.broker.clock.monotonic();
    const { decoders } = this.broker;
    const decoder = this.#decoder ?? decoders.lend(this, this.#protocolLevel);
    this.#decoder = decoder;
    const problem = decoder.push(bytes);
    if (problem)
      this.#refuseBytes(problem, decoder.protocolLevel); // [MQTT-4.8.0-1]
    else if (decoder.idle) {
      this.#decoder = undefined;
      decoders.giveBack(decoder);
    }
  }

  /** Answers a packet; a client that asks on and on and reads no answer is closed. */
  send(packet: Packet): void {
    if (this.#state === "closed") return;
    this.outbox.send(this.#encodeFor(packet));
    if (this.link.writable) return;
    this.#unreadAnswers += 1;
    if (this.#unreadAnswers > packetIdCount) {
      const complaint = { reason: "THROTTLED", reasonCode: reasonCodes.quotaExceeded } as const;
      this.fail("the client does not read its answers", complaint);
    }
  }

  /** Words are left out where the client does not want them [MQTT5-3.1.2-29] or they do not fit. */
  #encodeFor(packet: Packet): Uint8Array {
    const bytes = encode(packet, this.protocolLevel);
    if (!this.open || !("properties" in packet) || !packet.properties) return bytes;
    const { packetBytesMax, problemInformation } = this.open.wishes ?? noWishes;
    const spoken = packet.type === "connack" || packet.type === "disconnect";
    if (bytes.length <= packetBytesMax && (problemInformation || spoken)) return bytes;
    const properties = { ...packet.properties, reasonString: undefined };
    return encode({ ...packet, properties } as Packet, this.protocolLevel); // [MQTT5-3.2.2-19]
  }

  /** Whether the client's policy lets it have messages on this topic. */
  mayReceive(topic: string): boolean {
    return this.open?.origin.access?.mayReceive(topic) ?? true;
  }

  /**
   * A PUBLISH as this client can take it, with a topic alias where it knows one or may learn it;
   * `sent` must be called once the bytes are certain to go. `undefined`: larger than it takes.
   */
  encodeFitting(
    topic: string,
    form: Form,
    encodeForm: (form: Form) => Uint8Array,
  ): { readonly bytes: Uint8Array; readonly sent: () => void } | undefined {
    const { outboundAliases: aliases, packetBytesMax } = this.open?.wishes ?? noWishes;
    const known = aliases?.known(topic) ?? 0;
    const alias = known || (aliases?.free ?? 0);
    if (aliases && alias > 0) {
      const bytes = encodeForm({ ...form, alias, aliasKnown: known > 0 });
      const sent = known > 0 ? nothing : () => aliases.remember(topic, alias);
      if (bytes.length <= packetBytesMax) return { bytes, sent };
    }
    const bytes = encodeForm(form);
    return bytes.length <= packetBytesMax ? { bytes, sent: nothing } : undefined;
  }

  /** False when the client has published more in this second than it may. */
  takePublish(): boolean {
    this.#publishRate ??= new Rate(this.broker.limits.publishesPerSecondMax);
    return this.#publishRate.take(this.#nowMs);
  }

  /** The socket takes bytes again. */
  drained(): void {
    this.#unreadAnswers = 0;
    this.outbox.flush();
    if (this.open) sendOwed(this.broker, this.open.session);
  }

  /** The socket is gone without a word. */
  lost(): void {
    this.close("CONNECTION_LOST");
  }

  /** The client broke the protocol: says so to it and in the log, and closes. */
  fail(message: string, complaint: Complaint = {}): void {
    if (this.#state === "closed") return;
    const { clause, reasonCode, reason = "CLIENT_ERROR" } = complaint;
    this.broker.logger.warn("client error, connection closed", {
      clientId: this.open?.session.clientId,
      ip: this.link.remoteAddress,
      message,
      clause,
    });
    this.close(reason, { reasonCode, reasonString: message });
  }

  /** What cannot be read; a CONNECT of MQTT 5 gets its answer, as later packets do. */
  #refuseBytes(problem: ProtocolError, protocolLevel: ProtocolLevel): void {
    const { message, clause, reasonCode } = problem;
    if (this.#state === "opening") this.#protocolLevel = protocolLevel;
    if (this.#state === "opening" && reasonCode !== undefined) {
      const properties = { reasonString: message };
      this.send({ type: "connack", sessionPresent: false, returnCode: reasonCode, properties });
    }
    if (this.#state === "opening") this.broker.counters.connectsRefused.protocol += 1;
    this.fail(message, { clause, reasonCode });
  }

  /** CONNECT is accepted: from here on the connection owns its session. */
  establish(open: OpenState): void {
    assert(this.#state === "opening", "a connection is established once");
    this.#state = "open";
    this.#lastPacketMs = this.broker.clock.monotonic();
    this.open = open;
    this.mqtt5 = this.protocolLevel === mqtt5Level;
    const { packetBytesMax, outboundAliases } = open.wishes ?? noWishes;
    const bounded = outboundAliases !== undefined || packetBytesMax < Number.POSITIVE_INFINITY;
    this.plain = !bounded && !open.origin.access;
    open.session.connection = this;
    open.session.disconnectedAtMs = undefined;
  }

  /** Ends the connection; every call but the first does nothing. */
  close(reason: DisconnectReason, told: { reasonCode?: number; reasonString?: string } = {}): void {
    if (this.#state === "closed") return;
    if (this.outbox.held) this.outbox.discard();
    else this.#sayGoodbye(reason, told);
    this.#state = "closed";
    this.#decoder?.stop();
    this.#decoder = undefined;
    this.broker.connections.delete(this);
    this.outbox.flush();
    this.link.end();
    const { disconnects } = this.broker.counters;
    disconnects[reason] = (disconnects[reason] ?? 0) + 1;
    if (this.open) leaveSession(this, this.open, reason);
  }

  #sayGoodbye(
    reason: DisconnectReason,
    told: { reasonCode?: number; reasonString?: string },
  ): void {
    const { reasonCode = disconnectCodes[reason], reasonString } = told;
    if (!this.open || !this.mqtt5 || reasonCode === undefined) return;
    const properties = reasonString === undefined ? undefined : { reasonString };
    const packet = { type: "disconnect", reasonCode, properties } as const; // [MQTT5-4.13.2-1]
    this.outbox.send(this.#encodeFor(packet));
  }

  /** Answers once the changes are on disk, at once without any; never after the connection. */
  whenStored(changes: readonly Change[], answer: () => void): void {
    if (changes.length === 0) {
      answer();
      return;
    }
    const answerUnlessClosed = () => {
      if (!this.closed) answer();
    };
    store(this.broker.records, changes).then(answerUnlessClosed, (error: unknown) => {
      this.broker.reportStorageError(error);
      this.close("SERVER_ERROR"); // [MQTT-4.8.0-2]
    });
  }

  /** Closes a client that has said nothing for too long [MQTT-3.1.2-24], unless nobody listens. */
  closeIfSilent(nowMs: number): void {
    if (this.#paused) return;
    const silentMs = nowMs - this.#lastPacketMs;
    if (!this.open) {
      if (silentMs > this.broker.limits.connectSecondsMax * 1000) this.close("CLIENT_ERROR");
    } else if (this.open.keepAliveMs > 0 && silentMs > this.open.keepAliveMs * 1.5) {
      this.close("MQTT_KEEP_ALIVE_TIMEOUT"); // [MQTT5-3.1.2-22]
    }
  }

  /** Reading pauses while too many of the client's publishes wait, so that memory stays bounded. */
  balanceReading(): void {
    if (this.openAckCount > packetIdCount) {
      const clause = "MQTT-2.3.1-2";
      this.fail("more PUBLISH packets are open than there are packet ids", { clause });
    }
    const tooMany = this.openAckCount > unacknowledgedMax;
    if (tooMany === this.#paused || this.closed) return;
    this.#paused = tooMany;
    if (tooMany) {
      this.link.pause();
      return;
    }
    this.#lastPacketMs = this.broker.clock.monotonic();
    this.link.resume();
  }

  /** A packet, in its turn. */
  handlePacket(packet: Packet): void {
    if (this.#state === "closed") return;
    this.broker.counters.packetsIn += 1;
    if (this.open) {
      this.#lastPacketMs = this.#nowMs;
      this.#handleOpen(this.open, packet);
    } else if (packet.type === "connect") {
      this.#protocolLevel = this.#decoder?.protocolLevel ?? this.#protocolLevel;
      handleConnect(this, packet);
    } else {
      this.broker.counters.connectsRefused.protocol += 1;
      this.fail(`${packet.type.toUpperCase()} before CONNECT`, { clause: "MQTT-3.1.0-1" });
    }
  }

  #handleOpen(open: OpenState, packet: Packet): void {
    switch (packet.type) {
      case "publish":
        handlePublish(this, open, packet);
        break;
      case "puback":
      case "pubrec":
      case "pubcomp":
        handleAcknowledgement(this, open.session, packet);
        break;
      case "pubrel":
        handlePubrel(this, open, packet);
        break;
      case "subscribe":
        handleSubscribe(this, open, packet);
        break;
      case "unsubscribe":
        handleUnsubscribe(this, open, packet);
        break;
      case "pingreq":
        this.send({ type: "pingresp" }); // [MQTT-3.12.4-1]
        break;
      case "disconnect":
        handleDisconnect(this, open, packet);
        break;
      case "connect":
        this.fail("second CONNECT on one connection", { clause: "MQTT-3.1.0-2" });
        break;
      case "auth":
        this.fail("AUTH without an authentication method", { clause: "MQTT5-4.12.0-6" });
        break;
      case "connack":
      case "suback":
      case "unsuback":
      case "pingresp":
        this.fail(`${packet.type.toUpperCase()} is no packet that a client may send`);
        break;
      default:
        unreachable(packet);
    }
  }
}

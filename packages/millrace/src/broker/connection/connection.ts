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
import { assert, shortened, unreachable } from "../../base/mod.ts";
import type { Change } from "../../storage/mod.ts";
import type { ConnectionThing } from "../admission.ts";
import type { Broker } from "../broker.ts";
import { type Form, withAlias } from "../delivery/outgoing.ts";
import { sendOwed } from "../delivery/retained-feed.ts";
import { handleAcknowledgement } from "../handle/acknowledgement.ts";
import { handleConnect } from "../handle/connect.ts";
import { handleDisconnect } from "../handle/disconnect.ts";
import { handlePublish } from "../handle/publish.ts";
import { handlePubrel } from "../handle/pubrel.ts";
import { handleSubscribe } from "../handle/subscribe.ts";
import { handleUnsubscribe } from "../handle/unsubscribe.ts";
import type { ConnectionFacts, DisconnectReason } from "../lifecycle.ts";
import type { Access, Origin } from "../message.ts";
import { leaveSession } from "../session/leave.ts";
import type { Session } from "../session/session.ts";
import type { Will } from "../session/will.ts";
import type { LentDecoder } from "./decoders.ts";
import { HeldPackets } from "./held-packets.ts";
import type { Life } from "./life.ts";
import type { Link } from "./link.ts";
import { Outbox } from "./outbox.ts";
import { disconnectCodes, disconnectTexts } from "./reasons.ts";
import { reasonCharactersMax, withShortReason } from "./short-reason.ts";
import { Traffic } from "./traffic.ts";
import { noWishes, type Wishes } from "./wishes.ts";

/** What a connection has once CONNECT is accepted. */
export interface OpenState {
  readonly session: Session;
  readonly origin: Origin;
  readonly thing: ConnectionThing | undefined;
  /** By the wall clock. */
  readonly connectedAtMs: number;
  /** As the client asked for it. */
  readonly keepAliveSeconds: number;
  /** As it is granted; 0: no keep-alive. */
  readonly keepAliveMs: number;
  /** Published when the connection ends, unless the client takes leave first. */
  will: Will | undefined;
  readonly life: Life | undefined;
  /** Ends the watch of whoever let the client in. */
  unwatch?: () => void;
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

const nothing = () => {};

/** How a connection ends that was neither accepted nor refused. */
const farewells: ReadonlySet<DisconnectReason> = new Set([
  "CLIENT_INITIATED_DISCONNECT",
  "CONNECTION_LOST",
  "SERVER_INITIATED_DISCONNECT",
]);

export class Connection {
  readonly broker: Broker;
  readonly link: Link;
  readonly outbox: Outbox;
  readonly #number: number;
  open: OpenState | undefined;
  /** What a client of MQTT 5 has asked for that most do not; from its CONNECT on. */
  wishes: Wishes | undefined;
  /** Whether what is sent to it is the same as for others: no aliases, no bounds of its own. */
  plain = true;
  /** Of a client that would be plain but for its policies: asked before it is sent the same. */
  guard: Access | undefined;
  closed = false;
  /** While somebody is asked whether the client may come in. */
  #held: HeldPackets | undefined;
  /** As the client's first CONNECT says it; until then that of MQTT 3.1.1. */
  protocolLevel: ProtocolLevel = mqtt311Level;
  #lastPacketMs: number;
  /** Among all connections of the broker. */
  place = -1;
  /** Only while there is half a packet. */
  #decoder: LentDecoder | undefined;
  /** Of a client that publishes, or does not read. */
  #traffic: Traffic | undefined;

  constructor(broker: Broker, link: Link) {
    this.broker = broker;
    this.link = link;
    this.outbox = new Outbox(broker.flusher, link, broker.limits.outboxBytesMax);
    this.#number = broker.identifiers.next();
    this.#lastPacketMs = broker.clock.monotonic();
  }

  /** Whether it speaks MQTT 5. */
  get mqtt5(): boolean {
    return this.protocolLevel === mqtt5Level;
  }

  /** Made when it is first needed: most clients are silent. */
  get traffic(): Traffic {
    this.#traffic ??= new Traffic(this, this.broker.limits.publishesPerSecondMax);
    return this.#traffic;
  }

  /** Publishes that are taken and not yet acknowledged. */
  get openAckCount(): number {
    return this.#traffic?.acks.length ?? 0;
  }

  /** What lifecycle events call the connection. */
  get sessionIdentifier(): string {
    return this.broker.identifiers.text(this.#number);
  }

  /** Of an accepted CONNECT, as lifecycle events tell it. */
  get facts(): ConnectionFacts {
    assert(this.open, "a connection has its facts once it is open");
    const { session, origin, thing } = this.open;
    return {
      clientId: session.clientId,
      sessionIdentifier: this.sessionIdentifier,
      principal: origin.principal ?? "anonymous",
      ...(thing?.isExclusive && { thingName: thing.name }),
      ipAddress: this.link.remoteAddress,
      versionNumber: session.versionNumber,
    };
  }

  /** Of an accepted CONNECT. */
  get session(): Session {
    assert(this.open, "a connection has a session once it is open");
    return this.open.session;
  }

  /** Bytes from the socket, in any pieces. */
  receive(bytes: Uint8Array): void {
    if (this.closed) return;
    const { counters, decoders } = this.broker;
    counters.bytesIn += bytes.length;
    this.broker.receiveTick();
    this.#held?.count(bytes.length);
    const decoder = this.#decoder ?? decoders.lend(this, this.protocolLevel);
    this.#decoder = decoder;
    const problem = decoder.push(bytes);
    if (problem)
      this.#refuseBytes(problem, decoder.protocolLevel); // [MQTT-4.8.0-1] [MQTT5-4.13.1-1]
    else if (decoder.idle) {
      this.#decoder = undefined;
      decoders.giveBack(decoder);
    }
  }

  /**
   * Answers a packet; a client that asks on and on and reads no answer is closed. False when the
   * packet is larger than the client takes, so that it was not sent [MQTT5-3.1.2-24].
   */
  send(packet: Packet): boolean {
    if (this.closed) return true;
    const bytes = this.#encodeFor(packet);
    if (!bytes) {
      this.broker.counters.answersDropped += 1;
      return false;
    }
    this.#answer(bytes);
    if (this.link.writable) return true;
    this.#boundUnread(bytes.length);
    return true;
  }

  /** An answer waits for the client to read; the ones before it may be too many or too large. */
  #boundUnread(bytes: number): void {
    const { traffic, broker } = this;
    traffic.unreadAnswers += 1;
    traffic.unreadAnswerBytes += bytes;
    const tooLarge = traffic.unreadAnswerBytes > broker.limits.outboxBytesMax;
    if (tooLarge) broker.counters.bounds.outboxBytesMax += 1;
    if (!tooLarge && traffic.unreadAnswers <= packetIdCount) return;
    const complaint = { reason: "THROTTLED", reasonCode: reasonCodes.quotaExceeded } as const;
    this.fail("the client does not read its answers", complaint);
  }

  #answer(bytes: Uint8Array): void {
    this.broker.counters.answersOut += 1;
    this.outbox.send(bytes);
  }

  /** Words are left out where the client does not want them [MQTT5-3.1.2-29] or they do not fit. */
  #encodeFor(answer: Packet): Uint8Array | undefined {
    const packet = withShortReason(answer);
    const bytes = encode(packet, this.protocolLevel);
    if (!this.wishes) return bytes;
    const { packetBytesMax, problemInformation } = this.wishes;
    const fits = bytes.length <= packetBytesMax;
    if (!("properties" in packet) || !packet.properties) return fits ? bytes : undefined;
    const mayExplain =
      problemInformation || packet.type === "connack" || packet.type === "disconnect";
    if (fits && mayExplain) return bytes;
    // [MQTT5-3.2.2-20] [MQTT5-3.4.2-3] [MQTT5-3.5.2-3] [MQTT5-3.6.2-3] [MQTT5-3.7.2-3]
    // [MQTT5-3.9.2-2] [MQTT5-3.11.2-2] [MQTT5-3.14.2-4]
    const properties = { ...packet.properties, reasonString: undefined }; // [MQTT5-3.2.2-19]
    // [MQTT5-3.4.2-2] [MQTT5-3.5.2-2] [MQTT5-3.6.2-2] [MQTT5-3.7.2-2]
    // [MQTT5-3.9.2-1] [MQTT5-3.11.2-1] [MQTT5-3.14.2-3]
    const terse = encode({ ...packet, properties } as Packet, this.protocolLevel);
    return terse.length <= packetBytesMax ? terse : undefined;
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
    const { outboundAliases: aliases, packetBytesMax } = this.wishes ?? noWishes;
    const known = aliases?.known(topic) ?? 0;
    const alias = known || (aliases?.free ?? 0);
    if (aliases && alias > 0) {
      const bytes = encodeForm(withAlias(form, alias, known > 0));
      const sent = known > 0 ? nothing : () => aliases.remember(topic, alias);
      if (bytes.length <= packetBytesMax) return { bytes, sent }; // [MQTT5-3.1.2-24]
    }
    const bytes = encodeForm(form);
    return bytes.length <= packetBytesMax ? { bytes, sent: nothing } : undefined;
  }

  /** The socket takes bytes again; also while it ends, for what is then still in the outbox. */
  drained(): void {
    if (this.#traffic) {
      this.#traffic.unreadAnswers = 0;
      this.#traffic.unreadAnswerBytes = 0;
    }
    this.outbox.flush();
    if (this.open && !this.closed) sendOwed(this.broker, this.open.session);
  }

  /** The other side has ended without a word. */
  lost(): void {
    this.close("CONNECTION_LOST");
  }

  /** The socket is no more, whoever wanted it: what it has not taken, nobody will. */
  gone(): void {
    this.lost();
    this.outbox.discard();
  }

  /**
   * The client has closed its transport in due form, with a WebSocket Close frame. To MQTT that is
   * a connection without a DISCONNECT, so its will is published, unless the limits say otherwise.
   */
  left(): void {
    if (this.open && this.broker.limits.closeFrameDiscardsWill) this.open.will = undefined;
    this.close("CLIENT_INITIATED_DISCONNECT");
  }

  /** The client broke the protocol: says so to it and in the log, and closes. */
  fail(message: string, complaint: Complaint = {}): void {
    if (this.closed) return;
    const { clause, reasonCode, reason = "CLIENT_ERROR" } = complaint;
    if (!this.open) this.broker.counters.connectsRefused.protocol += 1;
    this.broker.logger.warn("client error, connection closed", {
      clientId: this.open?.session.clientId,
      ip: this.link.remoteAddress,
      message: shortened(message, reasonCharactersMax),
      clause,
    });
    this.close(reason, { reasonCode, reasonString: message });
  }

  /** What cannot be read; a CONNECT of MQTT 5 gets its answer, as later packets do. */
  #refuseBytes(problem: ProtocolError, protocolLevel: ProtocolLevel): void {
    const { code, message, clause, reasonCode } = problem;
    if (code === "packet-too-large") this.broker.counters.bounds.packetBytesMax += 1;
    if (!this.open) this.protocolLevel = protocolLevel;
    // [MQTT-3.1.4-1] [MQTT5-3.1.4-1]
    if (!this.open && reasonCode !== undefined) {
      const properties = { reasonString: message };
      this.send({ type: "connack", sessionPresent: false, returnCode: reasonCode, properties });
    }
    this.fail(message, { clause, reasonCode });
  }

  /** Reads no further, and keeps what has been read, until `release`. */
  hold(): void {
    this.#held = new HeldPackets(this.broker.limits.packetBytesMax);
    this.link.pause();
  }

  /** Does what was waited for, and then what the client has sent meanwhile. */
  release(enter: () => void): void {
    const packets = this.#held?.take() ?? [];
    this.#held = undefined;
    if (this.closed) return;
    this.#lastPacketMs = this.broker.clock.monotonic();
    this.link.resume();
    enter();
    for (const packet of packets) this.handlePacket(packet);
  }

  /** CONNECT is accepted: from here on the connection owns its session. */
  establish(open: OpenState): void {
    assert(!this.open && !this.closed, "a connection is established once");
    this.#lastPacketMs = this.broker.clock.monotonic();
    this.open = open;
    const { packetBytesMax, outboundAliases } = this.wishes ?? noWishes;
    const bounded = outboundAliases !== undefined || packetBytesMax < Number.POSITIVE_INFINITY;
    this.plain = !bounded && !open.origin.access;
    this.guard = bounded ? undefined : open.origin.access;
    this.broker.counters.countAccepted();
    open.session.connection = this;
    open.session.disconnectedAtMs = undefined;
    open.session.disconnectReason = undefined;
  }

  /** Ends the connection; every call but the first does nothing. */
  close(reason: DisconnectReason, told: { reasonCode?: number; reasonString?: string } = {}): void {
    if (this.closed) return;
    if (this.outbox.held) this.outbox.discard();
    else this.#sayGoodbye(reason, told);
    this.closed = true;
    this.#decoder?.stop();
    this.#decoder = undefined;
    this.broker.connections.delete(this);
    this.outbox.flush();
    this.link.end(); // [MQTT5-3.14.4-2]
    const { counters } = this.broker;
    if (this.open) {
      counters.countDisconnect(reason);
      leaveSession(this, this.open, reason);
    } else if (farewells.has(reason)) counters.socketsAbandoned += 1;
  }

  #sayGoodbye(
    reason: DisconnectReason,
    told: { reasonCode?: number; reasonString?: string },
  ): void {
    const { reasonCode = disconnectCodes[reason], reasonString = disconnectTexts[reason] } = told;
    if (!this.open || !this.mqtt5 || reasonCode === undefined) return; // [MQTT5-3.14.0-1]
    // [MQTT5-3.14.2-2]
    const properties = reasonString === undefined ? undefined : { reasonString };
    const packet = { type: "disconnect", reasonCode, properties } as const; // [MQTT5-4.13.2-1]
    const bytes = this.#encodeFor(packet);
    if (bytes) this.#answer(bytes);
  }

  /** Answers once the changes are on disk, at once without any; never after the connection. */
  whenStored(
    changes: readonly Change[],
    answer: () => void,
    refuse = () => this.close("SERVER_ERROR"), // [MQTT-4.8.0-2]
  ): void {
    if (changes.length === 0) {
      answer();
      return;
    }
    void this.broker.tryToStore(changes).then((stored) => {
      if (!this.closed) (stored ? answer : refuse)();
    });
  }

  /** Closes a client that has said nothing for too long [MQTT-3.1.2-24], unless nobody listens. */
  closeIfSilent(nowMs: number): void {
    if (this.#traffic?.paused) return;
    const silentMs = nowMs - this.#lastPacketMs;
    if (!this.open) {
      if (!this.#held && silentMs > this.broker.limits.connectSecondsMax * 1000) this.#closeLate();
    } else if (this.open.keepAliveMs > 0 && silentMs > this.open.keepAliveMs * 1.5) {
      this.close("MQTT_KEEP_ALIVE_TIMEOUT"); // [MQTT5-3.1.2-22]
    }
  }

  /** Closes a client whose time is over. */
  closeIfOver(nowMs: number): void {
    const life = this.open?.life;
    if (!life || nowMs < life.endsAtMs) return;
    if (life.reason === "WEBSOCKET_TTL_EXPIRATION") {
      this.broker.counters.bounds.webSocketSecondsMax += 1;
    }
    this.close(life.reason);
  }

  #closeLate(): void {
    this.broker.counters.connectsRefused.late += 1;
    this.broker.counters.bounds.connectSecondsMax += 1;
    this.close("CLIENT_ERROR");
  }

  /** Reading pauses while too many of the client's publishes wait, so that memory stays bounded. */
  balanceReading(): void {
    if (this.openAckCount > packetIdCount) {
      const clause = "MQTT-2.3.1-2";
      this.fail("more PUBLISH packets are open than there are packet ids", { clause });
    }
    const tooMany = this.openAckCount > unacknowledgedMax;
    if (tooMany === this.traffic.paused || this.closed) return;
    this.traffic.paused = tooMany;
    if (tooMany) {
      this.link.pause();
      return;
    }
    this.#lastPacketMs = this.broker.clock.monotonic();
    this.link.resume();
  }

  /** A packet, in its turn. */
  handlePacket(packet: Packet): void {
    if (this.closed) return;
    if (this.#held) {
      if (!this.#held.add(packet)) this.fail("too much was sent before CONNACK");
      return;
    }
    this.broker.counters.packetsIn += 1;
    if (this.open) {
      this.#lastPacketMs = this.broker.tickMs;
      this.#handleOpen(this.open, packet);
    } else if (packet.type === "connect") {
      this.protocolLevel = this.#decoder?.protocolLevel ?? this.protocolLevel;
      handleConnect(this, packet);
      // [MQTT5-3.1.0-1]
    } else this.fail(`${packet.type.toUpperCase()} before CONNECT`, { clause: "MQTT-3.1.0-1" });
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
        this.send({ type: "pingresp" }); // [MQTT-3.12.4-1] [MQTT5-3.12.4-1]
        break;
      case "disconnect":
        handleDisconnect(this, open, packet);
        break;
      case "connect":
        // [MQTT5-3.1.0-2] [MQTT5-3.2.0-2]
        this.fail("second CONNECT on one connection", { clause: "MQTT-3.1.0-2" });
        break;
      case "auth":
        this.fail("AUTH without an authentication method", { clause: "MQTT5-4.12.0-7" });
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

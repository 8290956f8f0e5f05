/**
 * One client's connection: from bytes to packets to what each packet asks for.
 *
 * A connection is `opening` until CONNECT is accepted, then `open`, then `closed` for good.
 * Everything that can end it goes through `close`, which alone decides about the will, the session
 * and the event, so that each happens once.
 */

import { Decoder, encode, type Packet, type ProtocolLevel } from "@millrace/mqtt";
import { assert, newUuid, unreachable } from "../base/mod.ts";
import { AckQueue } from "./ack-queue.ts";
import type { Broker } from "./broker.ts";
import { releaseDelivery, sendQueued, settleDelivery } from "./deliver.ts";
import { handleConnect } from "./handle/connect.ts";
import { handlePublish } from "./handle/publish.ts";
import { handlePubrel } from "./handle/pubrel.ts";
import { handleSubscribe } from "./handle/subscribe.ts";
import { handleUnsubscribe } from "./handle/unsubscribe.ts";
import type { ConnectionFacts, DisconnectReason } from "./lifecycle.ts";
import type { Message, Origin } from "./message.ts";
import { Outbox, type Sink } from "./outbox.ts";
import type { Session } from "./session.ts";

/** A socket as the listeners give it. */
export interface Link extends Sink {
  readonly transport: "tcp" | "tls" | "websocket";
  /** The client's own, also behind a proxy that says whom it brings. */
  readonly remoteAddress: string;
  /** Over TLS alone; made from the socket when it is asked for, so not once that has ended. */
  readonly tls?: TlsFacts | undefined;
  /** Writes what is still buffered, then ends the socket; nothing is received any more. */
  end(): void;
  /** Stops and starts reading, so that the client has to wait. */
  pause(): void;
  resume(): void;
}

/** What a TLS handshake told. */
export interface TlsFacts {
  /** The name that the client asked for (SNI). */
  readonly serverName: string | undefined;
  /** The protocol that was agreed on (ALPN). */
  readonly alpn: string | undefined;
  /** One whose private key the client has proved to hold. */
  readonly clientCertificate:
    | {
        readonly pem: string;
        /** SHA-256 of the certificate, in lower-case hexadecimal digits. */
        readonly fingerprint: string;
        /** Its chain leads to an authority of this server; false when it was given none. */
        readonly verified: boolean;
      }
    | undefined;
}

/** What a connection has once CONNECT is accepted. */
export interface OpenState {
  readonly session: Session;
  readonly facts: ConnectionFacts;
  readonly origin: Origin;
  /** 0: no keep-alive. */
  readonly keepAliveMs: number;
  /** Published when the connection ends, unless the client takes leave first. */
  will: Message | undefined;
}

/** Publishes of one client that still wait for the disk or a rule; reading pauses beyond it. */
const unacknowledgedMax = 1000;

/** No client has more open than there are packet ids, in either direction. */
const packetIdCount = 65_535;

export class Connection {
  readonly broker: Broker;
  readonly link: Link;
  readonly outbox: Outbox;
  readonly acks: AckQueue;
  readonly sessionIdentifier: string;
  open: OpenState | undefined;
  #state: "opening" | "open" | "closed" = "opening";
  #lastReceivedMs: number;
  #paused = false;
  #unreadAnswers = 0;
  readonly #decoder: Decoder;

  constructor(broker: Broker, link: Link) {
    this.broker = broker;
    this.link = link;
    this.outbox = new Outbox(broker.flusher, link, broker.limits.outboxBytesMax);
    this.acks = new AckQueue((ack) => this.send(ack));
    this.sessionIdentifier = newUuid(broker.random);
    this.#lastReceivedMs = broker.clock.monotonic();
    this.#decoder = new Decoder({
      packetBytesMax: broker.limits.packetBytesMax,
      receive: (packet) => this.#handle(packet),
    });
  }

  /** As the client's CONNECT says it; until then that of MQTT 3.1.1. */
  get protocolLevel(): ProtocolLevel {
    return this.#decoder.protocolLevel;
  }

  get closed(): boolean {
    return this.#state === "closed";
  }

  /** Bytes from the socket, in any pieces. */
  receive(bytes: Uint8Array): void {
    if (this.#state === "closed") return;
    if (this.#state === "open") this.#lastReceivedMs = this.broker.clock.monotonic();
    const problem = this.#decoder.push(bytes);
    if (problem) this.fail(problem.message, problem.clause); // [MQTT-4.8.0-1]
  }

  /** Answers a packet; a client that asks on and on and reads no answer is closed. */
  send(packet: Packet): void {
    if (this.#state === "closed") return;
    this.outbox.send(encode(packet, this.protocolLevel));
    if (this.link.writable) return;
    this.#unreadAnswers += 1;
    if (this.#unreadAnswers > packetIdCount) this.fail("the client does not read its answers");
  }

  /** The socket takes bytes again; also while it ends, for what is then still in the outbox. */
  drained(): void {
    this.#unreadAnswers = 0;
    this.outbox.flush();
    if (this.open && !this.closed) sendQueued(this.broker, this.open.session);
  }

  /** The socket is gone without a word. */
  lost(): void {
    this.close("CONNECTION_LOST");
  }

  /** The client broke the protocol: says so in the log and closes. */
  fail(message: string, clause?: string): void {
    if (this.#state === "closed") return;
    this.broker.logger.warn("client error, connection closed", {
      clientId: this.open?.facts.clientId,
      ip: this.link.remoteAddress,
      message,
      clause,
    });
    this.close("CLIENT_ERROR");
  }

  /** CONNECT is accepted: from here on the connection owns its session. */
  establish(open: OpenState): void {
    assert(this.#state === "opening", "a connection is established once");
    this.#state = "open";
    this.#lastReceivedMs = this.broker.clock.monotonic();
    this.open = open;
    open.session.connection = this;
    open.session.disconnectedAtMs = undefined;
  }

  /** Ends the connection; every call but the first does nothing. */
  close(reason: DisconnectReason): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#decoder.stop();
    this.broker.connections.delete(this);
    this.outbox.flush();
    this.link.end();
    if (this.open) this.#leave(this.open, reason);
  }

  /** Answers once the session, if it is a durable one, is on disk; never after the connection. */
  whenSaved(session: Session, answer: () => void): void {
    if (!session.durable) {
      answer();
      return;
    }
    const answerUnlessClosed = () => {
      if (!this.closed) answer();
    };
    this.broker.saveSession(session).then(answerUnlessClosed, (error: unknown) => {
      this.broker.reportStorageError(error);
      this.close("SERVER_ERROR"); // [MQTT-4.8.0-2]
    });
  }

  #leave(open: OpenState, reason: DisconnectReason): void {
    const { broker } = this;
    const { session, facts, will } = open;
    session.connection = undefined;
    session.disconnectedAtMs = broker.clock.now();
    if (!session.durable)
      broker.dropSession(session); // [MQTT-3.1.2-6]
    else broker.saveSession(session).catch(broker.reportStorageError);
    broker.observer.disconnected(facts, reason);
    if (will) this.#publishWill(will); // [MQTT-3.1.2-8]
  }

  async #publishWill(will: Message): Promise<void> {
    const { logger } = this.broker;
    const outcome = await this.broker.publish(will);
    if (outcome.accepted) return;
    const { clientId } = will.origin;
    logger.warn("will refused", { clientId, topic: will.topic, reason: outcome.reason });
  }

  /** Closes a client that has said nothing for too long [MQTT-3.1.2-24], unless nobody listens. */
  closeIfSilent(nowMs: number): void {
    if (this.#paused) return;
    const silentMs = nowMs - this.#lastReceivedMs;
    if (!this.open) {
      if (silentMs > this.broker.limits.connectSecondsMax * 1000) this.close("CLIENT_ERROR");
    } else if (this.open.keepAliveMs > 0 && silentMs > this.open.keepAliveMs * 1.5) {
      this.close("MQTT_KEEP_ALIVE_TIMEOUT");
    }
  }

  /** Reading pauses while too many of the client's publishes wait, so that memory stays bounded. */
  balanceReading(): void {
    if (this.acks.length > packetIdCount) {
      this.fail("more PUBLISH packets are open than there are packet ids", "MQTT-2.3.1-2");
    }
    const tooMany = this.acks.length > unacknowledgedMax;
    if (tooMany === this.#paused || this.closed) return;
    this.#paused = tooMany;
    if (tooMany) {
      this.link.pause();
      return;
    }
    this.#lastReceivedMs = this.broker.clock.monotonic();
    this.link.resume();
  }

  #handle(packet: Packet): void {
    if (this.#state === "closed") return;
    if (packet.type === "connect") {
      if (this.open) this.fail("second CONNECT on one connection", "MQTT-3.1.0-2");
      else handleConnect(this, packet);
    } else if (this.open) this.#handleOpen(this.open, packet);
    else this.fail(`${packet.type.toUpperCase()} before CONNECT`, "MQTT-3.1.0-1");
  }

  #handleOpen(open: OpenState, packet: Exclude<Packet, { type: "connect" }>): void {
    switch (packet.type) {
      case "publish":
        handlePublish(this, open, packet);
        break;
      case "puback":
        settleDelivery(this.broker, open.session, packet.packetId);
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
        open.will = undefined; // [MQTT-3.14.4-3]
        this.close("CLIENT_INITIATED_DISCONNECT");
        break;
      case "pubrec":
        releaseDelivery(this.broker, open.session, packet.packetId);
        break;
      case "pubrel":
        handlePubrel(this, open, packet);
        break;
      case "pubcomp":
        settleDelivery(this.broker, open.session, packet.packetId);
        break;
      case "auth":
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

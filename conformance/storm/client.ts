/**
 * One client id in a storm, over all of its connections: connect, do something, part, come back.
 *
 * It keeps its side of the protocol to the letter, so that whatever goes wrong is the server's. How
 * it parts from a connection is drawn: with DISCONNECT, without a word, in the middle of a packet,
 * or by connecting anew while the old connection still stands.
 */

import { type Connack, type Connect, mqtt5Level, type Packet } from "@millrace/mqtt";
import type { History, Life } from "./history.ts";
import { Incoming } from "./incoming.ts";
import { Line } from "./line.ts";
import { Outgoing } from "./outgoing.ts";
import type { Plan } from "./plan.ts";
import { Presence } from "./presence.ts";
import type { Random } from "./random.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Wills } from "./wills.ts";
import { Writer } from "./writer.ts";

/** What a storm is to its clients. */
export interface World {
  readonly history: History;
  readonly addresses: { readonly mqtt: string; readonly websocket: string };
  /** No more mischief: everybody stays, and finishes what is open. */
  readonly isCalm: boolean;
  /** A packet has come that a kill may want to follow on the heels of. */
  moment(packet: Packet["type"]): void;
  /** Whether one more message keeps the storm within its pace; it then counts as published. */
  mayPublish(): boolean;
}

const sessionSeconds = 3600;
const answerMsMax = 10_000;

export class StormClient {
  readonly plan: Plan;
  readonly #world: World;
  readonly #random: Random;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #subscriptions: Subscriptions;
  readonly #presence: Presence;
  readonly #writer: Writer;
  readonly #wills: Wills;
  #line: Line | undefined;
  /** The last one that the server has answered. */
  #accepted: Line | undefined;
  /** Still open while the next connection takes over from it. */
  #old: Line | undefined;
  #life: Life | undefined;
  #hasTakenLeave = false;
  #isFresh = false;
  #answers: Packet[] = [];
  #leaving: "disconnect" | "vanish" | undefined;

  constructor(plan: Plan, world: World, random: Random) {
    this.plan = plan;
    this.#world = world;
    this.#random = random;
    this.#outgoing = new Outgoing(plan, world.history);
    this.#incoming = new Incoming(plan, world.history);
    this.#subscriptions = new Subscriptions(plan, world.history, random.fork("subscriptions"));
    this.#presence = new Presence(plan.protocolLevel);
    this.#writer = new Writer(plan, world.history, random.fork("writer"));
    this.#wills = new Wills(plan, world.history, random.fork("wills"));
  }

  /** Connected to a durable session, and nothing is open that it has asked for. */
  get isSettled(): boolean {
    const isThere = this.#line?.isOpen === true && this.#line === this.#accepted;
    return (
      isThere &&
      this.#life?.durable === true &&
      this.#outgoing.isEmpty &&
      this.#subscriptions.isSettled
    );
  }

  /** Resolves after `leave`; may be called again then. */
  async run(): Promise<void> {
    this.#leaving = undefined;
    while (!this.#leaving) {
      const line = await this.#connect();
      if (line) {
        await this.#stay(line);
        this.#wills.parted({
          withDisconnect: this.#hasTakenLeave,
          isDurable: this.#life?.durable === true,
          isForGood: this.#leaving !== undefined,
        });
        if (this.#life?.durable === false) this.#endLife(); // it was the connection's
      }
      if (!this.#leaving) await Bun.sleep(this.#random.between(20, line ? 600 : 120));
    }
  }

  /** Ends with this connection; one that says DISCONNECT waits until the server has closed. */
  leave(how: "disconnect" | "vanish"): void {
    this.#leaving = how;
    this.#note(`leaves: ${how}`);
    const line = this.#line;
    if (how === "vanish") line?.cut("vanish");
    else {
      this.#takeLeave();
      setTimeout(() => line?.cut("leave"), answerMsMax).unref();
    }
  }

  say(topic: string, qos: 1 | 2): void {
    this.#outgoing.publish(this.#writer.message(topic, qos));
  }

  async #connect(): Promise<Line | undefined> {
    const { history, addresses, isCalm } = this.#world;
    const { clientId, door, protocolLevel, freshChance } = this.plan;
    const { promise: accepted, resolve: accept } = Promise.withResolvers<void>();
    const line = await Line.open({
      url: addresses[door],
      protocolLevel,
      random: this.#random,
      receive: (packet) => {
        if (this.#line !== line) return; // a connection that another one has taken over from
        this.#handle(packet, judge, accept);
        this.#world.moment(packet.type);
      },
      malformed: (message) => history.violate("well-formed packets", message, [clientId]),
    });
    if (!line) return undefined;
    this.#line = line;
    // A clean start is repeated until it is answered, so that everybody knows that it happened.
    this.#isFresh ||= !isCalm && this.#random.chance(freshChance);
    this.#hasTakenLeave = false;
    const connect = this.#connectPacket();
    this.#note(`> connect${this.#isFresh ? " fresh" : ""} over ${door}`);
    const judge = this.#presence.connecting(this.#isFresh);
    line.send(connect);
    const isAccepted = await Promise.race([
      accepted.then(() => true),
      line.closed.then(() => false),
      Bun.sleep(answerMsMax).then(() => false),
    ]);
    this.#old?.cut("vanish");
    this.#old = undefined;
    if (!isAccepted) line.cut("vanish");
    return isAccepted ? line : undefined;
  }

  #connectPacket(): Connect {
    const { clientId, protocolLevel, receiveMaximum, topicAliasMaximum } = this.plan;
    const isMqtt5 = protocolLevel === mqtt5Level;
    const sessionExpiryInterval = sessionSeconds;
    return {
      type: "connect",
      protocolLevel,
      cleanSession: this.#isFresh,
      keepAliveSeconds: 600,
      clientId,
      will: this.#wills.next(),
      properties: isMqtt5
        ? {
            sessionExpiryInterval,
            receiveMaximum,
            topicAliasMaximum: topicAliasMaximum || undefined,
          }
        : undefined,
    };
  }

  #handle(
    packet: Packet,
    judge: (present: boolean) => string | undefined,
    accept: () => void,
  ): void {
    switch (packet.type) {
      case "connack":
        this.#welcome(packet, judge);
        accept();
        break;
      case "publish":
        this.#answer(this.#life && this.#incoming.publish(packet, this.#life));
        if (!this.#world.isCalm && this.#random.chance(0.002)) this.#line?.cut("vanish");
        break;
      case "pubrel":
        this.#answer(this.#incoming.pubrel(packet));
        break;
      case "puback":
      case "pubrec":
      case "pubcomp":
        this.#outgoing.acknowledged(packet);
        if (packet.type !== "puback") this.#presence.promised();
        break;
      case "suback":
        this.#subscriptions.granted(packet);
        this.#presence.promised();
        break;
      case "unsuback":
        this.#subscriptions.left(packet);
        this.#presence.promised();
        break;
      case "disconnect":
        this.#note(`< disconnect ${packet.reasonCode}`);
        break;
      default:
    }
  }

  #welcome(packet: Connack, judge: (present: boolean) => string | undefined): void {
    const { sessionPresent, returnCode, properties } = packet;
    this.#note(`< connack ${returnCode} session present ${sessionPresent}`);
    if (returnCode !== 0) {
      this.#violate("accepts what is allowed", `CONNACK with ${returnCode}`);
      return;
    }
    const wrong = judge(sessionPresent);
    if (wrong) this.#violate("session present", wrong);
    if (!sessionPresent || !this.#life || this.#isFresh) this.#beginLife();
    this.#isFresh = false;
    this.#accepted = this.#line;
    this.#answers = [];
    const send = (one: Packet) => this.#send(one);
    this.#incoming.connected();
    this.#outgoing.connected(send, properties);
    this.#subscriptions.connected(send, this.#life!);
  }

  #beginLife(): void {
    this.#endLife();
    const { clientId, protocolLevel } = this.plan;
    const isDurable = !this.#isFresh || protocolLevel === mqtt5Level;
    this.#life = this.#world.history.beginLife(clientId, isDurable);
  }

  #endLife(): void {
    if (this.#life) this.#life.endedAt = this.#world.history.tick;
    this.#life = undefined;
    this.#outgoing.forget();
    this.#incoming.forget();
  }

  /** Until the connection has ended, or is to be parted from. */
  async #stay(line: Line): Promise<void> {
    const endMs = performance.now() + this.#random.between(50, 2_500);
    while (line.isOpen) {
      if (this.#world.isCalm) {
        // The next session is a durable one.
        if (this.#life?.durable === false && !this.#leaving) break;
        this.#subscriptions.joinAll();
        await Promise.race([line.closed, Bun.sleep(50)]);
        continue;
      }
      if (performance.now() > endMs) break;
      this.#act();
      await Promise.race([line.closed, Bun.sleep(this.#random.between(2, 60))]);
    }
    if (line.isOpen && !this.#leaving) this.#part(line);
  }

  #act(): void {
    const random = this.#random;
    for (let count = random.between(1, 12); count > 0; count -= 1) {
      if (!this.#outgoing.hasRoom || !this.#world.mayPublish()) break;
      const message = this.#writer.next();
      if (message) this.#outgoing.publish(message);
    }
    if (random.chance(0.04)) this.#subscriptions.leaveOne();
    if (random.chance(0.08)) this.#subscriptions.joinAll();
    if (random.chance(0.04)) this.#subscriptions.joinAgain();
    if (random.chance(0.04)) this.#send({ type: "pingreq" });
  }

  #part(line: Line): void {
    const how = this.#random.pick(["disconnect", "leave", "vanish", "reset", "torn", "overtaken"]);
    this.#note(`parts: ${how}`);
    if (how === "overtaken") {
      this.#old = line;
      this.#line = undefined;
      return;
    }
    if (how === "disconnect") this.#takeLeave();
    if (how === "torn") line.sendTorn(this.#writer.torn());
    line.cut(how === "vanish" || how === "reset" ? how : "leave");
  }

  #takeLeave(): void {
    if (this.#line?.isOpen) this.#hasTakenLeave = true;
    this.#send({ type: "disconnect" });
  }

  /** Answers leave in the order in which they are due, at once or a little later. */
  #answer(packet: Packet | undefined): void {
    if (!packet || this.#answers.push(packet) > 1) return;
    const line = this.#line;
    const flush = () => {
      if (this.#line !== line) return;
      for (const answer of this.#answers.splice(0)) {
        this.#send(answer);
        this.#incoming.answered(answer);
      }
    };
    const delayMs = this.#random.between(0, this.plan.answerDelayMsMax);
    if (delayMs === 0) flush();
    else setTimeout(flush, delayMs);
  }

  #send(packet: Packet): void {
    this.#line?.send(packet);
  }

  #note(what: string, key = ""): number {
    return this.#world.history.note(this.plan.clientId, what, key);
  }

  #violate(rule: string, text: string): void {
    this.#world.history.violate(rule, text, [this.plan.clientId]);
  }
}

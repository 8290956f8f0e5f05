/**
 * The model: what clients may see of a broker that keeps its promises. Sets and lists, nothing
 * clever.
 *
 *   M1   What arrives was published: topic and payload, byte for byte.
 *   M2   It arrives only where a matching filter may have been subscribed while it may have been
 *        published.
 *   M3   It arrives with the lower of the QoS it was published with and the one granted.
 *   M4   A message of QoS 1 or 2 whose sender was told that it is owned arrives at every session
 *        that was certainly subscribed from its sending to its acknowledgement, and at one member
 *        of a share; unless the session has ended, the message expires, or the broker has told
 *        that the line was full.
 *   M5   A message of QoS 0 or 2 arrives at most once with that QoS.
 *   M6   The first arrivals of one publisher's messages on one topic, with one QoS, are in the
 *        order of their sending, at a session that was subscribed, for this QoS, when the first
 *        was sent and whose line was not full, and of messages that do not expire: else a
 *        repetition may show one late.
 *   M7   Session present is set when a session was kept, and only then; so are subscriptions, as
 *        far as the answer to UNSUBSCRIBE tells.
 *   M8   A client id has one connection. What the one before it sends after the new CONNACK is
 *        neither acknowledged nor published.
 *   M9   A retained message is one that no later write has certainly replaced; where there
 *        certainly is one, a reader finds one; an acknowledged delete deletes; what has expired
 *        is gone.
 *   M10  A will is published only after its connection ended without a DISCONNECT that the broker
 *        has got, not before its delay has passed, and not when its client came back to the
 *        session before. Then it is owed like any message (M4), over a crash as well where the
 *        session is kept.
 *   M11  A packet id stands for one message until that is over; what was not asked is not answered;
 *        a client that keeps to the standard is not blamed, and its bounds are kept.
 *   M12  Once nothing fails any more, every request is answered, and QoS 0 arrives too (M4).
 *   M13  A client is closed for silence only when it was silent for one and a half times its
 *        keep-alive; one that is silent for longer is closed.
 *   M14  The broker starts after every crash.
 *   M15  What a client has acknowledged long before a crash does not come again after it.
 *
 * Nothing is asked of order between publishers, nor of what QoS 0 loses, nor of what a process
 * publishes that dies before it has told anybody.
 */

import type { DisconnectReason } from "../../mod.ts";
import type { Trace } from "../trace.ts";
import { type Arrival, ArrivalRules } from "./arrivals.ts";
import type { ConnectionFacts, ConnectionModel } from "./connection-model.ts";
import {
  type MessageDraft,
  Messages,
  type Moment,
  never,
  type SimulatedMessage,
} from "./messages.ts";
import { findMissing } from "./owed.ts";
import { Presence } from "./presence.ts";
import { type Reading, RetainedModel } from "./retained.ts";
import type { SessionModel } from "./session-model.ts";
import type { Wish } from "./subscriptions.ts";
import { type After, Wills } from "./wills.ts";

/** A SUBSCRIBE, or with no wishes an UNSUBSCRIBE, that waits for its answer. */
export interface SubscriptionRequest {
  readonly connection: ConnectionModel;
  readonly filters: readonly string[];
  readonly wishes: readonly Wish[] | undefined;
  readonly requestedAt: Moment;
}

export interface ModelOptions {
  readonly trace: Trace;
  readonly nowMs: () => number;
}

/** UNSUBACK of MQTT 5: there was nothing to leave. */
const noSubscriptionExisted = 0x11;

export class Model {
  readonly #options: ModelOptions;
  readonly #messages = new Messages();
  readonly #retained = new RetainedModel();
  readonly #wills: Wills;
  readonly #arrivals: ArrivalRules;
  readonly #presences = new Map<string, Presence>();
  readonly #connections = new Map<string, ConnectionModel>();
  readonly #sessions = new Set<SessionModel>();
  #now: Moment = 0;
  #settledAt: Moment = 0;
  #violation: string | undefined;

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#wills = new Wills({
      tick: () => this.tick(),
      nowMs: options.nowMs,
      newerThan: (connection) => this.#newerThan(connection),
    });
    this.#arrivals = new ArrivalRules({
      messages: this.#messages,
      retained: this.#retained,
      wills: this.#wills,
      settledAt: () => this.#settledAt,
      fail: (rule, what) => this.fail(rule, what),
    });
  }

  /** The first rule that was broken, and how; `undefined` while none is. */
  get violation(): string | undefined {
    return this.#violation;
  }

  get messageCount(): number {
    return this.#messages.all.length;
  }

  fail(rule: string, what: string): void {
    this.#options.trace.note(`VIOLATION ${rule} ${what}`);
    this.#violation ??= `${rule}: ${what}`;
  }

  /** The next moment. */
  tick(): Moment {
    this.#now += 1;
    return this.#now;
  }

  /** Everybody has got and acknowledged what was sent until now, long ago. */
  settle(): void {
    this.#settledAt = this.tick();
  }

  get isSettled(): boolean {
    return this.#settledAt > 0;
  }

  /** `kind`: whether the client says it, its will does, or another program in its name. */
  makeMessage(
    clientId: string,
    kind: "own" | "will" | "beside",
    draft: MessageDraft,
  ): SimulatedMessage {
    const publisher = kind === "beside" ? `${clientId}!` : clientId;
    const message = this.#messages.make({ clientId, publisher, isWill: kind === "will" }, draft);
    if (message.retain) this.#retained.add(message);
    return message;
  }

  /** CONNECT was sent. */
  connecting(facts: ConnectionFacts): ConnectionModel {
    const state = { session: undefined, superseded: false, openAtBroker: false };
    const connection: ConnectionModel = { ...facts, ...state, leftAtMs: undefined };
    this.#connections.set(facts.name, connection);
    this.#wills.connecting(connection);
    this.#presenceOf(facts.clientId).connecting(facts, this.tick());
    return connection;
  }

  /** CONNACK has come. */
  connected(connection: ConnectionModel, sessionPresent: boolean): void {
    const { clientId, name } = connection;
    const presence = this.#presenceOf(clientId);
    const answer = { ...connection, sessionPresent, nowMs: this.#options.nowMs() };
    const complaint = presence.connected(answer, this.tick());
    if (complaint) this.fail("M7", `${name} of ${clientId}: ${complaint}`);
    connection.session = presence.session;
    if (connection.session) this.#sessions.add(connection.session);
    for (const other of this.#connections.values()) {
      if (other.clientId === clientId && other !== connection) other.superseded = true;
    }
    this.#wills.connected(connection, sessionPresent);
  }

  /** DISCONNECT was sent, with another expiry of the session. */
  takingLeave({ clientId }: ConnectionModel, expiryMs: number): void {
    this.#presenceOf(clientId).takingLeave(expiryMs, this.tick());
  }

  /** The client knows that the connection is over. */
  closed({ clientId, session }: ConnectionModel): void {
    const presence = this.#presenceOf(clientId);
    if (session && presence.session === session) presence.closed(this.tick());
  }

  /** PUBLISH was sent, perhaps not for the first time. */
  sent(message: SimulatedMessage, connection: ConnectionModel, isMqtt5: boolean): void {
    if (!isMqtt5) message.mayLast = true;
    if (message.sentAt !== never) return;
    message.sentAt = this.tick();
    message.sentAtMs = this.#options.nowMs();
    message.void = connection.superseded;
  }

  /** PUBACK or PUBREC has come. */
  owned(message: SimulatedMessage, connection: ConnectionModel): void {
    if (message.void) this.fail("M8", `${message.name} acknowledged on ${connection.name}`);
    if (message.ownedAt !== never) return;
    message.ownedAt = this.tick();
    message.ownedAtMs = this.#options.nowMs();
  }

  subscribing(connection: ConnectionModel, wishes: readonly Wish[]): SubscriptionRequest {
    const at = this.tick();
    const { session } = connection;
    for (const wish of wishes) session?.subscriptions.requested(wish.filter, wish, at);
    const filters = wishes.map(({ filter }) => filter);
    const reading = wishes.filter(({ retainHandling }) => retainHandling !== 2);
    session?.reads.push({
      filters: reading.map(({ filter }) => filter),
      from: at,
      fromMs: this.#options.nowMs(),
    });
    return { connection, filters, wishes, requestedAt: at };
  }

  /** A message of QoS 0 that had every chance to arrive. */
  settled(message: SimulatedMessage): void {
    message.ownedAt = this.tick();
    message.inCalm = true;
  }

  unsubscribing(connection: ConnectionModel, filters: readonly string[]): SubscriptionRequest {
    const at = this.tick();
    for (const filter of filters)
      connection.session?.subscriptions.requested(filter, undefined, at);
    return { connection, filters, wishes: undefined, requestedAt: at };
  }

  /** `codes`: one for each filter; none in an UNSUBACK before MQTT 5. */
  subscriptionsAnswered(request: SubscriptionRequest, codes: readonly number[] | undefined): void {
    const at = this.tick();
    const { connection, filters, wishes, requestedAt } = request;
    for (const [index, filter] of filters.entries()) {
      const found = connection.session?.subscriptions.answered(filter, requestedAt, at);
      const code = codes?.[index];
      if (code === undefined) continue;
      const about = `${connection.clientId} got ${code} for "${filter}"`;
      if (wishes) {
        if (code !== wishes[index]?.qos) this.fail("M3", about);
      } else if (found === (code === noSubscriptionExisted ? "some" : "none")) {
        this.fail("M7", `${about}, where there was ${found}`);
      }
    }
  }

  /** A PUBLISH has come that is no repetition of what the client holds already. */
  arrived(connection: ConnectionModel, arrival: Arrival): void {
    this.#arrivals.check(connection, arrival, this.tick(), this.#options.nowMs());
  }

  /** When a reader begins. */
  beginReading(): Pick<Reading, "from" | "fromMs"> {
    return { from: this.tick(), fromMs: this.#options.nowMs() };
  }

  /** What a reader without faults has found on topics that match the filter. */
  foundRetained(
    topics: ReadonlySet<string>,
    filter: string,
    began: Pick<Reading, "from" | "fromMs">,
  ): void {
    const reading = { ...began, to: this.tick(), toMs: this.#options.nowMs() };
    for (const topic of this.#retained.topicsMatching(filter)) {
      if (topics.has(topic) || this.#retained.mayFindNothing(topic, reading)) continue;
      this.fail("M9", `nothing is retained on "${topic}"`);
    }
  }

  /** The broker has accepted the connection. */
  opened(name: string): void {
    const opened = this.#connections.get(name);
    if (!opened) return;
    for (const other of this.#connections.values()) {
      if (other.clientId !== opened.clientId || !other.openAtBroker) continue;
      this.fail("M8", `${other.name} and ${name} are both connections of ${opened.clientId}`);
    }
    opened.openAtBroker = true;
    this.#presenceOf(opened.clientId).opened();
  }

  /** The broker has ended the connection; `tookLeave`: its DISCONNECT had come. */
  ended(
    name: string,
    how: { reason: DisconnectReason; tookLeave: boolean; silentMs: number },
    after: After,
  ): void {
    const connection = this.#connections.get(name);
    if (!connection) return;
    const { clientId, keepAliveMs } = connection;
    const nowMs = this.#options.nowMs();
    connection.openAtBroker = false;
    this.#presenceOf(clientId).disconnected(nowMs);
    this.#checkReason(connection, how.reason);
    const isEarly = keepAliveMs === 0 || how.silentMs < 1.5 * keepAliveMs - 1;
    if (how.reason === "MQTT_KEEP_ALIVE_TIMEOUT" && isEarly) {
      this.fail("M13", `${name} of ${clientId} was closed after ${how.silentMs} ms of silence`);
    }
    if (how.tookLeave) connection.leftAtMs = nowMs;
    else this.#wills.ended(connection, after);
  }

  killed(): void {
    this.#wills.killed(this.#connections.values());
    for (const presence of this.#presences.values()) presence.killed(this.#options.nowMs());
    for (const connection of this.#connections.values()) connection.openAtBroker = false;
  }

  /** The broker has ended in order: what it was told is on disk. */
  shutDown(): void {
    this.#wills.shutDown();
  }

  restarted(after: After): void {
    this.#wills.restarted(after);
    for (const presence of this.#presences.values()) presence.restarted(this.#options.nowMs());
  }

  overflowTold(clientId: string): void {
    const { session } = this.#presenceOf(clientId);
    if (session) session.overflowTold = true;
  }

  /** Once everything has had time to arrive. */
  checkOwed(): void {
    const missing = findMissing([...this.#sessions], this.#messages.all, this.#now);
    for (const what of missing) this.fail("M4", what);
  }

  #checkReason({ name, clientId }: ConnectionModel, reason: DisconnectReason): void {
    const blames = reason === "CLIENT_ERROR" || reason === "AUTH_ERROR" || reason === "THROTTLED";
    if (blames) this.fail("M11", `${name} of ${clientId} was ended with ${reason}`);
  }

  #newerThan(connection: ConnectionModel): ConnectionModel[] {
    const all = [...this.#connections.values()];
    return all
      .slice(all.indexOf(connection) + 1)
      .filter(({ clientId }) => clientId === connection.clientId);
  }

  #presenceOf(clientId: string): Presence {
    let presence = this.#presences.get(clientId);
    if (!presence) {
      presence = new Presence(clientId);
      this.#presences.set(clientId, presence);
    }
    return presence;
  }
}

/**
 * The broker: everything that its parts share, and its life from start to close.
 *
 * Packets come in through `Connection`, messages through `publish`. One thread, no locks: what runs
 * between two awaits is atomic, and the only awaits are for the disk and for taps.
 */

import {
  assert,
  type Clock,
  errorText,
  type Figure,
  type Figured,
  type Logger,
  type Random,
} from "../base/mod.ts";
import type { Change, Records } from "../storage/mod.ts";
import type { Admission } from "./admission.ts";
import { type ClientState, clientState } from "./client-state.ts";
import { Connection } from "./connection/connection.ts";
import { Connections } from "./connection/connections.ts";
import { Decoders } from "./connection/decoders.ts";
import { Identifiers } from "./connection/identifiers.ts";
import type { Link } from "./connection/link.ts";
import { Flusher } from "./connection/outbox.ts";
import { Rate } from "./connection/rate.ts";
import { Counters } from "./counters.ts";
import { type DirectOutcome, sendDirect } from "./delivery/direct.ts";
import { redistribute } from "./delivery/redistribute.ts";
import { brokerFigures } from "./figures.ts";
import { atLeast, atMost } from "./grant.ts";
import type { LifecycleObserver } from "./lifecycle.ts";
import type { BrokerLimits } from "./limits.ts";
import type { Message, PublishOutcome, QoS } from "./message.ts";
import { publish } from "./publish.ts";
import { cancelDeadline } from "./session/deadline.ts";
import { Departures } from "./session/departures.ts";
import { restoreSessions } from "./session/restore.ts";
import type { Session } from "./session/session.ts";
import { removeRemains, sessionChange, sessionRemoval, store } from "./session/session-store.ts";
import { publishWill } from "./session/will.ts";
import { Retained } from "./topics/retained.ts";
import { SystemTopics } from "./topics/system-topics.ts";
import { TopicTree } from "./topics/topic-tree.ts";

/** Sees every accepted message after delivery; a promise makes the acknowledgement wait for it. */
export type Tap = (message: Message) => Promise<void> | undefined;

export interface BrokerOptions {
  readonly records: Records;
  readonly limits: BrokerLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly admit: Admission;
  readonly taps: readonly Tap[];
  /** Gets messages for one rule alone, instead of everybody else; absent: they are refused. */
  readonly ingest?: Tap;
  /** Whether a tap answers messages on this reserved topic; absent: none does. */
  readonly takesRequests?: (topic: string) => boolean;
  readonly observer: LifecycleObserver;
  /** Runs the callback once, after the input that is at hand has been worked off. */
  readonly atEndOfTurn: (callback: () => void) => void;
}

export interface ClientSubscription {
  readonly filter: string;
  readonly options: { readonly qos: QoS };
  /** Grows from one to the next of a session. */
  readonly number: number;
}

const sweepEveryMs = 1000;
const drainMsMax = 2000;
const drainPollMs = 5;

export class Broker implements Figured {
  readonly records: Records;
  readonly limits: BrokerLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly admit: Admission;
  readonly taps: readonly Tap[];
  readonly ingest: Tap | undefined;
  readonly takesRequests: (topic: string) => boolean;
  readonly observer: LifecycleObserver;
  readonly counters = new Counters();
  readonly flusher: Flusher;
  readonly topics: TopicTree<Session>;
  readonly retained: Retained;
  readonly systemTopics: SystemTopics;
  readonly sessions = new Map<string, Session>();
  /**
   * Client ids whose session has ended while its record is still on disk; for long when the disk
   * has refused to let it go.
   */
  readonly removing = new Set<string>();
  readonly connections = new Connections();
  readonly departures: Departures;
  readonly connectRate: Rate;
  readonly decoders: Decoders;
  readonly identifiers: Identifiers;
  /** Runs the callback once the input that is at hand has been worked off. */
  readonly later: (callback: () => void) => void;
  /** When bytes last came, by the monotonic clock. */
  tickMs = 0;
  /** What nobody waits for but `close`: wills on their way, sessions that leave the disk. */
  readonly #afterwards = new Set<Promise<void>>();
  #publishNumber = 0;
  #nextSequence = 1;
  #closed = false;

  constructor(options: BrokerOptions) {
    this.records = options.records;
    this.limits = options.limits;
    this.clock = options.clock;
    this.random = options.random;
    this.logger = options.logger;
    this.admit = options.admit;
    this.taps = options.taps;
    this.ingest = options.ingest;
    this.takesRequests = options.takesRequests ?? (() => false);
    this.observer = options.observer;
    this.later = options.atEndOfTurn;
    this.flusher = new Flusher(options.atEndOfTurn, this.counters);
    this.departures = new Departures(options.clock);
    this.connectRate = new Rate(options.limits.connectsPerSecondMax);
    this.decoders = new Decoders(options.limits.packetBytesMax);
    this.identifiers = new Identifiers(options.random);
    this.topics = new TopicTree(options.limits);
    this.systemTopics = new SystemTopics(this);
    this.retained = new Retained({
      ...options,
      reportStorageError: this.reportStorageError,
      madeFor: (filter) => this.systemTopics.matching(filter),
    });
  }

  /** Of everything in the broker; walks over the connections. */
  figures(): Figure[] {
    return brokerFigures(this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Brings back sessions and retained messages; before the first connection. */
  async start(): Promise<void> {
    await this.retained.load();
    await restoreSessions(this);
    this.#sweepLater();
    this.systemTopics.start();
  }

  /** Takes over a socket; its bytes go to `receive` of what comes back. Closed, it ends it. */
  connect(link: Link): Connection {
    const connection = new Connection(this, link);
    this.connections.add(connection);
    this.counters.socketsOpened += 1;
    if (this.#closed)
      connection.close("SERVER_INITIATED_DISCONNECT"); // it came through too late
    else if (this.connections.size > this.limits.connectionsMax) {
      this.counters.connectsRefused.connections += 1;
      this.counters.bounds.connectionsMax += 1;
      connection.close("THROTTLED");
    }
    return connection;
  }

  publish(
    message: Message,
    alongside?: readonly Change[],
    whenTold?: () => readonly Change[],
  ): PublishOutcome | Promise<PublishOutcome> {
    return publish(this, message, alongside, whenTold);
  }

  /**
   * Ends a client's connection from outside; false when it has none. `cleanSession` ends its
   * session too, `preventWill` keeps its will back.
   */
  disconnect(clientId: string, options: { cleanSession: boolean; preventWill: boolean }): boolean {
    const session = this.sessions.get(clientId);
    const open = session?.connection?.open;
    if (!session?.connection || !open) return false;
    if (options.preventWill) open.will = undefined;
    if (options.cleanSession) session.expirySeconds = 0;
    session.connection.close("API_INITIATED_DISCONNECT");
    return true;
  }

  /** Ends all connections of a principal that may be here no more; answers with how many. */
  expel(principal: string): number {
    let count = 0;
    for (const connection of this.connections) {
      if (connection.open?.origin.principal !== principal) continue;
      connection.close("AUTH_ERROR");
      count += 1;
    }
    return count;
  }

  /** `undefined` for a client of whom nothing is known. */
  clientState(clientId: string): ClientState | undefined {
    return clientState(this, clientId);
  }

  /** In the order in which they were made; `undefined` when the client has no session. */
  subscriptionsOf(clientId: string): Iterable<ClientSubscription> | undefined {
    return this.sessions.get(clientId)?.subscriptions();
  }

  /** When a message expires that was given so many seconds: by the wall clock, within bounds. */
  expiresAtMs(seconds: number): number {
    const long = atLeast(this, "messageExpirySecondsMin", seconds);
    const granted = atMost(this, "messageExpirySecondsMax", long);
    return this.clock.now() + granted * 1000;
  }

  /** Sends to one client that is connected, past all subscriptions. */
  sendDirect(clientId: string, message: Message): DirectOutcome {
    return sendDirect(this, clientId, message);
  }

  /** Bytes have come: takes the time once for everything that they hold. */
  receiveTick(): void {
    this.tickMs = this.clock.monotonic();
  }

  nextPublishNumber(): number {
    this.#publishNumber += 1;
    return this.#publishNumber;
  }

  /** The place in the lines on disk that comes next. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /**
   * The next place in the lines on disk. One count for all of them, over restarts too, so that a
   * new session never takes a place that an earlier one of its client id has had.
   */
  takeSequence(): number {
    this.#nextSequence += 1;
    return this.#nextSequence - 1;
  }

  /** No later place will be below `sequence`. */
  skipSequences(sequence: number): void {
    this.#nextSequence = Math.max(this.#nextSequence, sequence);
  }

  saveSession(session: Session): Promise<void> {
    return store(this.records, [sessionChange(session)]);
  }

  /** Ends a session for good: nothing is kept and nothing reaches it any more. */
  dropSession(session: Session): void {
    const { clientId, will } = session;
    assert(this.sessions.get(clientId) === session, "only a current session is dropped");
    this.sessions.delete(clientId);
    this.departures.add(session);
    for (const subscription of session.subscriptions()) this.topics.remove(subscription);
    session.feeds = undefined;
    cancelDeadline(session);
    session.will = undefined;
    if (will) publishWill(this, will, session); // its delay ends with the session
    redistribute(this, session);
    if (!session.onDisk) return;
    this.finishBeforeEnd(this.#removeFromDisk(clientId).catch(this.reportStorageError));
  }

  /** Work that nobody waits for, except the end of the broker. It must not reject. */
  finishBeforeEnd(work: Promise<void>): void {
    this.#afterwards.add(work);
    work.finally(() => this.#afterwards.delete(work));
  }

  async #removeFromDisk(clientId: string): Promise<void> {
    const sequenceEnd = this.#nextSequence;
    this.removing.add(clientId);
    try {
      await store(this.records, [sessionRemoval(clientId)]);
    } catch (error) {
      // It is left for the client's next CONNECT, unless too many are.
      if (this.removing.size > this.limits.sessionsMax) this.removing.delete(clientId);
      throw error;
    }
    this.removing.delete(clientId);
    await removeRemains(this.records, clientId, sequenceEnd);
  }

  /** False when the disk does not take them, which is then reported. */
  tryToStore(changes: readonly Change[]): Promise<boolean> {
    return store(this.records, changes).then(
      () => true,
      (error: unknown) => {
        this.reportStorageError(error);
        return false;
      },
    );
  }

  readonly reportStorageError = (error: unknown): void => {
    this.logger.error("could not store", { error: errorText(error) });
  };

  /**
   * Lets the publishes that wait for a disk or a rule be acknowledged, within `drainMsMax`, then
   * disconnects everybody; their bytes are flushed, their wills published.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const endMs = this.clock.monotonic() + drainMsMax;
    while (this.#waitingAcks() && this.clock.monotonic() < endMs) {
      await new Promise<void>((resolve) => this.clock.after(drainPollMs, resolve));
    }
    for (const connection of this.connections) connection.close("SERVER_INITIATED_DISCONNECT");
    while (this.#afterwards.size > 0) await Promise.all(this.#afterwards);
  }

  #waitingAcks(): boolean {
    for (const { openAckCount } of this.connections) if (openAckCount > 0) return true;
    return false;
  }

  #sweepLater(): void {
    this.clock.after(sweepEveryMs, () => {
      if (this.#closed) return;
      const nowMs = this.clock.monotonic();
      for (const connection of this.connections) {
        connection.closeIfSilent(nowMs);
        connection.closeIfOver(nowMs);
      }
      this.#sweepLater();
    });
  }
}

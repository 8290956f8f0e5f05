/**
 * The broker: everything that its parts share, and its life from start to close.
 *
 * Packets come in through `Connection`, messages through `publish`. One thread, no locks: what runs
 * between two awaits is atomic, and the only awaits are for the disk and for taps.
 */

import { assert, type Clock, errorText, type Logger, type Random } from "../base/mod.ts";
import type { Change, Records } from "../storage/mod.ts";
import { Connection, type Link } from "./connection.ts";
import { ConnectionVersions } from "./connection-versions.ts";
import { restoreDelivery } from "./deliver.ts";
import type { LifecycleObserver } from "./lifecycle.ts";
import type { BrokerLimits } from "./limits.ts";
import { accepted, type Message, type PublishOutcome } from "./message.ts";
import { Flusher } from "./outbox.ts";
import { publish } from "./publish.ts";
import { Retained } from "./retained.ts";
import { Session } from "./session.ts";
import {
  loadQueues,
  loadReceived,
  loadSessions,
  receivedChange,
  removalChanges,
  removeSession,
  saveSession,
  store,
} from "./session-store.ts";
import { TopicTree } from "./topic-tree.ts";

/** Sees every accepted message after delivery; a promise makes the acknowledgement wait for it. */
export type Tap = (message: Message) => Promise<void> | undefined;

/** Says whether a client may connect. */
export type Admission = (facts: {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly transport: Link["transport"];
}) => { readonly allowed: true; readonly principal: string } | { readonly allowed: false };

export interface BrokerOptions {
  readonly records: Records;
  readonly limits: BrokerLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly admit: Admission;
  readonly taps: readonly Tap[];
  readonly observer: LifecycleObserver;
  /** Runs the callback once, after the input that is at hand has been worked off. */
  readonly atEndOfTurn: (callback: () => void) => void;
}

const sweepEveryMs = 1000;
const drainMsMax = 2000;
const drainPollMs = 5;

export class Broker {
  readonly records: Records;
  readonly limits: BrokerLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly admit: Admission;
  readonly taps: readonly Tap[];
  readonly observer: LifecycleObserver;
  readonly flusher: Flusher;
  readonly topics = new TopicTree<Session>();
  readonly retained: Retained;
  readonly sessions = new Map<string, Session>();
  readonly connections = new Set<Connection>();
  readonly versions = new ConnectionVersions();
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
    this.observer = options.observer;
    this.flusher = new Flusher(options.atEndOfTurn);
    this.retained = new Retained(options.records, options.limits);
  }

  /** Brings back sessions and retained messages; before the first connection. */
  async start(): Promise<void> {
    await this.retained.load();
    const nowMs = this.clock.now();
    for (const stored of await loadSessions(this.records)) {
      const { clientId, sequenceStart, disconnectedAtMs = nowMs } = stored;
      this.#nextSequence = Math.max(this.#nextSequence, sequenceStart);
      const session = new Session({ clientId, durable: true, limits: this.limits, sequenceStart });
      session.disconnectedAtMs = Math.min(disconnectedAtMs, nowMs);
      for (const [filter, qos] of stored.subscriptions) {
        session.subscriptions.set(filter, this.topics.add(session, filter, qos));
      }
      this.sessions.set(clientId, session);
    }
    for await (const stored of loadQueues(this.records)) {
      const { clientId, sequence } = stored;
      this.#nextSequence = Math.max(this.#nextSequence, sequence + 1);
      const session = this.sessions.get(clientId);
      if (session && sequence >= session.sequenceStart) restoreDelivery(this, session, stored);
      else await store(this.records, removalChanges(clientId, sequence));
    }
    for await (const { packetId, ...owner } of loadReceived(this.records)) {
      const session = this.sessions.get(owner.clientId);
      if (session?.sequenceStart === owner.sequenceStart) session.received.set(packetId, accepted);
      else await store(this.records, [receivedChange(owner, packetId, false)]);
    }
    this.#sweepLater();
  }

  /** Takes over a socket; its bytes go to `receive` of what comes back. */
  connect(link: Link): Connection {
    const connection = new Connection(this, link);
    this.connections.add(connection);
    if (this.connections.size > this.limits.connectionsMax) connection.close("THROTTLED");
    return connection;
  }

  publish(
    message: Message,
    alongside?: readonly Change[],
  ): PublishOutcome | Promise<PublishOutcome> {
    return publish(this, message, alongside);
  }

  nextPublishNumber(): number {
    this.#publishNumber += 1;
    return this.#publishNumber;
  }

  /**
   * The next place in the lines on disk. One count for all of them, over restarts too, so that a
   * new session never takes a place that an earlier one of its client id has had.
   */
  takeSequence(): number {
    this.#nextSequence += 1;
    return this.#nextSequence - 1;
  }

  newSession(clientId: string, durable: boolean): Session {
    const sequenceStart = this.#nextSequence;
    return new Session({ clientId, durable, limits: this.limits, sequenceStart });
  }

  saveSession(session: Session): Promise<void> {
    return saveSession(this.records, session);
  }

  /** Ends a session for good: nothing is kept and nothing reaches it any more. */
  dropSession(session: Session): void {
    assert(this.sessions.get(session.clientId) === session, "only a current session is dropped");
    this.sessions.delete(session.clientId);
    for (const subscription of session.subscriptions.values()) this.topics.remove(subscription);
    session.subscriptions.clear();
    if (!session.durable) return;
    removeSession(this.records, session.clientId, this.#nextSequence).catch(
      this.reportStorageError,
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
  }

  #waitingAcks(): boolean {
    for (const { acks } of this.connections) if (acks.length > 0) return true;
    return false;
  }

  #sweepLater(): void {
    this.clock.after(sweepEveryMs, () => {
      if (this.#closed) return;
      const nowMs = this.clock.monotonic();
      for (const connection of this.connections) connection.closeIfSilent(nowMs);
      this.#dropExpiredSessions();
      this.#sweepLater();
    });
  }

  #dropExpiredSessions(): void {
    const keptSinceMs = this.clock.now() - this.limits.sessionSecondsMax * 1000;
    for (const session of this.sessions.values()) {
      const { disconnectedAtMs } = session;
      if (disconnectedAtMs !== undefined && disconnectedAtMs < keptSinceMs) {
        this.dropSession(session);
      }
    }
  }
}

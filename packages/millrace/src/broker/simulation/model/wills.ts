/**
 * Wills between the end of their connection and the moment at which they are certainly published.
 *
 * A will is owed once its connection has ended without leave and its delay has passed, over a crash
 * too where the session is durable. It is called off by a client that comes back to its session
 * before the delay has passed. Of a DISCONNECT that came just before a crash nobody can tell
 * whether it was remembered.
 */

import type { ConnectionModel } from "./connection-model.ts";
import { type Moment, never, type SimulatedMessage } from "./messages.ts";

interface Pending {
  readonly connection: ConnectionModel;
  readonly message: SimulatedMessage;
  /** It comes no earlier. */
  dueMs: number;
  /** It comes no later: a crash may have forgotten when the connection ended. */
  dueMsMost: number;
  /** A client that came back may have called it off. */
  mayBeOff: boolean;
}

export type After = (delayMs: number, callback: () => void) => unknown;

export interface WillSurroundings {
  readonly tick: () => Moment;
  readonly nowMs: () => number;
  /** The connections of the same client id that came after this one. */
  readonly newerThan: (connection: ConnectionModel) => readonly ConnectionModel[];
}

/** By then what a publish has begun is on disk. */
const storedMs = 5_000;

export class Wills {
  readonly #surroundings: WillSurroundings;
  #pending: Pending[] = [];

  constructor(surroundings: WillSurroundings) {
    this.#surroundings = surroundings;
  }

  /** The broker has seen the end of a connection that had not taken leave. */
  ended(connection: ConnectionModel, after: After): void {
    const pending = this.#begin(connection);
    if (!pending) return;
    const waitMs = pending.dueMs - this.#surroundings.nowMs();
    after(waitMs + storedMs, () => this.#own(pending));
    for (const { clientId, cleanStart, session } of this.#surroundings.newerThan(connection)) {
      if (!session) this.connecting({ clientId, cleanStart });
    }
  }

  /** CONNECT was sent, which may call it off, or end its session and thereby bring it at once. */
  connecting({ clientId, cleanStart }: Pick<ConnectionModel, "clientId" | "cleanStart">): void {
    const nowMs = this.#surroundings.nowMs();
    for (const pending of this.#of(clientId)) {
      if (pending.dueMsMost > nowMs) pending.mayBeOff = true;
      if (cleanStart) pending.dueMs = Math.min(pending.dueMs, nowMs);
    }
  }

  /** CONNACK has come. */
  connected(connection: ConnectionModel, sessionPresent: boolean): void {
    const { clientId, sentAtMs } = connection;
    const nowMs = this.#surroundings.nowMs();
    for (const pending of this.#of(clientId)) {
      if (pending.connection === connection) continue; // it had ended when CONNACK arrived
      if (sessionPresent && pending.dueMs > nowMs) pending.message.void = true;
      if (pending.dueMsMost >= sentAtMs) this.#drop(pending); // on time or off, nobody can tell
    }
  }

  killed(connections: Iterable<ConnectionModel>): void {
    const nowMs = this.#surroundings.nowMs();
    // What was never answered may never have been on disk.
    this.#pending = this.#pending.filter(
      ({ connection }) => connection.expiryMs > 0 && connection.session !== undefined,
    );
    for (const connection of connections) {
      const { openAtBroker, expiryMs, session, leftAtMs } = connection;
      if (expiryMs === 0) continue;
      const justLeft = leftAtMs !== undefined && nowMs - leftAtMs < storedMs;
      if (!openAtBroker && !justLeft) continue;
      const pending = this.#begin(connection);
      if (pending && (justLeft || !session)) this.#drop(pending);
    }
    for (const pending of this.#pending) pending.dueMsMost = never;
  }

  /** The broker has ended in order: what was due is on disk. */
  shutDown(): void {
    const nowMs = this.#surroundings.nowMs();
    for (const pending of [...this.#pending]) if (pending.dueMs <= nowMs) this.#own(pending);
  }

  /** What has outlived the process is waited for anew. */
  restarted(after: After): void {
    for (const pending of this.#pending) {
      const { willDelayMs } = pending.connection;
      pending.dueMsMost = this.#surroundings.nowMs() + willDelayMs;
      after(willDelayMs + storedMs, () => this.#own(pending));
    }
  }

  /** Whether this will comes before its time. */
  isEarly(message: SimulatedMessage): boolean {
    const pending = this.#pending.find((one) => one.message === message);
    return pending !== undefined && this.#surroundings.nowMs() < pending.dueMs;
  }

  #begin(connection: ConnectionModel): Pending | undefined {
    const { will: message, willDelayMs, expiryMs } = connection;
    if (!message || message.sentAt !== never) return undefined;
    const { tick, nowMs } = this.#surroundings;
    message.sentAt = tick();
    message.sentAtMs = nowMs();
    const dueMs = nowMs() + Math.min(willDelayMs, expiryMs);
    const pending = { connection, message, dueMs, dueMsMost: dueMs, mayBeOff: false };
    this.#pending.push(pending);
    return pending;
  }

  #own(pending: Pending): void {
    if (!this.#pending.includes(pending)) return;
    this.#drop(pending);
    if (pending.mayBeOff) return;
    pending.message.ownedAt = this.#surroundings.tick();
    pending.message.ownedAtMs = this.#surroundings.nowMs();
  }

  #drop(pending: Pending): void {
    this.#pending = this.#pending.filter((one) => one !== pending);
  }

  #of(clientId: string): Pending[] {
    return this.#pending.filter(({ connection }) => connection.clientId === clientId);
  }
}

/**
 * A client's half of its session: what it has sent and not got acknowledged, and which messages of
 * QoS 2 it holds already. It outlives connections as the broker's half does.
 *
 * A client that has asked for the end of its session has given up its half, and does not know
 * whether the broker has given up the other. Two halves of different age do not fit, so when the
 * broker turns out to have kept its own, the client begins again with a clean start
 * [MQTT5-3.2.2-4].
 */

import type { SimulatedMessage } from "./model/messages.ts";

/** A message of QoS 1 or 2; from PUBREC on only its PUBREL is sent. */
export interface Outgoing {
  readonly message: SimulatedMessage;
  released: boolean;
}

/** The broker may have seen the end of the connection so much earlier. */
const uncertainMs = 1_000;

export class ClientSession {
  /** By packet id, in the order of their sending. */
  readonly outgoing = new Map<number, Outgoing>();
  /** Payloads of messages of QoS 2 that are not released, by the broker's packet id. */
  readonly incoming = new Map<number, string>();
  /** Packet ids of requests on the present connection. */
  readonly requested = new Set<number>();
  #givenUp = false;
  #mustBeginClean = false;
  /** When it ends unless the client comes back. */
  #endsAtMs = Number.POSITIVE_INFINITY;

  /** Whether the next CONNECT must ask for a clean start. */
  get mustBeginClean(): boolean {
    return this.#mustBeginClean;
  }

  /** The lowest free one: ids come again as soon as they may. */
  takePacketId(): number {
    let packetId = 1;
    while (this.outgoing.has(packetId) || this.requested.has(packetId)) packetId += 1;
    return packetId;
  }

  /** The connection has ended, and the session will after this time. */
  closed(nowMs: number, expiryMs: number): void {
    this.#endsAtMs = nowMs + expiryMs;
    if (expiryMs === 0) this.giveUp();
  }

  /** The client comes back, perhaps so late that nobody can tell whether the broker has waited. */
  connecting(nowMs: number): void {
    if (nowMs > this.#endsAtMs - uncertainMs) this.giveUp();
    this.#endsAtMs = Number.POSITIVE_INFINITY;
  }

  giveUp(): void {
    this.#clear();
    this.#givenUp = true;
  }

  /** False when the broker has kept a session that the client has given up. */
  connected(sessionPresent: boolean): boolean {
    if (sessionPresent && this.#givenUp) {
      this.#mustBeginClean = true;
      return false;
    }
    if (!sessionPresent) this.#clear();
    this.#givenUp = false;
    this.#mustBeginClean = false;
    return true;
  }

  #clear(): void {
    this.outgoing.clear();
    this.incoming.clear();
  }
}

/**
 * A session: what a client is subscribed to and what it is owed.
 *
 * Messages of QoS 1 and 2 go through one line: `queue`, then a window of `inflight` packet ids,
 * then gone at PUBACK or PUBCOMP. The order of the line is the order of publishing [MQTT-4.6.0-1].
 * A durable session (clean session 0) survives its connection, and its line is on disk
 * (`session-store.ts`) before the publisher hears "done"; the line in memory is the same one.
 */

import type { PublishTemplate } from "@millrace/mqtt";
import { BoundedQueue } from "../base/mod.ts";
import type { Connection } from "./connection.ts";
import type { BrokerLimits } from "./limits.ts";
import type { PublishOutcome, QoS } from "./message.ts";
import type { Subscription } from "./topic-tree.ts";

/**
 * How far a delivery is. `storing`: its packet id, or that PUBREC has come, is on its way to disk,
 * because QoS 2 must remember both over a crash. `published`: sent, or perhaps sent by an earlier
 * process. `released`: PUBREL is all that may be sent any more [MQTT-4.3.3-1].
 */
export type Stage = "queued" | "storing" | "published" | "released";

/** A message of QoS 1 or 2 on its way to one client. */
export interface Delivery {
  readonly topic: string;
  readonly qos: 1 | 2;
  /** The PUBLISH, encoded once and shared by everybody who is owed it. */
  readonly template: PublishTemplate;
  /** Place in the session's line on disk; 0 when it is not there. */
  readonly sequence: number;
  stage: Stage;
}

export interface SessionOptions {
  readonly clientId: string;
  readonly durable: boolean;
  readonly limits: BrokerLimits;
  /** Its places in the line on disk begin here; below are an earlier session's remains. */
  readonly sequenceStart: number;
}

export class Session {
  readonly clientId: string;
  readonly durable: boolean;
  readonly sequenceStart: number;
  readonly subscriptions = new Map<string, Subscription<Session>>();
  readonly inflight = new Map<number, Delivery>();
  readonly queue: BoundedQueue<Delivery>;
  /**
   * QoS 2 messages from the client that it has not released, and what came of each, by packet id.
   */
  readonly received = new Map<number, PublishOutcome | Promise<PublishOutcome>>();
  connection: Connection | undefined;
  /** Number of the last publish that reached this session; two filters give one copy. */
  lastPublishNumber = 0;
  /** The highest QoS among the filters of that publish. */
  matchedQos: QoS = 0;
  /** When the connection ended; `undefined` while there is one. */
  disconnectedAtMs: number | undefined;
  #queuedBytes = 0;
  #overflowCount = 0;
  #nextPacketId = 1;
  readonly #limits: BrokerLimits;

  constructor(options: SessionOptions) {
    const { clientId, durable, limits, sequenceStart } = options;
    this.clientId = clientId;
    this.durable = durable;
    this.sequenceStart = sequenceStart;
    this.#limits = limits;
    this.queue = new BoundedQueue(limits.queuedMessagesMax);
  }

  /** Messages that did not fit into the line; each is a broken promise, logged by the caller. */
  get overflowCount(): number {
    return this.#overflowCount;
  }

  /** False, and counted, when the line is full. */
  enqueue(delivery: Delivery): boolean {
    const bytes = delivery.template.bytes.length;
    const fits =
      this.#queuedBytes + bytes <= this.#limits.queuedBytesMax && this.queue.push(delivery);
    if (fits) this.#queuedBytes += bytes;
    else this.#overflowCount += 1;
    return fits;
  }

  /** Moves the head of the line into the window: its packet id, or `undefined` when none may go. */
  takeNext(): { readonly packetId: number; readonly delivery: Delivery } | undefined {
    if (this.inflight.size >= this.#limits.inflightMax) return undefined;
    const delivery = this.queue.shift();
    if (!delivery) return undefined;
    this.#queuedBytes -= delivery.template.bytes.length;
    const packetId = this.#takePacketId();
    this.inflight.set(packetId, delivery);
    return { packetId, delivery };
  }

  /**
   * Puts back what an earlier process kept on disk, in order: first into the window, as it was
   * then, so that a line that was full fits again. False, and counted, when limits have shrunk.
   * `packetId` is the one it was sent under, where that had to be kept.
   */
  restore(delivery: Delivery, packetId: number | undefined): boolean {
    if (packetId === undefined && this.inflight.size >= this.#limits.inflightMax) {
      return this.enqueue(delivery);
    }
    this.inflight.set(packetId ?? this.#takePacketId(), delivery);
    return true;
  }

  #takePacketId(): number {
    // The window is far smaller than the 65,535 ids, so a free one is near. [MQTT-2.3.1-2]
    while (this.inflight.has(this.#nextPacketId)) this.#advancePacketId();
    const packetId = this.#nextPacketId;
    this.#advancePacketId();
    return packetId;
  }

  #advancePacketId(): void {
    this.#nextPacketId = this.#nextPacketId === 65_535 ? 1 : this.#nextPacketId + 1;
  }
}

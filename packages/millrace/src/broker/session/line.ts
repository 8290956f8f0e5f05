/**
 * The line of a session: messages of QoS 1 and 2 on their way to its client.
 *
 * First the `queue`, then a window of `inflight` packet ids, then gone at PUBACK or PUBCOMP. The
 * order of the line is the order of publishing [MQTT-4.6.0-1]. What an earlier connection left
 * unacknowledged is sent again before anything new [MQTT-4.4.0-1].
 */

import { BoundedQueue } from "../../base/mod.ts";
import type { Counters, DropReason } from "../counters.ts";
import type { Outgoing } from "../delivery/outgoing.ts";
import type { BrokerLimits } from "../limits.ts";
import { InflightWindow } from "./inflight-window.ts";

/**
 * How far a delivery is. `storing`: its packet id is on its way to disk; `releasing`: that PUBREC
 * has come is, because QoS 2 must remember both over a crash. `published`: sent, or, of QoS 2,
 * perhaps sent by an earlier process. `released`: PUBREL is all that may be sent any more
 * [MQTT-4.3.3-1].
 */
export type Stage = "queued" | "storing" | "published" | "releasing" | "released";

/** A message of QoS 1 or 2 on its way to one client. */
export interface Delivery {
  readonly outgoing: Outgoing;
  readonly qos: 1 | 2;
  readonly retain: boolean;
  readonly identifiers: readonly number[] | undefined;
  /** The shared subscription that it came through, as its filter says it. */
  readonly share: string | undefined;
  /** Place in the session's line on disk; 0 when it is not there. */
  readonly sequence: number;
  /** An earlier process may have sent it: where QoS 1 stood then is not on disk. */
  readonly perhapsSent?: boolean;
  stage: Stage;
  /**
   * For one that is not of the session, but of this connection alone: called when the client has
   * it, or why it will not have it.
   */
  readonly onSettled?: (dropped: DropReason | undefined) => void;
}

export interface Inflight {
  readonly packetId: number;
  readonly delivery: Delivery;
}

export class Line {
  readonly #inflight = new InflightWindow();
  /** There once something had to wait: most lines never do. */
  #queue: BoundedQueue<Delivery> | undefined;
  readonly #limits: BrokerLimits;
  readonly #counters: Counters;
  /** Packet ids that an earlier process gave away, for messages that are yet to be put back. */
  #reserved: Set<number> | undefined;
  /** What this connection has not been sent again yet, the next one last. */
  #resend: Inflight[] | undefined;
  #window: number;
  #queuedBytes = 0;
  #overflowCount = 0;
  #nextPacketId = 1;

  constructor(limits: BrokerLimits, counters: Counters) {
    this.#limits = limits;
    this.#counters = counters;
    this.#window = limits.inflightMax;
  }

  get inflight(): Pick<InflightWindow, "get" | "keys" | "size"> {
    return this.#inflight;
  }

  get queueLength(): number {
    return this.#queue?.length ?? 0;
  }

  /** Messages that did not fit; each is a broken promise, logged by the caller. */
  get overflowCount(): number {
    return this.#overflowCount;
  }

  /** Whether a message would go out at once. */
  get hasRoom(): boolean {
    return !this.waits && this.#sentCount < this.#window;
  }

  get #sentCount(): number {
    return this.#inflight.size - (this.#resend?.length ?? 0);
  }

  /** A new connection: what was sent before is to be sent again, within its own window. */
  beginConnection(receiveMaximum: number): void {
    // [MQTT5-3.3.4-9]
    this.#window = Math.min(this.#limits.inflightMax, receiveMaximum); // [MQTT5-4.9.0-1]
    this.#resend = undefined;
    if (this.#inflight.size === 0) return;
    this.#resend = [];
    for (const [packetId, delivery] of [...this.#inflight]) {
      if (delivery.onSettled) this.settle(packetId);
      else this.#resend.push({ packetId, delivery });
    }
    this.#resend.reverse();
  }

  /** Whether there is anything to send, window permitting. */
  get waits(): boolean {
    return this.#resend !== undefined || this.queueLength > 0;
  }

  /** Whether this connection will still be sent it again. */
  isToBeResent(packetId: number): boolean {
    return this.#resend?.some((one) => one.packetId === packetId) ?? false;
  }

  /** The next one to be sent again; `undefined` when all have been, or the window is full. */
  takeResend(): Inflight | undefined {
    if (!this.#resend || this.#sentCount >= this.#window) return undefined;
    for (;;) {
      const next = this.#resend.pop();
      if (!next) {
        this.#resend = undefined;
        return undefined;
      }
      if (this.#inflight.get(next.packetId) === next.delivery) return next;
    }
  }

  /** Puts a message straight into the window: its packet id, or 0 when it has to queue. */
  takeDirect(delivery: Delivery): number {
    if (!this.hasRoom) return 0;
    const packetId = this.#takePacketId();
    this.#putIntoWindow(packetId, delivery);
    return packetId;
  }

  /** False, and counted, when the line is full. */
  enqueue(delivery: Delivery): boolean {
    const bytes = delivery.outgoing.byteLength;
    const broken = this.#boundBrokenBy(bytes);
    this.#queue ??= new BoundedQueue(this.#limits.queuedMessagesMax);
    if (!broken && this.#queue.push(delivery)) {
      this.#countQueued(1, bytes);
      return true;
    }
    this.#overflowCount += 1;
    this.#counters.bounds[broken ?? "queuedMessagesMax"] += 1;
    return false;
  }

  #boundBrokenBy(bytes: number): "queuedBytesMax" | "queuedBytesInAllMax" | undefined {
    const { queuedBytesMax, queuedBytesInAllMax } = this.#limits;
    if (this.#queuedBytes + bytes > queuedBytesMax) return "queuedBytesMax";
    const inAll = this.#counters.queuedBytes + bytes;
    return inAll > queuedBytesInAllMax ? "queuedBytesInAllMax" : undefined;
  }

  /** Takes out what did not come onto the disk, unless it has been sent. */
  withdraw(sequence: number): void {
    const delivery = this.#queue?.take((one) => one.sequence === sequence);
    if (delivery) {
      this.#countQueued(-1, -delivery.outgoing.byteLength);
      return;
    }
    for (const [packetId, { sequence: other, stage }] of this.#inflight) {
      if (other !== sequence) continue;
      // What is `storing` waits for its packet id: its PUBREC would come after its message.
      if (stage === "queued" || stage === "storing") this.settle(packetId);
      return;
    }
  }

  /** Moves the head of the line into the window; `undefined` when none may go. */
  takeNext(): Inflight | undefined {
    if (this.#resend) return undefined;
    // [MQTT5-3.3.4-10] [MQTT5-4.9.0-3]
    if (this.#sentCount >= this.#window) {
      if (this.queueLength > 0) this.#countFullWindow();
      return undefined;
    }
    const delivery = this.#takeQueued();
    if (!delivery) return undefined;
    const packetId = this.#takePacketId();
    this.#putIntoWindow(packetId, delivery);
    return { packetId, delivery };
  }

  /** Ends a delivery and frees its packet id. */
  settle(packetId: number): void {
    if (this.#inflight.take(packetId)) this.#counters.inflightMessages -= 1;
  }

  /** Takes out everything; the session is over. */
  drain(): { readonly inflight: readonly Delivery[]; readonly queued: readonly Delivery[] } {
    const inflight = [...this.#inflight].map(([, delivery]) => delivery);
    this.#counters.inflightMessages -= inflight.length;
    this.#inflight.clear();
    const queued: Delivery[] = [];
    for (let next = this.#takeQueued(); next; next = this.#takeQueued()) queued.push(next);
    return { inflight, queued };
  }

  /** Keeps a packet id for the message of QoS 2 that has it, whatever is put back before. */
  reserve(packetId: number): void {
    this.#reserved ??= new Set();
    this.#reserved.add(packetId);
  }

  /** Keeps no more packet ids: whatever has one has been put back. */
  endReserving(): void {
    this.#reserved = undefined;
  }

  /**
   * Puts back what an earlier process kept on disk, in order: first into the window, as it was
   * then, so that a line that was full fits again. False, and counted, when limits have shrunk.
   * `packetId` is the one it was sent under, where that had to be kept.
   */
  restore(delivery: Delivery, packetId: number | undefined): boolean {
    if (packetId === undefined && this.#inflight.size >= this.#limits.inflightMax) {
      return this.enqueue(delivery);
    }
    this.#putIntoWindow(packetId ?? this.#takePacketId(), delivery);
    return true;
  }

  #takeQueued(): Delivery | undefined {
    const delivery = this.#queue?.shift();
    if (delivery) this.#countQueued(-1, -delivery.outgoing.byteLength);
    return delivery;
  }

  #countQueued(messages: number, bytes: number): void {
    this.#queuedBytes += bytes;
    this.#counters.queuedBytes += bytes;
    this.#counters.queuedMessages += messages;
  }

  /** Not where it is the client's own Receive Maximum that holds messages back. */
  #countFullWindow(): void {
    if (this.#window === this.#limits.inflightMax) this.#counters.bounds.inflightMax += 1;
  }

  #putIntoWindow(packetId: number, delivery: Delivery): void {
    this.#inflight.add(packetId, delivery);
    this.#counters.inflightMessages += 1;
  }

  // [MQTT-2.3.1-4] [MQTT5-2.2.1-4] [MQTT5-4.3.2-1] [MQTT5-4.3.3-1]
  #takePacketId(): number {
    // The window is far smaller than the 65,535 ids, so a free one is near. [MQTT-2.3.1-4]
    while (this.#isTaken(this.#nextPacketId)) this.#advancePacketId();
    const packetId = this.#nextPacketId;
    this.#advancePacketId();
    return packetId;
  }

  #isTaken(packetId: number): boolean {
    return this.#inflight.has(packetId) || this.#reserved?.has(packetId) === true;
  }

  #advancePacketId(): void {
    this.#nextPacketId = this.#nextPacketId === 65_535 ? 1 : this.#nextPacketId + 1;
  }
}

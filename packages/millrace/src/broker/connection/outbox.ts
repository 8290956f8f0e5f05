/**
 * Bytes on their way to clients: one write per connection and turn of the loop.
 *
 * A room of a thousand gets the same packets in the same order, so the connections share them as a
 * chain of links: adding a packet is one comparison and one assignment, and the bytes of a chain
 * are joined once a turn for everybody who holds its end (`bench/`, scenario one-room).
 *
 * With QoS 1 and 2 the packets differ in the packet id alone, so the chain and its joined bytes are
 * shared all the same: an outbox remembers its ids, and writes them in just before it is flushed.
 *
 * A reader that is too slow keeps its chain here while its socket is full. Beyond `bytesMax` what
 * may be dropped is dropped and counted; what must not be is told to the caller.
 */

import { type PublishTemplate, writePacketId } from "@millrace/mqtt";
import type { Counters } from "../counters.ts";

/**
 * The socket's side. `write` takes everything, and copies what it cannot pass on at once, because
 * the next receiver's packet ids are then written into the same bytes. `writable` is false while
 * the kernel takes no more.
 */
export interface Sink {
  readonly writable: boolean;
  write(bytes: Uint8Array): void;
}

interface Chain {
  readonly previous: Chain | undefined;
  readonly packet: Uint8Array;
  /** Where in `packet` each receiver has a packet id of its own; -1 when it is the same for all. */
  readonly packetIdAt: number;
  readonly byteLength: number;
  /** The link that was last put behind this one. */
  next: Chain | undefined;
}

/** The bytes of a chain, and where in them packet ids are to be written. */
interface Joined {
  readonly bytes: Uint8Array;
  readonly packetIdsAt: readonly number[];
}

/** What a turn has joined; gone with the turn, because a slow reader keeps its chain for long. */
type JoinedChains = Map<Chain, Joined>;

/** All outboxes that have something to send, flushed together at the end of the turn. */
export class Flusher {
  #dirty: Outbox[] = [];
  #lastHead: Chain | undefined;
  readonly #atEndOfTurn: (callback: () => void) => void;
  readonly counters: Counters;

  constructor(atEndOfTurn: (callback: () => void) => void, counters: Counters) {
    this.#atEndOfTurn = atEndOfTurn;
    this.counters = counters;
  }

  add(outbox: Outbox): void {
    if (this.#dirty.push(outbox) === 1) this.#atEndOfTurn(this.flush);
  }

  /** The chain that holds `packet` after `tail`, shared where somebody already has it. */
  link(tail: Chain | undefined, packet: Uint8Array, packetIdAt: number): Chain {
    const known = tail ? tail.next : this.#lastHead;
    if (known?.packet === packet) return known;
    const chain: Chain = {
      previous: tail,
      packet,
      packetIdAt,
      byteLength: (tail ? tail.byteLength : 0) + packet.length,
      next: undefined,
    };
    if (tail) tail.next = chain;
    else this.#lastHead = chain;
    return chain;
  }

  readonly flush = (): void => {
    const dirty = this.#dirty;
    this.#dirty = [];
    this.#lastHead = undefined;
    const joined: JoinedChains = new Map();
    for (const outbox of dirty) outbox.flush(joined);
  };
}

export class Outbox {
  readonly #flusher: Flusher;
  readonly #sink: Sink;
  readonly #bytesMax: number;
  #tail: Chain | undefined;
  /** For the links that leave a place for one, in order: the first `#packetIdCount` of these. */
  #packetIds: number[] | undefined;
  #packetIdCount = 0;
  #scheduled = false;
  #held = false;
  #droppedCount = 0;

  constructor(flusher: Flusher, sink: Sink, bytesMax: number) {
    this.#flusher = flusher;
    this.#sink = sink;
    this.#bytesMax = bytesMax;
  }

  get pendingBytes(): number {
    return this.#tail ? this.#tail.byteLength : 0;
  }

  /** Whether everything waits for `release`. */
  get held(): boolean {
    return this.#held;
  }

  /** Nothing is written until `release`: what comes first must be allowed to go first. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    if (this.#tail) this.#schedule();
  }

  /** Forgets what is pending, for good, and counts its bytes. */
  discard(): void {
    this.#flusher.counters.bytesDiscarded += this.pendingBytes;
    this.#tail = undefined;
    this.#packetIdCount = 0;
  }

  /** QoS 0 packets that were dropped because the reader is too slow. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** A PUBLISH of QoS 0; false, and counted, when the reader is so slow that it was dropped. */
  offer(packet: Uint8Array): boolean {
    if (this.#tail && this.#tail.byteLength + packet.length > this.#bytesMax) {
      if (this.#sink.writable && !this.#held) this.flush();
      else {
        this.#droppedCount += 1;
        const { counters } = this.#flusher;
        counters.dropped["slow-reader"] += 1;
        counters.bounds.outboxBytesMax += 1;
        return false;
      }
    }
    this.#flusher.counters.publishesOut[0] += 1;
    this.send(packet);
    return true;
  }

  /** Takes the packet whatever the bound; for what must not be dropped. */
  send(packet: Uint8Array): void {
    this.#tail = this.#flusher.link(this.#tail, packet, -1);
    this.#schedule();
  }

  /** As `send`, a packet that receivers share but for the packet id. */
  sendNumbered({ bytes, packetIdAt }: PublishTemplate, packetId: number): void {
    this.#packetIds ??= [];
    this.#packetIds[this.#packetIdCount] = packetId;
    this.#packetIdCount += 1;
    this.#tail = this.#flusher.link(this.#tail, bytes, packetIdAt);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#held || !this.#sink.writable) return;
    this.#scheduled = true;
    this.#flusher.add(this);
  }

  /** Writes what is pending, unless the socket is full: then `flush` comes again when it drains. */
  flush(joinedChains?: JoinedChains): void {
    this.#scheduled = false;
    const tail = this.#tail;
    if (!tail || this.#held || !this.#sink.writable) return;
    this.#tail = undefined;
    this.#flusher.counters.bytesOut += tail.byteLength;
    const joined = joinedOf(tail, joinedChains);
    this.#writePacketIds(joined);
    this.#sink.write(joined.bytes);
  }

  #writePacketIds({ bytes, packetIdsAt }: Joined): void {
    for (let index = 0; index < this.#packetIdCount; index += 1) {
      writePacketId(bytes, packetIdsAt[index]!, this.#packetIds![index]!);
    }
    this.#packetIdCount = 0;
  }
}

function joinedOf(tail: Chain, joinedChains: JoinedChains | undefined): Joined {
  const known = joinedChains?.get(tail);
  if (known) return known;
  const bytes = tail.previous ? new Uint8Array(tail.byteLength) : tail.packet;
  const packetIdsAt: number[] = [];
  for (let link: Chain | undefined = tail; link; link = link.previous) {
    const from = link.byteLength - link.packet.length;
    if (tail.previous) bytes.set(link.packet, from);
    if (link.packetIdAt >= 0) packetIdsAt.push(from + link.packetIdAt);
  }
  const joined = { bytes, packetIdsAt: packetIdsAt.reverse() };
  joinedChains?.set(tail, joined);
  return joined;
}

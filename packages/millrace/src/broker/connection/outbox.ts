/**
 * Bytes on their way to clients: one write per connection and turn of the loop.
 *
 * A room of a thousand gets the same packets in the same order, so the connections share them as a
 * chain of links: adding a packet is one comparison and one assignment, and the bytes of a chain
 * are joined once a turn for everybody who holds its end (`bench/`, scenario one-room).
 *
 * A reader that is too slow keeps its chain here while its socket is full. Beyond `bytesMax` what
 * may be dropped is dropped and counted; what must not be is told to the caller.
 */

import { concatBytes } from "../../base/mod.ts";
import type { Counters } from "../counters.ts";

/** The socket's side. `write` takes everything; `writable` is false while the kernel does not. */
export interface Sink {
  readonly writable: boolean;
  write(bytes: Uint8Array): void;
}

interface Chain {
  readonly previous: Chain | undefined;
  readonly packet: Uint8Array;
  readonly byteLength: number;
  /** The link that was last put behind this one. */
  next: Chain | undefined;
}

/** What a turn has joined; gone with the turn, because a slow reader keeps its chain for long. */
type Joined = Map<Chain, Uint8Array>;

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
  link(tail: Chain | undefined, packet: Uint8Array): Chain {
    const known = tail ? tail.next : this.#lastHead;
    if (known?.packet === packet) return known;
    const chain: Chain = {
      previous: tail,
      packet,
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
    const joined: Joined = new Map();
    for (const outbox of dirty) outbox.flush(joined);
  };
}

export class Outbox {
  readonly #flusher: Flusher;
  readonly #sink: Sink;
  readonly #bytesMax: number;
  #tail: Chain | undefined;
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
    this.#tail = this.#flusher.link(this.#tail, packet);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#held || !this.#sink.writable) return;
    this.#scheduled = true;
    this.#flusher.add(this);
  }

  /** Writes what is pending, unless the socket is full: then `flush` comes again when it drains. */
  flush(joined?: Joined): void {
    this.#scheduled = false;
    const tail = this.#tail;
    if (!tail || this.#held || !this.#sink.writable) return;
    this.#tail = undefined;
    this.#flusher.counters.bytesOut += tail.byteLength;
    this.#sink.write(bytesOf(tail, joined));
  }
}

function bytesOf(tail: Chain, joined: Joined | undefined): Uint8Array {
  if (!tail.previous) return tail.packet;
  const known = joined?.get(tail);
  if (known) return known;
  const packets: Uint8Array[] = [];
  for (let link: Chain | undefined = tail; link; link = link.previous) packets.push(link.packet);
  const bytes = concatBytes(packets.reverse());
  joined?.set(tail, bytes);
  return bytes;
}

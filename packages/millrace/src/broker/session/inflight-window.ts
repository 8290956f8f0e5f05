/**
 * Deliveries under way to one client, by packet id, in the order in which they were sent.
 *
 * Ids are given out one after the other and mostly come back in that order, so a ring does what a
 * map does in a fraction of the time (`bench/`, one-room with QoS 1): an id is found by its
 * distance from the first one, and only where ids were left out is each kept, and looked for from
 * the front. What is taken out of the middle leaves a gap, until the first ones are gone or the
 * ring is full.
 */

import type { Delivery } from "./line.ts";

const capacityMin = 8; // a power of two, as every other
const packetIdMax = 65_535;

export class InflightWindow {
  /** A ring: places from `#head` on are in use, `#length` of them, gaps included. */
  #deliveries: (Delivery | undefined)[] = [];
  #head = 0;
  #length = 0;
  #size = 0;
  /** The id at `#head`. */
  #firstId = 0;
  /** The id at each place, while not each is the one after the id before it. */
  #packetIds: Uint16Array | undefined;

  get size(): number {
    return this.#size;
  }

  get(packetId: number): Delivery | undefined {
    const place = this.#find(packetId);
    return place < 0 ? undefined : this.#deliveries[place];
  }

  has(packetId: number): boolean {
    return this.#find(packetId) >= 0;
  }

  /** Puts it behind all others; the id must be free. */
  add(packetId: number, delivery: Delivery): void {
    if (this.#length === this.#deliveries.length) this.#rebuild();
    if (this.#length === 0) {
      this.#firstId = packetId;
      this.#packetIds = undefined;
    } else if (!this.#packetIds && this.#distanceTo(packetId) !== this.#length) {
      this.#packetIds = this.#listIds();
    }
    const place = this.#placeOf(this.#length);
    if (this.#packetIds) this.#packetIds[place] = packetId;
    this.#deliveries[place] = delivery;
    this.#length += 1;
    this.#size += 1;
  }

  /** Takes it out, if it is there. */
  take(packetId: number): Delivery | undefined {
    const place = this.#find(packetId);
    if (place < 0) return undefined;
    const delivery = this.#deliveries[place];
    this.#deliveries[place] = undefined;
    this.#size -= 1;
    while (this.#length > 0 && this.#deliveries[this.#head] === undefined) this.#dropFirst();
    return delivery;
  }

  clear(): void {
    this.#deliveries = [];
    this.#head = 0;
    this.#length = 0;
    this.#size = 0;
    this.#packetIds = undefined;
  }

  *keys(): Generator<number> {
    for (const [packetId] of this) yield packetId;
  }

  /** As they were sent; nothing may be added or taken meanwhile. */
  *[Symbol.iterator](): Generator<[packetId: number, delivery: Delivery]> {
    for (let index = 0; index < this.#length; index += 1) {
      const delivery = this.#deliveries[this.#placeOf(index)];
      if (delivery) yield [this.#idAt(index), delivery];
    }
  }

  /** Its place; -1 when nothing is under way under this id. */
  #find(packetId: number): number {
    if (this.#length === 0) return -1;
    const index = this.#packetIds ? this.#indexOf(packetId) : this.#distanceTo(packetId);
    if (index >= this.#length) return -1;
    const place = this.#placeOf(index);
    return this.#deliveries[place] === undefined ? -1 : place;
  }

  /** Looked for from the front, past gaps, which may have had the same id; `#length` if absent. */
  #indexOf(packetId: number): number {
    let index = 0;
    while (index < this.#length && !this.#isAt(index, packetId)) index += 1;
    return index;
  }

  #isAt(index: number, packetId: number): boolean {
    const place = this.#placeOf(index);
    return this.#packetIds![place] === packetId && this.#deliveries[place] !== undefined;
  }

  #idAt(index: number): number {
    if (this.#packetIds) return this.#packetIds[this.#placeOf(index)]!;
    return ((this.#firstId - 1 + index) % packetIdMax) + 1;
  }

  /** How many ids after the first one it is; they go round, without 0. */
  #distanceTo(packetId: number): number {
    const distance = packetId - this.#firstId;
    return distance < 0 ? distance + packetIdMax : distance;
  }

  #dropFirst(): void {
    this.#firstId = this.#length > 1 ? this.#idAt(1) : 0;
    this.#head = this.#placeOf(1);
    this.#length -= 1;
  }

  #placeOf(index: number): number {
    return (this.#head + index) & (this.#deliveries.length - 1);
  }

  #listIds(): Uint16Array {
    const packetIds = new Uint16Array(this.#deliveries.length);
    for (let index = 0; index < this.#length; index += 1) {
      packetIds[this.#placeOf(index)] = this.#idAt(index);
    }
    return packetIds;
  }

  /** A ring without gaps, at most half full: one that is never acknowledged costs one place. */
  #rebuild(): void {
    const all = [...this];
    this.clear();
    let capacity = capacityMin;
    while (capacity < 2 * all.length) capacity *= 2;
    this.#deliveries = new Array(capacity).fill(undefined);
    for (const [packetId, delivery] of all) this.add(packetId, delivery);
  }
}

/**
 * Deliveries under way to one client, by packet id, in the order in which they were sent.
 *
 * Ids are given out one after the other and mostly come back in that order, so a ring does what a
 * map does in a fraction of the time (`bench/`, one-room with QoS 1): an id is found by its
 * distance from the first one, and only where ids were left out by looking from the front. What is
 * taken out of the middle leaves a gap, until the first ones are gone or the ring is full.
 */

import type { Delivery } from "./line.ts";

const capacityMin = 8; // a power of two, as every other
const packetIdMax = 65_535;

export class InflightWindow {
  #packetIds = new Uint16Array(0);
  #deliveries: (Delivery | undefined)[] = [];
  /** Places from here on are in use, `#length` of them, gaps included. */
  #head = 0;
  #length = 0;
  #size = 0;
  /** Whether each id is the one after the id before it, so that distances tell the places. */
  #inStep = true;

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
    if (this.#length === this.#packetIds.length) this.#rebuild();
    const place = this.#placeOf(this.#length);
    if (this.#length === 0) this.#inStep = true;
    else if (this.#distanceTo(packetId) !== this.#length) this.#inStep = false;
    this.#packetIds[place] = packetId;
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
    while (this.#length > 0 && this.#deliveries[this.#head] === undefined) {
      this.#head = this.#placeOf(1);
      this.#length -= 1;
    }
    return delivery;
  }

  clear(): void {
    this.#packetIds = new Uint16Array(0);
    this.#deliveries = [];
    this.#head = 0;
    this.#length = 0;
    this.#size = 0;
  }

  *keys(): Generator<number> {
    for (const [packetId] of this) yield packetId;
  }

  /** As they were sent; nothing may be added or taken meanwhile. */
  *[Symbol.iterator](): Generator<[packetId: number, delivery: Delivery]> {
    for (let index = 0; index < this.#length; index += 1) {
      const place = this.#placeOf(index);
      const delivery = this.#deliveries[place];
      if (delivery) yield [this.#packetIds[place]!, delivery];
    }
  }

  /** Its place; -1 when nothing is under way under this id. */
  #find(packetId: number): number {
    if (this.#length === 0) return -1;
    if (this.#inStep) {
      const distance = this.#distanceTo(packetId);
      if (distance >= this.#length) return -1;
      const place = this.#placeOf(distance);
      return this.#isAt(place, packetId) ? place : -1;
    }
    for (let index = 0; index < this.#length; index += 1) {
      const place = this.#placeOf(index);
      if (this.#isAt(place, packetId)) return place;
    }
    return -1;
  }

  /** How many ids after the first one it is; they go round, without 0. */
  #distanceTo(packetId: number): number {
    const distance = packetId - this.#packetIds[this.#head]!;
    return distance < 0 ? distance + packetIdMax : distance;
  }

  #isAt(place: number, packetId: number): boolean {
    return this.#packetIds[place] === packetId && this.#deliveries[place] !== undefined;
  }

  #placeOf(index: number): number {
    return (this.#head + index) & (this.#packetIds.length - 1);
  }

  /** A ring without gaps, at most half full: one that is never acknowledged costs one place. */
  #rebuild(): void {
    const all = [...this];
    let capacity = capacityMin;
    while (capacity < 2 * all.length) capacity *= 2;
    this.#packetIds = new Uint16Array(capacity);
    this.#deliveries = all.map(([, delivery]) => delivery);
    for (const [index, [packetId]] of all.entries()) this.#packetIds[index] = packetId;
    this.#head = 0;
    this.#length = all.length;
    this.#inStep = all.every(([packetId], index) => this.#distanceTo(packetId) === index);
  }
}

/**
 * How much of what has been read all triggers hold together: beside the bound of each shard, one
 * over all of them. A shard that holds nothing may read whatever the others hold, so that none
 * stands still for another's sake.
 */

export class HeldBytes {
  readonly #max: number;
  readonly #waiting = new Set<() => void>();
  #bytes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get hasRoom(): boolean {
    return this.#bytes < this.#max;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Wakes who waits, once there is room. */
  giveBack(bytes: number): void {
    this.#bytes -= bytes;
    if (!this.hasRoom) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Is called once; the same function is remembered once. */
  whenRoom(wake: () => void): void {
    this.#waiting.add(wake);
  }

  forget(wake: () => void): void {
    this.#waiting.delete(wake);
  }
}

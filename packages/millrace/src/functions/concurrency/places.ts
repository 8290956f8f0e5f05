/**
 * How many processes of functions run at once on this machine, and how many of them start at once.
 *
 * Every process has a place, from before its start until it is gone. When no place is free, or too
 * many start already, its pool waits in line; when all are taken, the process that has been idle
 * longest makes room, wherever there is one. The first process of a version gets its place and
 * starts in any case: else a function could wait, while it runs or starts, for another whose calls
 * wait for that function's own places or starts.
 *
 * Which calls may run at all is another matter: `concurrency.ts`.
 */

import { availableParallelism, totalmem } from "node:os";
import type { Clock, Logger, Timer } from "../../base/mod.ts";
import { processBytesTypical, processesMaxPerCore, processesMin } from "../limits.ts";

/** Whose processes they are. */
export interface PlaceHolder {
  readonly program: { readonly functionName: string; readonly version: string };
  readonly waitingCount: number;
  /** There may be a place; it asks again. */
  onPlace(): void;
  /** Since when its longest idle process is that, of those it can spare. */
  idleSinceMs(): number | undefined;
  /** How many idle ones it can spare. */
  readonly spareCount: number;
  /** To make room. */
  endLongestIdle(): void;
}

export interface PlacesOptions {
  /** Absent: as many as suit this machine. */
  readonly processesMax?: number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long nothing more is said about calls that wait. */
const quietMs = 60_000;

export class Places {
  readonly #options: PlacesOptions;
  readonly processesMax: number;
  /** What provisioned processes leave to others. */
  readonly unprovisionedMin: number;
  /** So many that work at once leave no processor idle, whatever else they wait for. */
  readonly busyMax = 2 * availableParallelism();
  readonly #startsMax = 2 * availableParallelism();
  readonly #holders = new Set<PlaceHolder>();
  /** First come, first served. */
  readonly #line = new Set<PlaceHolder>();
  #takenCount = 0;
  #startingCount = 0;
  /** Asked to make room, and not gone yet. */
  #leavingCount = 0;
  #quietTimer: Timer | undefined;

  constructor(options: PlacesOptions) {
    this.#options = options;
    this.processesMax = options.processesMax ?? processesMaxHere();
    this.unprovisionedMin = Math.ceil(this.processesMax / 10);
  }

  join(holder: PlaceHolder): void {
    this.#holders.add(holder);
  }

  leave(holder: PlaceHolder): void {
    this.#holders.delete(holder);
    this.#line.delete(holder);
  }

  /** False: there is none, and `onPlace` will say when it may help to ask again. */
  take(
    holder: PlaceHolder,
    { isFirst, provisioned }: { readonly isFirst: boolean; readonly provisioned: boolean },
  ): boolean {
    const placesMax = this.processesMax - (provisioned ? this.unprovisionedMin : 0);
    const hasPlace = this.#takenCount < placesMax;
    if (!hasPlace && (!provisioned || this.#canMakeRoom(placesMax))) this.#makeRoom(placesMax);
    if (!isFirst && (!hasPlace || this.#startingCount >= this.#startsMax)) {
      if (!hasPlace && !provisioned) this.#tell(holder);
      this.#line.add(holder);
      return false;
    }
    this.#takenCount += 1;
    this.#startingCount += 1;
    return true;
  }

  /** The process has come so far as to work, or will not. */
  noteStarted(): void {
    this.#startingCount -= 1;
    this.#callLine();
  }

  /** The process is gone; whether it was asked to, to make room. */
  free(madeRoom: boolean): void {
    this.#takenCount -= 1;
    if (madeRoom) this.#leavingCount -= 1;
    this.#callLine();
  }

  /** Else others would lose their idle processes, one after the other, for nothing. */
  #canMakeRoom(placesMax: number): boolean {
    let stayingCount = this.#takenCount - this.#leavingCount;
    for (const { spareCount } of this.#holders) stayingCount -= spareCount;
    return stayingCount < placesMax;
  }

  #makeRoom(placesMax: number): void {
    if (this.#takenCount - this.#leavingCount < placesMax) return;
    let longest: PlaceHolder | undefined;
    let sinceMs = Number.POSITIVE_INFINITY;
    for (const holder of this.#holders) {
      const idleSinceMs = holder.idleSinceMs() ?? Number.POSITIVE_INFINITY;
      if (idleSinceMs >= sinceMs) continue;
      longest = holder;
      sinceMs = idleSinceMs;
    }
    if (!longest) return;
    this.#leavingCount += 1;
    longest.endLongestIdle();
  }

  /** Each of those that wait once; who still has to wait goes to the end of the line. */
  #callLine(): void {
    for (let left = this.#line.size; left > 0; left -= 1) {
      if (this.#startingCount >= this.#startsMax) return;
      const [holder] = this.#line;
      if (!holder) return; // a start that failed at once has called the others already
      this.#line.delete(holder);
      holder.onPlace();
    }
  }

  #tell({ program, waitingCount }: PlaceHolder): void {
    if (this.#quietTimer) return;
    const { clock, logger } = this.#options;
    this.#quietTimer = clock.after(quietMs, () => {
      this.#quietTimer = undefined;
    });
    logger.warn("calls wait, as many processes run as may: --processes", {
      name: program.functionName,
      version: program.version,
      waiting: waitingCount,
      processes: this.processesMax,
    });
  }
}

/** Half of the memory, at what a small handler takes; and what the processors can share. */
function processesMaxHere(): number {
  const bytes = Math.min(process.constrainedMemory() || totalmem(), totalmem());
  const byMemory = Math.floor(bytes / 2 / processBytesTypical);
  return Math.max(processesMin, Math.min(byMemory, processesMaxPerCore * availableParallelism()));
}

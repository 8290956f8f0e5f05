/**
 * Who begins a call that was given ahead: its process, or the server, which takes it back.
 *
 * A file without a name that both have through one open description, and so with one offset. What
 * is put is a byte behind those before; the system gives it to the one that reads first, and
 * nothing to the other.
 *
 * Whoever loses reads nothing, so a byte may be put only when nobody can be about to read for the
 * one before. `Ahead` takes two files in turn for that.
 */

import { closeSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";

/** What lies on the disk at most; what has been taken is cut off there, the offset goes on. */
const bytesMax = 65_536;

const byte = new Uint8Array(1);

export class Ticket {
  /** For the process to inherit. */
  readonly descriptor: number;
  #putCount = 0;
  #isOpen = true;

  /** `path` is free, and is so again. Throws what the machine says. */
  constructor(path: string) {
    this.descriptor = openSync(path, "wx+", 0o600);
    unlinkSync(path);
  }

  /** Once the one before is taken. False: the machine does not let it. */
  put(): boolean {
    try {
      if (this.#putCount % bytesMax === 0) ftruncateSync(this.descriptor, 0);
      writeSync(this.descriptor, byte, 0, 1, this.#putCount);
    } catch {
      return false; // the disk is full: the call waits where it is
    }
    this.#putCount += 1;
    return true;
  }

  /** False: the process has taken it. */
  take(): boolean {
    return this.#isOpen && readSync(this.descriptor, byte, 0, 1, null) === 1;
  }

  close(): void {
    if (this.#isOpen) closeSync(this.descriptor);
    this.#isOpen = false;
  }
}

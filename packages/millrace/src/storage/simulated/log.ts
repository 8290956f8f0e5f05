/**
 * The log of the simulated engine: batches go to its end, and come back in order after a start.
 *
 * A batch that could not be written or synced is taken off again, durably, before its failure is
 * told: what was refused does not come back after a crash. Where that fails too, nothing can be
 * known of the file any more, and the log takes nothing further.
 *
 * Left out: the log only grows.
 */

import { assert, type Random, WorldError } from "../../base/mod.ts";
import type { Change } from "../records.ts";
import type { DiskFile } from "./disk.ts";
import { encodeFrame, encodeHead, headBytes, readFrames, saltOf } from "./frames.ts";

export interface OpenedLog {
  readonly log: FrameLog;
  readonly batches: readonly (readonly Change[])[];
}

/**
 * Reads the log, or begins one, and cuts a torn tail. Rejects with `DATA_CORRUPT`, file and offset
 * when it is damaged before its tail.
 */
export async function openLog(file: DiskFile, random: Random): Promise<OpenedLog> {
  const bytes = await file.read();
  const salt = saltOf(bytes);
  if (!salt) return { log: await beginLog(file, bytes, random), batches: [] };
  const { batches, end, rest } = readFrames(bytes, salt);
  if (rest === "damaged") throw corrupt(file, end);
  if (rest === "torn") {
    await file.truncate(end);
    await file.sync();
  }
  const log = new FrameLog({ file, salt, end, nextNumber: batches.length + 1 });
  return { log, batches };
}

async function beginLog(file: DiskFile, bytes: Uint8Array, random: Random): Promise<FrameLog> {
  if (bytes.length > headBytes) throw corrupt(file, 0); // the head was synced before any frame
  const salt = random.bytes(8);
  await file.truncate(0);
  await file.write(0, encodeHead(salt));
  await file.sync();
  return new FrameLog({ file, salt, end: headBytes, nextNumber: 1 });
}

function corrupt(file: DiskFile, offset: number): WorldError {
  const message = `"${file.name}" is damaged at byte ${offset}, before its end`;
  return new WorldError("DATA_CORRUPT", message);
}

interface LogState {
  readonly file: DiskFile;
  readonly salt: Uint8Array;
  readonly end: number;
  readonly nextNumber: number;
}

export class FrameLog {
  readonly #file: DiskFile;
  readonly #salt: Uint8Array;
  #end: number;
  #nextNumber: number;
  #busy = false;
  #stopped: WorldError | undefined;

  constructor({ file, salt, end, nextNumber }: LogState) {
    this.#file = file;
    this.#salt = salt;
    this.#end = end;
    this.#nextNumber = nextNumber;
  }

  /** Answers when the batch is durable; one at a time. */
  async append(changes: readonly Change[]): Promise<void> {
    assert(!this.#busy, "a batch is appended while another one is");
    if (this.#stopped) throw this.#stopped;
    this.#busy = true;
    const frame = encodeFrame(this.#salt, this.#nextNumber, changes);
    try {
      await this.#file.write(this.#end, frame);
      await this.#file.sync();
      this.#end += frame.length;
      this.#nextNumber += 1;
    } catch (failure) {
      await this.#takeOff();
      throw failure;
    } finally {
      this.#busy = false;
    }
  }

  async #takeOff(): Promise<void> {
    try {
      await this.#file.truncate(this.#end);
      await this.#file.sync();
    } catch (failure) {
      const message = `"${this.#file.name}" takes nothing any more: its end is not known`;
      this.#stopped = new WorldError("STORAGE_STOPPED", message, failure);
    }
  }
}

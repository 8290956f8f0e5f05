/**
 * The writer's thread as seen from outside: requests go in, promises come back.
 *
 * Answers arrive in the order of the requests. When the thread itself dies, every request under way
 * and every later one is refused: what it left on the disk is whole, but nobody writes any more.
 * `onStopped` is then told, once; a server without a writer had better end.
 */

import { WorldError } from "../../base/mod.ts";
import type { Change } from "../records.ts";
import type { WriterAnswer, WriterRequest } from "./messages.ts";
import { packChanges } from "./wire.ts";

export interface WriterThread {
  /** Resolves when the thread has opened the file, or has failed to. */
  readonly started: Promise<unknown>;
  /**
   * Resolves when the changes are durable, with the seconds that the disk took for it; rejects with
   * a `WorldError`, and none of them are.
   */
  commit(changes: readonly Change[]): Promise<number>;
  /** Moves the log into the file, lets go of it and ends the thread. */
  close(): Promise<void>;
}

export interface WriterThreadOptions {
  readonly path: string;
  readonly fileBytesMax?: number;
  readonly onStopped: (error: WorldError) => void;
}

interface Request {
  resolve(syncSeconds: number): void;
  reject(error: WorldError): void;
}

/** Returns at once, while the thread starts. A file that it cannot open fails every commit. */
export function startWriterThread(options: WriterThreadOptions): WriterThread {
  const { path, fileBytesMax, onStopped } = options;
  const worker = new Worker(new URL("./writer.ts", import.meta.url));
  const requests: Request[] = [];
  let broken: WorldError | undefined;
  const refuseAll = (error: WorldError): void => {
    broken = error;
    for (const request of requests.splice(0)) request.reject(error);
  };
  worker.onmessage = ({ data: answer }: MessageEvent<WriterAnswer>) => {
    const request = requests.shift();
    if (answer.kind === "done") request?.resolve(answer.syncSeconds);
    else request?.reject(new WorldError(answer.failure.code, answer.failure.message));
  };
  let closing = false;
  const stopped = (why: string): void => {
    if (broken || closing) return;
    refuseAll(new WorldError("STORAGE_STOPPED", `the writer of "${path}" has died: ${why}`));
    onStopped(broken!);
  };
  worker.onerror = ({ message }) => stopped(message);
  worker.addEventListener("close", () => stopped("it ended without a word"));
  const ask = (request: WriterRequest, transfer: ArrayBuffer[] = []): Promise<number> =>
    new Promise((resolve, reject) => {
      if (broken) {
        reject(broken);
        return;
      }
      requests.push({ resolve, reject });
      worker.postMessage(request, transfer);
    });
  return {
    started: ask({ kind: "open", path, fileBytesMax }).catch(refuseAll),
    commit: (changes) => {
      const packed = packChanges(changes);
      return ask({ kind: "commit", path, changes: packed }, [packed.bytes]);
    },
    close: async () => {
      try {
        await ask({ kind: "close", path });
        closing = true;
      } finally {
        worker.terminate();
      }
    },
  };
}

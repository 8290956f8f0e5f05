/**
 * Pipes of the system, for what a process writes. The runtime gives a child a socket where it is
 * asked for a pipe, and a socket has no name to open: `echo x > /dev/stderr` fails on it.
 */

import { dlopen, ptr } from "bun:ffi";
import { closeSync } from "node:fs";
import { WorldError } from "../../base/mod.ts";

export interface Pipe {
  readonly readable: number;
  /** To be closed when the child has it. */
  readonly writable: number;
}

const closesOnExec = 0o2000000;
/** glibc's on Linux; elsewhere a socket has to do. */
const pipe2 = findPipe2();

/** `undefined`: not on this system. Throws when there are no descriptors left. */
export function openPipe(): Pipe | undefined {
  if (!pipe2) return undefined;
  const ends = new Int32Array(2);
  if (pipe2(ptr(ends), closesOnExec) !== 0) {
    throw new WorldError("NO_PIPE", "the system gives no pipe: it may have no descriptors left");
  }
  return { readable: ends[0]!, writable: ends[1]! };
}

/** What is written, until nobody can write any more; then the pipe is closed. */
export async function* readPipe(readable: number): AsyncGenerator<Uint8Array> {
  try {
    yield* Bun.file(readable).stream();
  } finally {
    closeSync(readable);
  }
}

function findPipe2() {
  try {
    return dlopen("libc.so.6", { pipe2: { args: ["ptr", "i32"], returns: "i32" } }).symbols.pipe2;
  } catch {
    return undefined;
  }
}

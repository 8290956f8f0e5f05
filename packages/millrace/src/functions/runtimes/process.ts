/** The process of an environment: how it is started, and with what it is born. */

import { closeSync, existsSync } from "node:fs";
import { WorldError } from "../../base/mod.ts";
import type { Program } from "../program.ts";
import { openPipe, type Pipe, readPipe } from "./pipe.ts";

/** As `bootstrap/channel.mjs` has them; the tickets of `ahead/` are the descriptors behind it. */
export const channelDescriptor = 3;

/** It reads nothing, and what it writes is its log. */
export interface Process
  extends Pick<Bun.Subprocess, "pid" | "exited" | "exitCode" | "signalCode" | "stdio"> {
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
}

export interface Inherited {
  /** Of its Runtime API. */
  readonly address: string;
  /** Of the tickets, where it has a channel. */
  readonly descriptors: readonly number[];
}

/** The leader of its own group. Throws what the machine says when it gives no process. */
export function startProcess(
  variables: Record<string, string>,
  program: Program,
  { address, descriptors }: Inherited,
): Process {
  // The system names the program when it is the folder that is missing.
  if (!existsSync(program.folder)) {
    throw new WorldError("CODE_GONE", `the folder of its code is gone: "${program.folder}"`);
  }
  const pipes: Pipe[] = [];
  try {
    const env = { ...variables, AWS_LAMBDA_RUNTIME_API: address };
    return spawn(program, { env, pipes, descriptors });
  } catch (thrown) {
    for (const { readable } of pipes) closeSync(readable);
    throw thrown;
  } finally {
    for (const { writable } of pipes) closeSync(writable);
  }
}

interface SpawnOptions extends Pick<Inherited, "descriptors"> {
  readonly env: Record<string, string>;
  /** Those that are made are put here. */
  readonly pipes: Pipe[];
}

function spawn(program: Program, { env, pipes, descriptors }: SpawnOptions): Process {
  const open = () => {
    const pipe = openPipe();
    if (pipe) pipes.push(pipe);
    return pipe?.writable ?? "pipe";
  };
  const stdio: ["ignore", number | "pipe", number | "pipe"] = ["ignore", open(), open()];
  const child = Bun.spawn([...program.command], {
    cwd: program.folder,
    env,
    // Of a socket pair our end is ours to close, which a "pipe" there would not be.
    stdio: program.hasChannel ? [...stdio, "socket-fd", ...descriptors] : stdio,
    detached: true,
  });
  const [out, err] = pipes;
  if (!out || !err) return child as Bun.Subprocess<"ignore", "pipe", "pipe">;
  return Object.defineProperties(child, {
    stdout: { value: readPipe(out.readable) },
    stderr: { value: readPipe(err.readable) },
  }) as unknown as Process;
}

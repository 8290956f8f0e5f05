/** The process of an environment: how it is started, and with what it is born. */

import { existsSync } from "node:fs";
import { WorldError } from "../../base/mod.ts";
import type { Program } from "../program.ts";

/** As `bootstrap/channel.mjs` has them; the tickets of `ahead/` are the descriptors behind it. */
export const channelDescriptor = 3;

/** It reads nothing, and what it writes is its log. */
export type Process = Bun.Subprocess<"ignore", "pipe", "pipe">;

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
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  return Bun.spawn([...program.command], {
    cwd: program.folder,
    env: { ...variables, AWS_LAMBDA_RUNTIME_API: address },
    // Of a socket pair our end is ours to close, which a "pipe" there would not be.
    stdio: program.hasChannel ? [...stdio, "socket-fd", ...descriptors] : stdio,
    detached: true,
  });
}

/** What the comparison needs to know of a server. */

import type { Target, Transport } from "../load/workload.ts";
import type { Processes } from "./processes.ts";

export interface StartContext {
  readonly processes: Processes;
  /** For generated configuration; empty at first, removed at the end. */
  readonly folder: string;
  readonly transport: Transport;
}

export interface RunningPeer {
  readonly target: Target;
  readonly pid: number;
}

export interface Peer {
  readonly name: string;
  /** Why it cannot take part, e.g. "not installed: apt-get install mosquitto". */
  objection(transport: Transport): string | undefined;
  /** E.g. "2.0.11". Only for a peer without objection. */
  version(): string;
  start(context: StartContext): Promise<RunningPeer>;
}

/** The first match of `pattern` in what the command prints, or "unknown". */
export function versionFrom(command: string[], pattern: RegExp): string {
  const { stdout, stderr } = Bun.spawnSync(command, { stdout: "pipe", stderr: "pipe" });
  return pattern.exec(`${stdout}${stderr}`)?.[1] ?? "unknown";
}

/** The program's path; Debian keeps servers where an ordinary user's PATH does not look. */
export function findProgram(name: string): string | null {
  return Bun.which(name, { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/usr/local/sbin` });
}

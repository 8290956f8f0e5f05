/** What the comparison needs to know of a server. */

import type { Manner, Target, Transport } from "../load/workload.ts";
import type { Processes } from "./processes.ts";

/** What a measurement asks of a server. */
export interface Needs extends Manner {
  /** Wildcards in filters. */
  readonly wildcards?: boolean;
  /** Sessions and their messages outlive the process. */
  readonly durable?: boolean;
  /** The DynamoDB API instead of MQTT. */
  readonly tables?: boolean;
}

export interface StartContext {
  readonly processes: Processes;
  /** For generated configuration and what is kept; empty at first, removed at the end. */
  readonly folder: string;
  readonly transport: Transport;
  /** Of what will be published. */
  readonly qos?: 0 | 1;
  readonly durable?: boolean;
  readonly tables?: boolean;
  /** Files that the server may have open at once. Absent: as we were given. */
  readonly openFilesMax?: number;
  /** Where the server's runtime leaves a profile of its CPU time, if it can make one. */
  readonly profileFolder?: string;
}

export interface RunningPeer {
  readonly target: Target;
  readonly pid: number;
  /** A rule moves what is published on `chat/out/<room>` to `chat/pub/<room>`. */
  readonly hasRule?: boolean;
  /** Where it keeps its data, if it does. */
  readonly dataFolder?: string;
  /** Of the door that takes Lambda's Invoke. */
  readonly invokePort?: number;
}

export interface Peer {
  readonly name: string;
  /** Why it cannot take part, e.g. "not installed: apt-get install mosquitto". */
  objection(needs: Needs): string | undefined;
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

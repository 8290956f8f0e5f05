/**
 * What a benchmark finds, as it stands in files: a section is one table, a row a peer.
 *
 * A section carries all that its table needs, so that figures written today can be shown later.
 */

import type { Figures } from "../load/workload.ts";

export interface PeerResult {
  readonly name: string;
  readonly rounds: readonly Figures[];
  /** Why there are no rounds, or fewer. */
  readonly problem?: string;
  /** It took part and broke down. */
  readonly failed: boolean;
}

export interface Column {
  /** Of the figure. */
  readonly key: string;
  readonly heading: string;
  readonly show: "count" | "decimal" | "percent";
}

/** What Millrace is to reach, as a ratio to a peer in the same run, or, without one, as a value. */
export interface Goal {
  readonly against?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What is measured under a name, e.g. one scenario over one transport. */
export interface Subject {
  readonly benchmark: string;
  /** E.g. "WebSocket, QoS 0, MQTT 3.1.1"; sections of one group share a row of the summary. */
  readonly group: string;
  /** E.g. "one-room"; its column there. */
  readonly name: string;
  /** E.g. "1 room of 1,000, 16 outstanding". */
  readonly description: string;
  /** The first is the one that the peers are compared by. */
  readonly columns: readonly [Column, ...Column[]];
  readonly goals: readonly Goal[];
}

export interface Section extends Subject {
  readonly peers: readonly PeerResult[];
}

/** A run from its first section to its last. */
export interface Run {
  readonly date: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly roundCount: number;
  readonly measureSeconds: number;
  readonly sections: readonly Section[];
}

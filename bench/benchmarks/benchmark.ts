/** What the command line needs to know of a benchmark. */

import type { FlagName, Settings } from "../flags.ts";
import type { Section } from "../report/section.ts";
import type { Peer } from "../servers/peer.ts";
import type { Laboratory } from "./rounds.ts";

export interface Benchmark {
  readonly name: string;
  /** For the usage: what is measured, in one line. */
  readonly summary: string;
  /** The flags that mean something to it, beyond those that all understand. */
  readonly flags: readonly FlagName[];
  /** Whom it is about; absent: those that speak MQTT. */
  readonly peers?: readonly Peer[];
  /** Sections as they are done. */
  run(settings: Settings, laboratory: Laboratory): AsyncIterable<Section>;
}

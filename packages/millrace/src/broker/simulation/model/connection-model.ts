/** One connection of one client, from its CONNECT on. */

import type { SimulatedMessage } from "./messages.ts";
import type { SessionModel } from "./session-model.ts";

export interface ConnectionFacts {
  /** That of its wire. */
  readonly name: string;
  readonly clientId: string;
  readonly cleanStart: boolean;
  /** How long the session outlives the connection; 0: not at all. */
  readonly expiryMs: number;
  readonly keepAliveMs: number;
  readonly will: SimulatedMessage | undefined;
  readonly willDelayMs: number;
  readonly sentAtMs: number;
}

export interface ConnectionModel extends ConnectionFacts {
  /** Set by CONNACK. */
  session: SessionModel | undefined;
  /** A newer connection of the client id has its CONNACK. */
  superseded: boolean;
  /** The broker has accepted it and has not ended it. */
  openAtBroker: boolean;
  /** When the broker has got its DISCONNECT. */
  leftAtMs: number | undefined;
}

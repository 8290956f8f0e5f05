/** What an expression is evaluated against. */

import type { Random } from "../base/mod.ts";
import type { Payload } from "./payload.ts";
import type { Value } from "./value.ts";

/** A message as the rules engine received it. What is absent is Undefined in the language. */
export interface MessageContext {
  readonly topic: string;
  readonly payload: Payload;
  /** Absent when the message did not come over MQTT: `clientid()` is then `n/a`. */
  readonly clientId?: string | undefined;
  readonly sourceIp?: string | undefined;
  readonly principal?: string | undefined;
  readonly traceId?: string | undefined;
  readonly accountId: string;
  /** `timestamp()`, milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** For `newuuid()` and `rand()`. */
  readonly random: Random;
}

/** Where names resolve: the row of a subquery first, then what is around it. */
export interface Scope {
  readonly message: MessageContext;
  readonly row: Value;
  /** The name of the row itself. */
  readonly alias: string | undefined;
  /** Absent at the top, where names are members of the payload. */
  readonly outer: Scope | undefined;
}

/** A compiled expression. */
export type Evaluate = (scope: Scope) => Value;

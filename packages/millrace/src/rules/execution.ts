/**
 * One execution: what became of one message in one rule. It is told once, when the last action has
 * settled, and holds neither payload nor output, so that many can be kept.
 */

import type { Asked } from "../sql/mod.ts";
import type { Cause } from "./message.ts";

export interface Execution {
  readonly ruleName: string;
  readonly topic: string;
  /** Absent when the message did not come over MQTT. */
  readonly clientId: string | undefined;
  readonly cause: Cause;
  /** How many republish actions led to the message. */
  readonly depth: number;
  readonly receivedAtMs: number;
  /** From the beginning of the evaluation until the last action has settled. */
  readonly durationMs: number;
  /** The statement fired; its WHERE was not true; its evaluation failed. */
  readonly outcome: "fired" | "passed" | "failed";
  /** Why the evaluation failed. */
  readonly failure: string | undefined;
  /** The services that the statement asked, in its order; absent when it asks none. */
  readonly asked?: readonly Asked[] | undefined;
  /** Of the bytes that the statement selected; 0 unless it fired. */
  readonly outputBytes: number;
  /** In the order in which they settled. */
  readonly actions: readonly ActionOutcome[];
  /** Absent when no action has failed, or the rule has none. */
  readonly errorAction?: ActionOutcome | undefined;
}

export interface ActionOutcome {
  readonly kind: string;
  /** What it acted on, e.g. a topic, or a table's name. */
  readonly resource: string;
  /** Why it failed, after its last attempt; `undefined` when it succeeded. */
  readonly problem: string | undefined;
  /** All attempts and the pauses between them. */
  readonly durationMs: number;
}

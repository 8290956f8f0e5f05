/** What travels: a message, where it came from, and what became of a publish. */

/**
 * Who caused a message, and over how many rules. One object serves all messages of a connection.
 */
export interface Origin {
  /** The MQTT client id; absent when the message did not come over MQTT. */
  readonly clientId?: string;
  readonly sourceIp?: string;
  readonly principal?: string;
  /** Carried on by rules; absent until the first rule looks at the message. */
  readonly traceId?: string;
  /** How many republish actions led here; 0 for a message from outside. */
  readonly ruleDepth: number;
  /** True for the broker's own events: they alone may use reserved topics. */
  readonly internal?: boolean;
}

export type QoS = 0 | 1 | 2;

export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly origin: Origin;
}

/** Why a publish was refused: a value, put into wire form by each door. */
export type Refusal = "topic-invalid" | "topic-reserved" | "not-stored";

export type PublishOutcome =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly refusal: Refusal; readonly reason: string };

export const accepted: PublishOutcome = { accepted: true };

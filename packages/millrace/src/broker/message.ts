/** What travels: a message, where it came from, and what became of a publish. */

/** What one client may do with topics; compiled once and shared by those it is the same for. */
export interface Access {
  readonly mayPublish: (topic: string, retain: boolean) => boolean;
  /** `filter` as the client sent it, `$share/...` included. */
  readonly maySubscribe: (filter: string) => boolean;
  /** Asked for each message; what is not allowed is left out without a word. */
  readonly mayReceive: (topic: string) => boolean;
}

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
  /** How many republish actions, and answers to them, led here; 0 for a message from outside. */
  readonly ruleDepth: number;
  /** True for the server's own messages: they alone may use reserved topics. */
  readonly internal?: boolean;
  /** Of the server's own: an acknowledgement waits for what follows, as it does for a client's. */
  readonly isAwaited?: boolean;
  /** Absent: everything is allowed. */
  readonly access?: Access | undefined;
}

export type QoS = 0 | 1 | 2;

/** What MQTT 5 passes on unchanged from publisher to subscriber (3.3.2.3). */
export interface MessageProperties {
  readonly payloadFormatIndicator?: 0 | 1 | undefined;
  readonly contentType?: string | undefined;
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
  readonly userProperties?: readonly (readonly [name: string, value: string])[] | undefined;
}

export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly origin: Origin;
  readonly properties?: MessageProperties | undefined;
  /** What a client has left to be said: services behind reserved topics take nothing from it. */
  readonly isWill?: boolean;
  /** From this moment of the wall clock on nobody gets it any more. Absent: it does not expire. */
  readonly expiresAtMs?: number | undefined;
}

/** Why a publish was refused: a value, put into wire form by each door. */
export type Refusal =
  | "topic-invalid"
  | "topic-reserved"
  | "not-authorized"
  | "payload-too-large"
  | "property-too-large"
  | "quota-exceeded"
  | "not-stored";

export type PublishOutcome =
  | {
      readonly accepted: true;
      /** Whether a subscription or a rule matched. */
      readonly matched: boolean;
    }
  | { readonly accepted: false; readonly refusal: Refusal; readonly reason: string };

export const accepted: PublishOutcome = { accepted: true, matched: true };
export const acceptedUnmatched: PublishOutcome = { accepted: true, matched: false };

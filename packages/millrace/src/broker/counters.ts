/**
 * What the broker has done since it started, as plain numbers: the hot path adds to a field, and
 * whoever shows them reads.
 */

/** Why a message or a client was turned away, or a message was lost on its way. */
export type DropReason =
  /** QoS 0 for a reader that is too slow. */
  | "slow-reader"
  /** A full line of a session, or of all. */
  | "queue-full"
  | "expired"
  /** Larger than the receiver's Maximum Packet Size. */
  | "packet-too-large"
  /** More publishes a second than a connection may send. */
  | "publish-rate"
  /** A shared subscription whose members are all away, QoS 0. */
  | "nobody-there"
  /** The receiver's policy. */
  | "not-authorized";

export type RefusedConnect = "authorization" | "protocol" | "rate" | "connections" | "sessions";

export class Counters {
  connectionsAccepted = 0;
  messagesIn = 0;
  messagesOut = 0;
  packetsIn = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Bytes of messages that wait in lines now. */
  queuedBytes = 0;
  readonly dropped: Record<DropReason, number> = {
    "slow-reader": 0,
    "queue-full": 0,
    expired: 0,
    "packet-too-large": 0,
    "publish-rate": 0,
    "nobody-there": 0,
    "not-authorized": 0,
  };
  readonly connectsRefused: Record<RefusedConnect, number> = {
    authorization: 0,
    protocol: 0,
    rate: 0,
    connections: 0,
    sessions: 0,
  };
  /** How connections ended, by the reason that lifecycle events give. */
  readonly disconnects: Record<string, number> = {};
}

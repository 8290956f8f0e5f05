/** What the broker tells about connections, for whoever makes events of it. */

/** The reasons of AWS IoT's lifecycle events that this broker can give. */
export type DisconnectReason =
  | "API_INITIATED_DISCONNECT"
  | "AUTH_ERROR"
  | "CLIENT_INITIATED_DISCONNECT"
  | "CLIENT_ERROR"
  | "CONNECTION_LOST"
  | "CUSTOMAUTH_TTL_EXPIRATION"
  | "DUPLICATE_CLIENTID"
  | "MQTT_KEEP_ALIVE_TIMEOUT"
  | "SERVER_ERROR"
  | "SERVER_INITIATED_DISCONNECT"
  | "THROTTLED"
  | "WEBSOCKET_TTL_EXPIRATION";

/** One connection of one client. */
export interface ConnectionFacts {
  readonly clientId: string;
  /** One per connection. */
  readonly sessionIdentifier: string;
  readonly principal: string;
  /** Of a thing that has its principal to itself. */
  readonly thingName?: string | undefined;
  readonly ipAddress: string;
  /**
   * Grows with every connection of the client id; 0 when nothing is known of an earlier one, which
   * is an hour after the end of its session, or with a session that is not kept, after a restart.
   */
  readonly versionNumber: number;
}

export interface LifecycleObserver {
  connected(facts: ConnectionFacts): void;
  connectFailed(facts: Omit<ConnectionFacts, "versionNumber">): void;
  disconnected(facts: ConnectionFacts, reason: DisconnectReason): void;
  subscribed(facts: ConnectionFacts, filters: readonly string[]): void;
  unsubscribed(facts: ConnectionFacts, filters: readonly string[]): void;
}

/** The message broker: connections, sessions, the topic tree, and the one publish. */

export { type Admission, Broker, type BrokerOptions, type Tap } from "./broker.ts";
export type { Connection, Link } from "./connection.ts";
export type { ConnectionFacts, DisconnectReason, LifecycleObserver } from "./lifecycle.ts";
export { type BrokerLimits, defaultLimits } from "./limits.ts";
export type { Message, Origin, PublishOutcome, QoS, Refusal } from "./message.ts";

/** The message broker: connections, sessions, the topic tree, and the one publish. */

export { type Admission, Broker, type BrokerOptions, type Tap } from "./broker.ts";
export type { Connection, Link } from "./connection/connection.ts";
export type { Counters, DropReason, RefusedConnect } from "./counters.ts";
export type { ConnectionFacts, DisconnectReason, LifecycleObserver } from "./lifecycle.ts";
export type { BrokerLimits } from "./limits.ts";
export type {
  Access,
  Message,
  MessageProperties,
  Origin,
  PublishOutcome,
  QoS,
  Refusal,
} from "./message.ts";
export { awsLimits } from "./presets/aws.ts";
export { mqttLimits, mqttLimits as defaultLimits } from "./presets/mqtt.ts";
export type { RetainedMessage } from "./topics/retained.ts";

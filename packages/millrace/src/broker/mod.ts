/** The message broker: connections, sessions, the topic tree, and the one publish. */

export type {
  Admission,
  AdmissionFacts,
  AdmissionVerdict,
  Admitted,
  WhyRefused,
} from "./admission.ts";
export {
  Broker,
  type BrokerOptions,
  type ClientSubscription,
  type Tap,
} from "./broker.ts";
export type { ClientState, ConnectionState } from "./client-state.ts";
export type { Connection } from "./connection/connection.ts";
export type { Link, TlsFacts } from "./connection/link.ts";
export type { Counters, DropReason, RefusedConnect } from "./counters.ts";
export type { DirectOutcome } from "./delivery/direct.ts";
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
export { type LimitsName, limitsByName } from "./presets/by-name.ts";
export { mqttLimits, mqttLimits as defaultLimits } from "./presets/mqtt.ts";
export type { RetainedMessage } from "./topics/retained.ts";

/**
 * Lifecycle events: what happens to connections, as messages on `$aws/events/...`.
 *
 * Published by the service itself, always on, in the shape of AWS IoT (developer guide, "Lifecycle
 * events"). A client id with `+` or `#` gives none, because it would make an invalid topic. Mostly
 * nobody listens: then no event is made, which was a sixth of what it costs to come and go.
 */

import { type Clock, utf8 } from "../base/mod.ts";
import type { ConnectionFacts, LifecycleObserver, Message } from "../broker/mod.ts";

export interface LifecyclePorts {
  /** Hands the message to the broker's one way in. */
  readonly publish: (message: Message) => void;
  /** Whether a subscription or a rule may want topics below this first level. */
  readonly isHeard: (level: string) => boolean;
  readonly clock: Clock;
}

export function createLifecycleEvents({
  publish,
  isHeard,
  clock,
}: LifecyclePorts): LifecycleObserver {
  const tell = (kind: string, facts: Identity, details: object) => {
    if (!isHeard("$aws") || /[+#]/.test(facts.clientId)) return;
    const eventType = kind.slice(kind.indexOf("/") + 1);
    const event = {
      clientId: facts.clientId,
      thingName: facts.thingName, // of an exclusive thing alone
      timestamp: clock.now(),
      eventType,
      sessionIdentifier: facts.sessionIdentifier,
      principalIdentifier: facts.principal,
      ...details,
    };
    publish({
      topic: `$aws/events/${kind}/${facts.clientId}`,
      payload: utf8(JSON.stringify(event)),
      qos: 1,
      retain: false,
      origin: { ruleDepth: 0, internal: true },
    });
  };
  return {
    connected: (facts) => {
      const { ipAddress, versionNumber } = facts;
      tell("presence/connected", facts, { ipAddress, versionNumber });
    },
    connectFailed: (facts) =>
      tell("presence/connect_failed", facts, {
        ipAddress: facts.ipAddress,
        connectFailureReason: "AUTHORIZATION_FAILED",
      }),
    disconnected: (facts, disconnectReason) =>
      tell("presence/disconnected", facts, {
        clientInitiatedDisconnect: disconnectReason === "CLIENT_INITIATED_DISCONNECT",
        disconnectReason,
        versionNumber: facts.versionNumber,
      }),
    subscribed: (facts, topics) => tell("subscriptions/subscribed", facts, { topics }),
    unsubscribed: (facts, topics) => tell("subscriptions/unsubscribed", facts, { topics }),
  };
}

type Identity = Pick<ConnectionFacts, "clientId" | "sessionIdentifier" | "principal" | "thingName">;

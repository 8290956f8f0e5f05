/**
 * `$SYS/broker/...`: the broker's figures as topics, with the names that other brokers made usual.
 *
 * They are kept nowhere. Who subscribes gets the values of that moment, as retained messages; all
 * who are subscribed get those of every `systemTopicsSeconds`. QoS 0 and not retained, so that no
 * line and no disk ever holds one. Clients may not publish here, and `#` does not match them, as it
 * is with every topic that starts with `$`. Left out: averages over minutes, which are for whoever
 * keeps the figures to compute.
 */

import { topicMatches } from "@millrace/mqtt";
import manifest from "../../../package.json" with { type: "json" };
import { utf8 } from "../../base/mod.ts";
import type { Broker } from "../broker.ts";
import { sum } from "../counters.ts";
import type { Message } from "../message.ts";

const prefix = "$SYS/broker/";

const origin = { ruleDepth: 0, internal: true } as const;

type Value = (broker: Broker) => number | string;

const values: Readonly<Record<string, Value>> = {
  version: () => `millrace version ${manifest.version}`,
  uptime: ({ systemTopics }) => `${systemTopics.uptimeSeconds} seconds`,
  "clients/connected": ({ counters }) => counters.connectionsOpen,
  "clients/disconnected": ({ sessions, counters }) => sessions.size - counters.connectionsOpen,
  "clients/total": ({ sessions }) => sessions.size,
  "clients/maximum": ({ counters }) => counters.connectionsPeak,
  "clients/expired": ({ counters }) => counters.sessionsExpired,
  "messages/received": ({ counters }) => counters.packetsIn,
  "messages/sent": ({ counters }) => counters.packetsOut,
  "messages/inflight": ({ counters }) => counters.inflightMessages,
  "publish/messages/received": ({ counters }) => sum(counters.publishesIn),
  "publish/messages/sent": ({ counters }) => sum(counters.publishesOut),
  "publish/messages/dropped": ({ counters }) => counters.droppedInAll,
  "bytes/received": ({ counters }) => counters.bytesIn,
  "bytes/sent": ({ counters }) => counters.bytesOut,
  "subscriptions/count": ({ topics }) => topics.subscriptionCount,
  "retained messages/count": ({ retained }) => retained.count,
  "store/messages/count": ({ retained, counters }) => retained.count + counters.queuedMessages,
  "store/messages/bytes": ({ retained, counters }) => retained.bytes + counters.queuedBytes,
};

export class SystemTopics {
  readonly #broker: Broker;
  readonly #everySeconds: number;
  readonly #startMs: number;

  constructor(broker: Broker) {
    this.#broker = broker;
    this.#everySeconds = broker.limits.systemTopicsSeconds;
    this.#startMs = broker.clock.monotonic();
  }

  get uptimeSeconds(): number {
    return Math.floor((this.#broker.clock.monotonic() - this.#startMs) / 1000);
  }

  /** Publishes again and again, until the broker closes. */
  start(): void {
    if (this.#everySeconds > 0) this.#publishLater();
  }

  /** What a new subscription to `filter` gets. */
  matching(filter: string): Message[] {
    if (this.#everySeconds === 0 || !filter.startsWith("$SYS/")) return [];
    return this.#messages().filter(({ topic }) => topicMatches(filter, topic));
  }

  /** All of one moment. */
  #messages(): Message[] {
    return Object.entries(values).map(([name, value]) => {
      const payload = utf8(String(value(this.#broker)));
      return { topic: `${prefix}${name}`, payload, qos: 0, retain: false, origin };
    });
  }

  #publishLater(): void {
    this.#broker.clock.after(this.#everySeconds * 1000, () => {
      if (this.#broker.closed) return;
      for (const message of this.#messages()) void this.#broker.publish(message);
      this.#publishLater();
    });
  }
}

/**
 * A reader on a wire that neither delays nor fails: it looks for what is retained, and publishes a
 * probe on every topic, so that whatever is subscribed shows itself.
 */

import type { World } from "./client-connection.ts";
import type { SimulatedMessage } from "./model/messages.ts";
import { calmNetwork, type Plan } from "./plan.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SimulatedServer } from "./server.ts";
import { SimulatedClient } from "./simulated-client.ts";

export interface AuditOptions {
  readonly world: World;
  readonly server: SimulatedServer;
  readonly random: SeededRandom;
  readonly plan: Plan;
  readonly clientId: string;
  /** Publishes a message of every QoS on every topic as well. */
  readonly probes: boolean;
}

/** A wire without faults has brought everything by then. */
const patienceMs = 2_000;

/** Connects, reads, publishes, leaves. A server that dies meanwhile ends it without a judgement. */
export function audit(options: AuditOptions): void {
  const { world, server, random, plan, clientId, probes } = options;
  const topics = new Set<string>();
  const client = new SimulatedClient({
    ...options,
    random: random.fork(clientId),
    clientId,
    keepAliveSeconds: 0,
    ackDelayMsMax: () => 0,
    habits: () => calmNetwork,
    onRetained: ({ topic }) => topics.add(topic),
  });
  if (!client.connect({ cleanStart: true, expiryMs: 0 })) return;
  const { scheduler, model } = world;
  const killCount = server.killCount;
  const isUndisturbed = () => client.isOpen && server.killCount === killCount;
  scheduler.after(patienceMs, () => {
    if (!isUndisturbed()) return;
    const began = model.beginReading();
    client.connection?.subscribe([{ filter: "#", qos: 1 }]);
    scheduler.after(patienceMs, () => {
      if (!isUndisturbed()) return;
      model.foundRetained(topics, "#", began);
      const probed = probes ? publishProbes(client, plan.topics) : [];
      scheduler.after(patienceMs, () => {
        for (const message of probed) if (message.qos === 0) model.settled(message);
        client.connection?.leave();
      });
    });
  });
}

function publishProbes(client: SimulatedClient, topics: readonly string[]): SimulatedMessage[] {
  const drafts = topics.flatMap((topic) =>
    ([0, 1, 2] as const).map((qos) => ({ topic, qos, retain: false, fillBytes: 0 })),
  );
  return drafts.map((draft) => client.publish(draft));
}

/** An MQTT client up to the point where counting begins: connected, and subscribed if it wants. */

import { Decoder, encode, type Packet } from "@millrace/mqtt";
import { Connection } from "./connection.ts";
import type { Target } from "./workload.ts";

export interface ClientOptions {
  readonly target: Target;
  readonly clientId: string;
  /** Subscribed to at QoS 0; absent: a publisher. */
  readonly topic?: string;
  readonly lost: (reason: string) => void;
}

/** Resolves after CONNACK, and after SUBACK when there is a topic. */
export async function connectClient(options: ClientOptions): Promise<Connection> {
  const { target, clientId, topic, lost } = options;
  const packets: Packet[] = [];
  let wake = (): void => {};
  const decoder = new Decoder({
    packetBytesMax: 1_024,
    receive: (packet) => {
      packets.push(packet);
      wake();
    },
  });
  const receive = (bytes: Uint8Array): void => {
    const problem = decoder.push(bytes);
    if (problem) lost(`${clientId}: ${problem.message}`);
  };
  const next = async (): Promise<Packet> => {
    while (packets.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return packets.shift()!;
  };
  const connection = await Connection.open({ target, receive, lost });
  connection.send(
    encode({
      type: "connect",
      protocolLevel: 4,
      cleanSession: true,
      keepAliveSeconds: 600,
      clientId,
    }),
  );
  const connack = await next();
  if (connack.type !== "connack" || connack.returnCode !== 0) {
    throw new Error(`cannot connect "${clientId}": ${JSON.stringify(connack)}`);
  }
  if (topic === undefined) return connection;
  connection.send(
    encode({ type: "subscribe", packetId: 1, subscriptions: [{ filter: topic, qos: 0 }] }),
  );
  const suback = await next();
  if (suback.type !== "suback" || suback.returnCodes[0] !== 0) {
    throw new Error(`cannot subscribe "${clientId}" to "${topic}": ${JSON.stringify(suback)}`);
  }
  return connection;
}

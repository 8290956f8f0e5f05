/** How clients and server speak, in words. */

import type { Level, Manner, Transport } from "./workload.ts";

const versions: Readonly<Record<Level, string>> = { 4: "MQTT 3.1.1", 5: "MQTT 5" };
const transports: Readonly<Record<Transport, string>> = { tcp: "TCP", websocket: "WebSocket" };

/** E.g. "WebSocket, QoS 0, MQTT 3.1.1". */
export function describeManner({ transport, qos, level }: Manner): string {
  return `${transports[transport]}, QoS ${qos}, ${versions[level]}`;
}

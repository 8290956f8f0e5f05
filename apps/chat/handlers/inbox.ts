/** The inbox of a browser: the topic that only it may read. */

import { IoTDataPlaneClient, PublishCommand } from "@aws-sdk/client-iot-data-plane";

const broker = new IoTDataPlaneClient({});

/** Publishes a message to `chat/in/<clientId>`, at least once (QoS 1). */
export async function sendToInbox(clientId: string, message: object): Promise<void> {
  const payload = Buffer.from(JSON.stringify(message));
  await broker.send(new PublishCommand({ topic: `chat/in/${clientId}`, qos: 1, payload }));
}

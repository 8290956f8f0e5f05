/**
 * The shadow client of the AWS IoT device SDK for JavaScript, version 2, over MQTT 5: a device and
 * an application in one. It says as one line of JSON what it was told. Native, and made for Node.
 */

import { once } from "node:events";
import sdk from "aws-iot-device-sdk-v2";

const { io, iotshadow, mqtt5 } = sdk;
const [, , address] = process.argv;
const { hostname, port } = new URL(address);
const client = new mqtt5.Mqtt5Client({
  hostName: hostname,
  port: Number(port),
  socketOptions: new io.SocketOptions(),
  connectProperties: { clientId: "shadow-client", keepAliveIntervalSeconds: 30 },
});
const connected = once(client, "connectionSuccess");
client.start();
await connected;

const bounds = { maxRequestResponseSubscriptions: 4, maxStreamingSubscriptions: 2 };
const options = { ...bounds, operationTimeoutInSeconds: 30 };
const shadows = iotshadow.IotShadowClientv2.newFromMqtt5(client, options);
const thingName = "lamp";
const told = {};

const stream = (make) => {
  const operation = make();
  const events = once(operation, "incomingPublish");
  const isOpen = once(operation, "subscriptionStatus");
  operation.open();
  return { events, isOpen, close: () => operation.close() };
};
const deltas = stream(() => shadows.createShadowDeltaUpdatedStream({ thingName }));
const changes = stream(() => shadows.createShadowUpdatedStream({ thingName }));
await Promise.all([deltas.isOpen, changes.isOpen]);

told.missing = await shadows.getShadow({ thingName }).then(
  () => undefined,
  ({ modeledError }) => ({ code: modeledError.code, message: modeledError.message }),
);
const { version, state } = await shadows.updateShadow({
  thingName,
  state: { desired: { power: "on" } },
});
told.updated = { version, state };
const [delta] = await deltas.events;
told.delta = delta.message.state;
const [change] = await changes.events;
told.current = change.message.current.state;
await shadows.updateShadow({ thingName, state: { reported: { power: "on" } } });
told.whole = (await shadows.getShadow({ thingName })).state;
const named = { thingName, shadowName: "config" };
told.named = (await shadows.updateNamedShadow({ ...named, state: { reported: { a: 1 } } })).version;
told.conflict = await shadows.updateNamedShadow({ ...named, version: 7, state: {} }).then(
  () => undefined,
  ({ modeledError }) => modeledError.code,
);
told.deleted = (await shadows.deleteNamedShadow(named)).version;

deltas.close();
changes.close();
shadows.close();
const stopped = once(client, "stopped");
client.stop();
await stopped;
client.close();
// The native library keeps the process alive.
process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(0));

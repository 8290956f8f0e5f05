/** MQTT.js on Node, driven by lines of JSON: see remote-client.ts. */

import { readFileSync } from "node:fs";
import mqtt from "mqtt";
import { serveLines } from "./line-protocol.mjs";

function makeClient(options, say) {
  const { url, clientId, version, cleanStart, sessionExpirySeconds, will, tls } = options;
  const isMqtt5 = version === 5;
  const client = mqtt.connect(url, {
    manualConnect: true,
    clientId,
    protocolId: version === 3 ? "MQIsdp" : "MQTT",
    protocolVersion: version,
    clean: cleanStart,
    reconnectPeriod: 100,
    will,
    ...(tls && {
      ca: readFileSync(tls.ca),
      cert: readFileSync(tls.certificate),
      key: readFileSync(tls.key),
    }),
    properties: isMqtt5 ? { sessionExpiryInterval: sessionExpirySeconds } : undefined,
  });
  let isFirst = true;
  client.on("connect", ({ sessionPresent }) => {
    if (!isFirst) say({ event: "back", sessionPresent });
    isFirst = false;
  });
  client.on("error", () => {}); // a connection that fails is told by `close`, and tried again
  client.on("close", () => say({ event: "closed" }));
  client.on("message", (topic, payload, { qos, retain, properties }) => {
    const known = readProperties(properties ?? {});
    say({ event: "message", topic, payload: payload.toString(), qos, retain, properties: known });
  });
  return {
    connect: () =>
      new Promise((resolve, reject) => {
        client.once("connect", ({ sessionPresent }) => resolve({ sessionPresent }));
        client.once("error", reject);
        client.connect();
      }),
    async subscribe({ filter, qos }) {
      const [{ qos: granted }] = await client.subscribeAsync(filter, { qos });
      return { granted };
    },
    async publish({ topic, payload, qos, retain, properties }) {
      const own = isMqtt5 && properties ? writeProperties(properties) : undefined;
      await client.publishAsync(topic, payload, { qos, retain, properties: own });
    },
    disconnect: () => client.endAsync(),
  };
}

function writeProperties({ userProperties, correlationData, ...rest }) {
  return {
    ...rest,
    ...(correlationData && { correlationData: Buffer.from(correlationData) }),
    ...(userProperties && {
      userProperties: Object.fromEntries(
        [...new Set(userProperties.map(([name]) => name))].map((name) => [
          name,
          userProperties.filter(([other]) => other === name).map(([, value]) => value),
        ]),
      ),
    }),
  };
}

function readProperties({ userProperties, correlationData, ...rest }) {
  const { contentType, responseTopic, messageExpiryInterval } = rest;
  return {
    contentType,
    responseTopic,
    messageExpiryInterval,
    correlationData: correlationData?.toString(),
    userProperties:
      userProperties &&
      Object.entries(userProperties).flatMap(([name, values]) =>
        [values].flat().map((value) => [name, value]),
      ),
  };
}

serveLines(makeClient);

/**
 * The AWS IoT device SDK for JavaScript, version 2, driven by lines of JSON: see remote-client.ts.
 *
 * Its two clients, of MQTT 3.1.1 and of MQTT 5. With TLS its builders configure them, as for a
 * device on AWS; without, they are configured by hand, less the signing that only AWS can check.
 */

import { once } from "node:events";
import sdk from "aws-iot-device-sdk-v2";
import { serveLines } from "./line-protocol.mjs";

const { io, iot, mqtt, mqtt5 } = sdk;
const bootstrap = new io.ClientBootstrap();
const keepAliveSeconds = 30;
/** Where a builder signs the request, or adds headers for a custom authorizer. */
const handshake = (_request, done) => done();

function makeClient(options, say) {
  return options.version === 5 ? makeMqtt5(options, say) : makeMqtt3(options, say);
}

function makeMqtt3(options, say) {
  const { cleanStart, will } = options;
  const connection = new mqtt.MqttClient(bootstrap).new_connection({
    ...configureMqtt3(options),
    clean_session: cleanStart,
    keep_alive: keepAliveSeconds,
    reconnect_min_sec: 1,
    reconnect_max_sec: 1,
    will: will && new mqtt.MqttWill(will.topic, will.qos, will.payload, will.retain),
  });
  connection.on("resume", (_code, sessionPresent) => say({ event: "back", sessionPresent }));
  connection.on("interrupt", () => say({ event: "closed" }));
  connection.on("error", () => {}); // told by `interrupt`, and tried again
  connection.on("message", (...[topic, payload, , qos, retain]) => {
    say({ event: "message", topic, payload: textOf(payload), qos, retain });
  });
  return {
    connect: async () => ({ sessionPresent: await connection.connect() }),
    async subscribe({ filter, qos }) {
      const { qos: granted } = await connection.subscribe(filter, qos);
      return { granted };
    },
    async publish({ topic, payload, qos, retain }) {
      await connection.publish(topic, payload, qos, retain);
    },
    disconnect: () => connection.disconnect(),
  };
}

function configureMqtt3({ url, clientId, tls }) {
  const { protocol, hostname, port } = new URL(url);
  if (tls) {
    return iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder_from_path(
      tls.certificate,
      tls.key,
    )
      .with_certificate_authority_from_path(undefined, tls.ca)
      .with_endpoint(hostname)
      .with_port(Number(port))
      .with_client_id(clientId)
      .build();
  }
  const isWebSocket = protocol === "ws:";
  return {
    client_id: clientId,
    host_name: hostname,
    port: Number(port),
    socket_options: new io.SocketOptions(),
    use_websocket: isWebSocket,
    websocket_handshake_transform: isWebSocket ? handshake : undefined,
  };
}

function makeMqtt5(options, say) {
  const { clientId, cleanStart, sessionExpirySeconds, will } = options;
  const { Clean, RejoinAlways } = mqtt5.ClientSessionBehavior;
  const client = new mqtt5.Mqtt5Client({
    ...configureMqtt5(options),
    sessionBehavior: cleanStart ? Clean : RejoinAlways,
    minReconnectDelayMs: 100,
    maxReconnectDelayMs: 200,
    connectProperties: {
      clientId,
      keepAliveIntervalSeconds: keepAliveSeconds,
      sessionExpiryIntervalSeconds: sessionExpirySeconds,
      will: will && { topicName: will.topic, ...will },
    },
  });
  let isFirst = true;
  client.on("connectionSuccess", ({ connack }) => {
    if (!isFirst) say({ event: "back", sessionPresent: connack.sessionPresent });
    isFirst = false;
  });
  client.on("disconnection", () => say({ event: "closed" }));
  client.on("error", () => {}); // told by `disconnection`
  client.on("messageReceived", ({ message }) => say({ event: "message", ...readMessage(message) }));
  return {
    async connect() {
      const connected = once(client, "connectionSuccess");
      client.start();
      const [{ connack }] = await connected;
      return { sessionPresent: connack.sessionPresent };
    },
    async subscribe({ filter, qos }) {
      const { reasonCodes } = await client.subscribe({
        subscriptions: [{ topicFilter: filter, qos }],
      });
      return { granted: reasonCodes[0] };
    },
    publish: async (message) => {
      await client.publish(writeMessage(message));
    },
    async disconnect() {
      const stopped = once(client, "stopped");
      client.stop({ reasonCode: mqtt5.DisconnectReasonCode.NormalDisconnection });
      await stopped;
      client.close();
    },
  };
}

function configureMqtt5({ url, tls }) {
  const { protocol, hostname, port } = new URL(url);
  if (tls) {
    const { certificate, key, ca } = tls;
    return iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromPath(
      hostname,
      certificate,
      key,
    )
      .withCertificateAuthorityFromPath(undefined, ca)
      .withPort(Number(port))
      .build();
  }
  return {
    hostName: hostname,
    port: Number(port),
    clientBootstrap: bootstrap,
    websocketHandshakeTransform: protocol === "ws:" ? handshake : undefined,
  };
}

function writeMessage({ topic, payload, qos, retain, properties = {} }) {
  const { userProperties, messageExpiryInterval, ...rest } = properties;
  // A member that is there and undefined is refused.
  return {
    topicName: topic,
    payload,
    qos,
    retain,
    ...(messageExpiryInterval && { messageExpiryIntervalSeconds: messageExpiryInterval }),
    ...(userProperties && {
      userProperties: userProperties.map(([name, value]) => ({ name, value })),
    }),
    ...rest,
  };
}

/** An empty payload is a buffer that may not be looked into. */
function textOf(payload) {
  return payload?.byteLength > 0 ? Buffer.from(payload).toString() : "";
}

function readMessage(message) {
  const { topicName, payload, qos, retain, correlationData, userProperties } = message;
  const { contentType, responseTopic, messageExpiryIntervalSeconds } = message;
  return {
    topic: topicName,
    payload: textOf(payload),
    qos,
    retain,
    properties: {
      contentType,
      responseTopic,
      correlationData: correlationData && Buffer.from(correlationData).toString(),
      messageExpiryInterval: messageExpiryIntervalSeconds,
      userProperties: userProperties?.map(({ name, value }) => [name, value]),
    },
  };
}

serveLines(makeClient);

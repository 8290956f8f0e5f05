import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateThingCommand, CreateTopicRuleCommand, IoTClient } from "@aws-sdk/client-iot";
import mqtt from "mqtt";
import { startServer } from "../harness.ts";

const dataFolder = mkdtempSync(join(tmpdir(), "millrace-registry-"));
const template = "conformance/fixtures/orders/template.yaml";
const server = await startServer({ template, dataFolder });
const credentials = { accessKeyId: "any", secretAccessKey: "any" };
const iot = new IoTClient({ endpoint: server.api, region: "us-east-1", credentials });

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

test("a rule's statement knows the thing that has spoken", async () => {
  const roleArn = "arn:aws:iam::000000000000:role/elsewhere";
  const attributePayload = { attributes: { room: "hall" } };
  await iot.send(new CreateThingCommand({ thingName: "lamp", attributePayload }));
  const thing = `get_registry_data('DescribeThing', topic(2), '${roleArn}')`;
  const topicRulePayload = {
    sql: `SELECT ${thing}.attributes.room AS room FROM 'lamps/+'`,
    awsIotSqlVersion: "2016-03-23",
    actions: [{ republish: { topic: "told", roleArn, qos: 1 } }],
  };
  await iot.send(new CreateTopicRuleCommand({ ruleName: "knows", topicRulePayload }));
  const client = await mqtt.connectAsync(server.mqtt, { reconnectPeriod: 0 });
  await client.subscribeAsync("told");
  const heard = new Promise<string>((resolve) =>
    client.once("message", (_topic, payload) => resolve(payload.toString())),
  );
  await client.publishAsync("lamps/lamp", "{}", { qos: 1 });
  expect(await heard).toBe('{"room":"hall"}');
  await client.endAsync();
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateTopicRuleCommand,
  DeleteTopicRuleCommand,
  DescribeEndpointCommand,
  DisableTopicRuleCommand,
  GetTopicRuleCommand,
  IoTClient,
  ListTopicRulesCommand,
  ReplaceTopicRuleCommand,
} from "@aws-sdk/client-iot";
import { IoTDataPlaneClient, PublishCommand } from "@aws-sdk/client-iot-data-plane";
import mqtt, { type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";

const template = "conformance/fixtures/orders/template.yaml";
const millrace = join(import.meta.dir, "../../node_modules/.bin/millrace");
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-iot-"));
const clients: MqttClient[] = [];
let server: Server;
let iot: IoTClient;

const identity = {
  region: "us-east-1",
  credentials: { accessKeyId: "any", secretAccessKey: "any" },
  maxAttempts: 1,
};

async function start(at?: Server): Promise<void> {
  server = await startServer({ template, dataFolder, ...(at && { at }) });
  iot = new IoTClient({ endpoint: server.api, ...identity });
}

beforeAll(() => start());

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
});

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

async function enter(url = server.mqtt): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
  client.on("error", () => {});
  clients.push(client);
  return client;
}

const roleOfTemplate = "arn:aws:iam::000000000000:role/rules";
/** The template does not have it: what is done in it is the owner's, as the door lets everybody in. */
const roleArn = "arn:aws:iam::000000000000:role/elsewhere";
const ruleTo = (topic: string) => ({
  sql: "SELECT n FROM 'from'",
  awsIotSqlVersion: "2016-03-23",
  actions: [{ republish: { topic, roleArn, qos: 1 } }],
});

/** The topic that a message on `from` comes out on, of those below `to/`. */
async function followed(): Promise<string> {
  const client = await enter();
  await client.subscribeAsync("to/#", { qos: 1 });
  const heard = new Promise<string>((resolve) => client.once("message", resolve));
  await client.publishAsync("from", '{"n":1,"x":2}', { qos: 1 });
  return await heard;
}

describe("rules that are made through the API", () => {
  test("fire at once, are replaced, and outlive a crash", async () => {
    const ruleName = "moves";
    await iot.send(new CreateTopicRuleCommand({ ruleName, topicRulePayload: ruleTo("to/one") }));
    expect(await followed()).toBe("to/one");
    await iot.send(new ReplaceTopicRuleCommand({ ruleName, topicRulePayload: ruleTo("to/two") }));
    expect(await followed()).toBe("to/two");
    await server.kill();
    await start(server);
    expect(await followed()).toBe("to/two");
    const { rules } = await iot.send(new ListTopicRulesCommand({ topic: "from" }));
    expect(rules?.map((rule) => rule.ruleName)).toEqual([ruleName]);
    await iot.send(new DeleteTopicRuleCommand({ ruleName }));
    await server.kill();
    await start(server);
    const after = await iot.send(new ListTopicRulesCommand({}));
    expect(after.rules?.map((rule) => rule.ruleName)).not.toContain(ruleName);
  }, 30_000);

  test("may change those of the template, and the change outlives a crash", async () => {
    const ruleName = "store_order";
    await iot.send(new DisableTopicRuleCommand({ ruleName }));
    await server.kill();
    await start(server);
    const { rule } = await iot.send(new GetTopicRuleCommand({ ruleName }));
    expect(rule).toMatchObject({ ruleDisabled: true, awsIotSqlVersion: "2016-03-23" });
    expect(rule?.actions).toEqual([
      { dynamoDBv2: { putItem: { tableName: expect.any(String) }, roleArn: roleOfTemplate } },
    ]);
    await server.logged("rule of the template was changed by hand");
  }, 20_000);
});

test("the endpoint takes HTTP publishes and MQTT over WebSocket", async () => {
  const command = new DescribeEndpointCommand({ endpointType: "iot:Data-ATS" });
  const { endpointAddress } = await iot.send(command);
  expect(`http://${endpointAddress}`).toBe(server.api);
  const client = await enter(`ws://${endpointAddress}/mqtt`);
  await client.subscribeAsync("endpoint/#");
  const heard = new Promise<string>((resolve) => client.once("message", resolve));
  const data = new IoTDataPlaneClient({ endpoint: `http://${endpointAddress}`, ...identity });
  await data.send(new PublishCommand({ topic: "endpoint/a", payload: "x", qos: 1 }));
  expect(await heard).toBe("endpoint/a");
  const page = new WebSocket(`ws://${endpointAddress}/mqtt`, {
    protocols: ["mqtt"],
    headers: { origin: "https://example.com" },
  } as never);
  const refused = new Promise((resolve) => page.addEventListener("error", () => resolve(true)));
  expect(await refused).toBe(true);
});

async function run(...words: string[]) {
  const command = Bun.spawn([millrace, ...words], {
    env: { PATH: process.env.PATH },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [code, output, errors] = await Promise.all([
    command.exited,
    new Response(command.stdout).text(),
    new Response(command.stderr).text(),
  ]);
  return { code, output, errors };
}

describe("the command line", () => {
  test("rules test says what the template's rules would do", async () => {
    const words = ["rules", "test", template, "store_order", "--topic", "orders/1/store"];
    const fires = await run(...words, "--payload", '{"id":"a","count":2}', "--client-id", "c");
    expect(fires.code).toBe(0);
    expect(fires.output).toContain("store_order  ✓ fires");
    expect(fires.output).toContain('{"id":"a","count":2,"by_client":"c","gross":2.2}');
    expect(await run("rules", "test", template, "--topic", "nowhere")).toMatchObject({ code: 1 });
    const wrong = await run("rules", "test", "--sql", "SELECT nope(1)", "--topic", "a");
    expect(wrong).toMatchObject({ code: 2, output: "" });
    expect(wrong.errors).toContain('--sql:1:8: there is no function "nope"');
  });

  test("trace shows what was executed, and follows over the end of the node", async () => {
    const port = new URL(server.api).port;
    const follower = Bun.spawn(
      [millrace, "trace", "--follow", "--rule", "feeds_itself", "--api-port", port],
      { stdout: "pipe", stderr: "ignore" },
    );
    let followed = "";
    const ended = (async () => {
      for await (const text of follower.stdout.pipeThrough(new TextDecoderStream())) {
        followed += text;
      }
    })();
    const client = await enter();
    let shown = { code: 0, output: "", errors: "" };
    // Until the follower is there, what is executed passes it by.
    while (!shown.output.includes("feeds_itself")) {
      await client.publishAsync("loop/1", '{"round":0}', { qos: 1 });
      shown = await run("trace", "--limit", "11", "--api-port", port);
    }
    const lines = shown.output.trim().split("\n");
    expect(lines).toHaveLength(11);
    expect(lines[10]).toContain('rule "feeds_itself" may feed itself');
    await Bun.sleep(500);
    await client.publishAsync("loop/2", '{"round":0}', { qos: 1 });
    await client.endAsync();
    expect(await server.stop()).toBe(0);
    await start(server);
    expect(await run("trace", "--api-port", port)).toEqual({ code: 0, output: "", errors: "" });
    const again = await enter();
    await again.publishAsync("loop/3", '{"round":0}', { qos: 1 });
    while (!followed.includes("loop/3")) await Bun.sleep(20);
    expect(followed).toContain("loop/2");
    follower.kill();
    await ended;
    expect(await run("trace", "--api-port", "1")).toMatchObject({ code: 1 });
  }, 30_000);
});

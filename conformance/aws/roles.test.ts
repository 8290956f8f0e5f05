/** What functions and rules may do: what their roles and the functions' own policies allow. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import {
  AddPermissionCommand,
  InvokeCommand,
  LambdaClient,
  RemovePermissionCommand,
} from "@aws-sdk/client-lambda";
import mqtt, { type MqttClient } from "mqtt";
import { root, type Server, startServer } from "../harness.ts";

const template = "conformance/fixtures/roles/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-roles-"));
const account = "000000000000";
let server: Server;
let client: MqttClient;

beforeAll(async () => {
  const flags = ["--anonymous", "tcp"];
  server = await startServer({ template, dataFolder, flags });
  client = await mqtt.connectAsync(server.mqtt, { protocolVersion: 5, clientId: "tester" });
});

afterAll(async () => {
  await client.endAsync();
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

/** The owner's, as an SDK finds it. */
function ownerKey() {
  const text = readFileSync(join(dataFolder, "credentials"), "utf8");
  const value = (name: string) => new RegExp(`${name} = (.+)`).exec(text)![1]!;
  return {
    accessKeyId: value("aws_access_key_id"),
    secretAccessKey: value("aws_secret_access_key"),
  };
}

const settings = () => ({
  endpoint: server.api,
  region: "us-east-1",
  credentials: ownerKey(),
  maxAttempts: 1,
});

async function invoke(event: object) {
  const lambda = new LambdaClient(settings());
  const input = { FunctionName: "clerk", Payload: JSON.stringify(event) };
  const { Payload } = await lambda.send(new InvokeCommand(input));
  return JSON.parse(Buffer.from(Payload!).toString());
}

async function itemOf(TableName: string, id: string) {
  const tables = new DynamoDBClient(settings());
  return (await tables.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))).Item;
}

/** The next message on a topic after something is done. */
async function heard(topic: string, act: () => Promise<unknown>) {
  await client.subscribeAsync(topic, { qos: 1 });
  const { promise, resolve } = Promise.withResolvers<string>();
  const listen = (on: string, payload: Buffer) => on === topic && resolve(payload.toString());
  client.on("message", listen);
  await act();
  const message = JSON.parse(await promise);
  client.off("message", listen);
  return message;
}

describe("a function", () => {
  test("may do what the policies of its role allow", async () => {
    expect(await invoke({ table: "open", id: "a" })).toEqual({ stored: "a" });
    expect(await itemOf("open", "a")).toEqual({ id: { S: "a" } });
  });

  test("may do nothing else, and is told in AWS's words", async () => {
    const { name, message } = await invoke({ table: "closed", id: "a" });
    expect(name).toBe("AccessDeniedException");
    expect(message).toBe(
      `User: arn:aws:sts::${account}:assumed-role/roles-ClerkRole/clerk is not authorized to ` +
        `perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:${account}:table/` +
        "closed because no identity-based policy allows the dynamodb:PutItem action",
    );
    expect(await itemOf("closed", "a")).toBeUndefined();
    const port = new URL(server.api).port;
    const words = ["trace", "--outcome", "refused", "--data", dataFolder, "--api-port", port];
    const command = Bun.spawn([join(root, "node_modules/.bin/millrace"), ...words]);
    const shown = await new Response(command.stdout).text();
    expect(shown).toMatch(
      /✗ {2}dynamodb:PutItem .+ - {9}'dynamodb:PutItem' is refused: no .+: \{"Effect":"Allow",/,
    );
    await server.logged("refused by policy");
  });
});

describe("a rule", () => {
  test("does what its action's role allows", async () => {
    await client.publishAsync("open", '{"id":"b"}', { qos: 1 });
    expect(await itemOf("open", "b")).toEqual({ id: { S: "b" } });
  });

  test("fails an action that the role does not allow, and the error action is told", async () => {
    const told = await heard("errors/closed", () =>
      client.publishAsync("closed", '{"id":"b"}', { qos: 1 }),
    );
    const [failure] = told.failures;
    expect(failure.failedAction).toBe("DynamoDBv2Action");
    expect(failure.errorMessage).toContain(
      "assumed-role/rules/store_closed is not authorized to perform: dynamodb:PutItem",
    );
    expect(await itemOf("closed", "b")).toBeUndefined();
  });

  test("calls a function that lets rules do so, from then on and until it is taken back", async () => {
    const lambda = new LambdaClient(settings());
    const call = (id: string) => client.publishAsync("call", `{"id":"${id}"}`, { qos: 1 });
    const refused = await heard("errors/call", () => call("c1"));
    expect(refused.failures[0].errorMessage).toContain(
      "User: iot.amazonaws.com is not authorized to perform: lambda:InvokeFunction",
    );
    const FunctionName = "clerk";
    const StatementId = "rules";
    await lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId,
        Action: "lambda:InvokeFunction",
        Principal: "iot.amazonaws.com",
        SourceArn: `arn:aws:iot:us-east-1:${account}:rule/call_*`,
      }),
    );
    await call("c2");
    while (!(await itemOf("open", "c2"))) await Bun.sleep(5);
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }));
    await heard("errors/call", () => call("c3"));
    expect(await itemOf("open", "c1")).toBeUndefined();
    expect(await itemOf("open", "c3")).toBeUndefined();
  });
});

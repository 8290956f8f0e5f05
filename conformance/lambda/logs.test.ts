/** What functions and rules write is read again: by the SDK, by the command line, after kill -9. */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { IoTDataPlaneClient, PublishCommand } from "@aws-sdk/client-iot-data-plane";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type Server, startServer } from "../harness.ts";

setDefaultTimeout(60_000);

const millrace = join(import.meta.dir, "../../node_modules/.bin/millrace");
const folder = mkdtempSync(join(tmpdir(), "millrace-logs-"));
const options = {
  template: "conformance/fixtures/logs/template.yaml",
  dataFolder: join(folder, "data"),
};
let server: Server;

beforeAll(async () => {
  server = await startServer(options);
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

const clientOptions = () => ({
  endpoint: server.api,
  region: "us-east-1",
  credentials: { accessKeyId: "any", secretAccessKey: "any" },
  maxAttempts: 1,
});

async function speak(say: string, { to = "speak", fail = "" } = {}): Promise<void> {
  const client = new LambdaClient(clientOptions());
  await client.send(
    new InvokeCommand({ FunctionName: to, Payload: JSON.stringify({ say, fail }) }),
  );
  client.destroy();
}

async function messagesOf(logGroupName: string, filterPattern?: string): Promise<string[]> {
  const client = new CloudWatchLogsClient(clientOptions());
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const wish = { logGroupName, filterPattern, nextToken };
    const answer = await client.send(new FilterLogEventsCommand(wish));
    found.push(...answer.events!.map(({ message }) => message!));
    ({ nextToken } = answer);
  } while (nextToken !== undefined);
  client.destroy();
  return found;
}

/** An answer is not held up by what is still to be written of its call. */
async function untilFound(count: number, group: string, filterPattern: string): Promise<void> {
  while ((await messagesOf(group, filterPattern)).length < count) await Bun.sleep(5);
}

async function run(...words: string[]) {
  const port = new URL(server.api).port;
  const command = Bun.spawn([millrace, "logs", ...words, "--api-port", port], {
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const [out, problem, code] = await Promise.all([
    new Response(command.stdout).text(),
    new Response(command.stderr).text(),
    command.exited,
  ]);
  return { out, problem, code };
}

test("a call's lines are in its function's group, its report last", async () => {
  await speak("hello");
  await speak("oh", { fail: "boom" });
  await untilFound(2, "/aws/lambda/speak", "REPORT");
  expect((await messagesOf("/aws/lambda/speak")).at(-1)).toStartWith("REPORT ");
  expect(await messagesOf("/aws/lambda/speak", "hello")).toEqual([
    expect.stringMatching(/Z\t\S+\tINFO\thello\n$/),
  ]);
  expect(await messagesOf("/aws/lambda/speak", "?boom")).toHaveLength(1);
});

test("a group of the template has its retention, and the lines of a rule and of JSON", async () => {
  await speak("structure", { to: "structured" });
  const mqtt = new IoTDataPlaneClient(clientOptions());
  await mqtt.send(new PublishCommand({ topic: "notes", payload: Buffer.from('{"n":1}') }));
  mqtt.destroy();
  while ((await messagesOf("shared/all", "{ $.n = 1 }")).length === 0) await Bun.sleep(20);
  const found = await messagesOf("shared/all", '{ $.message = "structure" }');
  expect(JSON.parse(found[0]!)).toMatchObject({ level: "INFO", message: "structure" });
  await untilFound(1, "shared/all", '{ $.type = "platform.report" }');
  const client = new CloudWatchLogsClient(clientOptions());
  const { logGroups } = await client.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: "shared" }),
  );
  expect(logGroups).toMatchObject([{ logGroupName: "shared/all", retentionInDays: 7 }]);
  const { logStreams } = await client.send(
    new DescribeLogStreamsCommand({ logGroupName: "shared/all" }),
  );
  expect(logStreams!.map(({ logStreamName }) => logStreamName)).toEqual([
    expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/structured\[\$LATEST\]\[[0-9a-f]{32}\]$/),
    "Note",
  ]);
  client.destroy();
});

test("the command line shows them, and says what there is not", async () => {
  const { out, code } = await run("speak", "--filter", "hello");
  expect(out).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}[0-9a-f]{8} hello\n$/);
  expect(code).toBe(0);
  expect((await run("--since", "10m")).out).toContain("ERROR speak ");
  expect((await run("structured")).out).toContain(" structure\n");
  expect((await run("structured")).out).not.toContain('{"n":1}');
  expect(await run("speek")).toEqual({
    out: "",
    problem: "millrace: there is no function \"speek\" (did you mean 'speak'?)\n",
    code: 1,
  });
  expect((await run("speak", "--filter", "%^START .*LATEST%")).out).toContain("START Version: ");
  expect((await run("speak", "--filter", "%^LATEST%")).out).toBe("");
  expect((await run("speak", "--filter", "%(x)%")).problem).toContain("at character 2");
});

test("the command line follows them as they are written", async () => {
  const port = new URL(server.api).port;
  const command = Bun.spawn([millrace, "logs", "speak", "-f", "--api-port", port], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const reader = command.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const reading = (async () => {
    while (!text.includes("followed")) text += (await reader.read()).value ?? "";
  })();
  while (!text.includes("followed")) {
    await speak("followed");
    await Bun.sleep(50);
  }
  await reading;
  expect(text).not.toContain("hello");
  command.kill("SIGINT");
  await command.exited;
});

test("kill -9 loses nothing that was answered over the API, nor lines a moment old", async () => {
  await speak("settled");
  await messagesOf("/aws/lambda/speak"); // whoever has read it finds it again
  const client = new CloudWatchLogsClient(clientOptions());
  const logEvents = [{ timestamp: Date.now(), message: "put" }];
  const batch = { logGroupName: "shared/all", logStreamName: "Note", logEvents };
  await client.send(new PutLogEventsCommand(batch));
  client.destroy();
  const before = await messagesOf("/aws/lambda/speak");
  await server.kill();
  server = await startServer(options);
  expect(await messagesOf("shared/all", "put")).toEqual(["put"]);
  expect(await messagesOf("/aws/lambda/speak", "settled")).toHaveLength(1);
  expect(await messagesOf("/aws/lambda/speak")).toEqual(before);
  await speak("again");
  expect((await messagesOf("/aws/lambda/speak", "again")).length).toBe(1);
});

test("where nobody is trusted, the command line shows what the owner's key proves", async () => {
  await server.stop();
  server = await startServer({ ...options, flags: ["--anonymous", "none"] });
  const strangers = await run("speak");
  expect(strangers.code).toBe(1);
  expect(strangers.problem).toContain("Missing Authentication Token; no key was found");
  const file = readFileSync(join(options.dataFolder, "credentials"), "utf8");
  const keyOf = (name: string) => new RegExp(`${name}\\s*=\\s*(\\S+)`).exec(file)![1];
  const owner = {
    AWS_ACCESS_KEY_ID: keyOf("aws_access_key_id"),
    AWS_SECRET_ACCESS_KEY: keyOf("aws_secret_access_key"),
  };
  const port = new URL(server.api).port;
  const command = Bun.spawn([millrace, "logs", "--filter", "hello", "--api-port", port], {
    stdout: "pipe",
    env: { ...process.env, ...owner },
  });
  expect(await new Response(command.stdout).text()).toContain(" hello\n");
});

test("without a node the command line says so", async () => {
  const port = new URL(server.api).port;
  await server.stop();
  const { problem, code } = await run("speak");
  expect(problem).toBe(
    `millrace: no node answers on 127.0.0.1:${port}; --api-port says where another one is\n`,
  );
  expect(code).toBe(1);
  server = await startServer(options);
});

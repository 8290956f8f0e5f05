/** A template as SAM's own examples are, and a server that is started with it again and again. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import {
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { root, type Server, startServer } from "../harness.ts";

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "millrace-sam-"));
const code = join(folder, "app");
let server: Server;

beforeAll(async () => {
  cpSync(join(root, "conformance/fixtures/sam"), code, { recursive: true });
  server = await start();
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** Without reloads, so that each start is a deployment. */
function start(): Promise<Server> {
  const template = relative(root, join(code, "template.yaml"));
  return startServer({ template, dataFolder: join(folder, "data"), flags: ["--no-watch"] });
}

function lambda(): LambdaClient {
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  return new LambdaClient({ endpoint: server.api, region: "us-east-1", credentials });
}

const page = { origin: "https://page.test" };

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.edge}${path}`, init);
}

async function invoke(qualifier?: string) {
  const command = new InvokeCommand({
    FunctionName: "hello",
    ...(qualifier !== undefined && { Qualifier: qualifier }),
    Payload: "{}",
  });
  const { Payload, ExecutedVersion } = await lambda().send(command);
  const { body } = JSON.parse(Payload!.transformToString());
  return { ...JSON.parse(body), executed: ExecutedVersion };
}

function versionOfAlias() {
  return lambda().send(new GetAliasCommand({ FunctionName: "hello", Name: "live" }));
}

describe("AutoPublishAlias", () => {
  test("has published a version, to which the alias leads", async () => {
    expect(await versionOfAlias()).toMatchObject({ FunctionVersion: "1" });
    const FunctionName = "hello";
    const command = new ListVersionsByFunctionCommand({ FunctionName });
    const { Versions = [] } = await lambda().send(command);
    expect(Versions.map(({ Version, Description }) => [Version, Description])).toEqual([
      ["$LATEST", ""],
      ["1", "of the template"],
    ]);
    expect(await invoke("live")).toMatchObject({ calledAs: "hello:live", executed: "1" });
    expect(await invoke()).toMatchObject({ calledAs: "hello", executed: "$LATEST" });
  });

  test("comes with the tags of the template", async () => {
    const { Configuration, Tags } = await lambda().send(
      new GetFunctionCommand({ FunctionName: "hello" }),
    );
    const command = new ListTagsCommand({ Resource: Configuration!.FunctionArn });
    for (const tags of [Tags, (await lambda().send(command)).Tags]) {
      expect(tags).toEqual({ "lambda:createdBy": "SAM", project: "sam" });
    }
  });

  test("is what the API and the function's URL call", async () => {
    const told = await (await ask("/hello")).json();
    expect(told).toMatchObject({ version: "1", calledAs: "hello:live" });
    const { host } = new URL(server.urls["hello:live"]!);
    const answer = await ask("/", { headers: { host } });
    expect(await answer.json()).toMatchObject({ version: "1", calledAs: "hello:live" });
  });

  test("is what a rule of the broker calls", async () => {
    const url = `${server.api}/topics/hello/said?qos=1`;
    const sent = await fetch(url, { method: "POST", body: '{"said":"by a rule"}' });
    expect(sent.status).toBe(200);
    while (!server.log().includes('{\\"calledAs\\":\\"hello:live\\",\\"said\\":\\"by a rule\\"}')) {
      await Bun.sleep(20);
    }
  });

  test("shows tracing and storage as they are set, and marks calls as traced", async () => {
    const command = new GetFunctionConfigurationCommand({ FunctionName: "hello", Qualifier: "1" });
    expect(await lambda().send(command)).toMatchObject({
      TracingConfig: { Mode: "Active" },
      EphemeralStorage: { Size: 1024 },
    });
    await Bun.sleep(1_000); // the first call of a second is traced
    expect(await invoke("live")).toMatchObject({ sampled: "1" });
  });
});

describe("an HTTP API", () => {
  test("answers preflights itself, where no route takes OPTIONS and where one does", async () => {
    for (const path of ["/hello", "/old/a", "/nowhere"]) {
      const headers = { ...page, "access-control-request-method": "POST" };
      const answer = await ask(path, { method: "OPTIONS", headers });
      expect([answer.status, await answer.text()]).toEqual([204, ""]);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "access-control-allow-origin": "https://page.test",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-headers": "content-type",
        "access-control-max-age": "600",
      });
      expect(answer.headers.has("x-version")).toBe(false);
    }
  });

  test("says to pages what is set, and never what the handler says", async () => {
    const answer = await ask("/hello", { headers: page });
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://page.test");
    expect(answer.headers.get("access-control-expose-headers")).toBe("x-version");
    expect(answer.headers.get("vary")).toContain("Origin");
    for (const headers of [undefined, { origin: "https://other.test" }]) {
      const other = await ask("/hello", headers && { headers });
      expect(other.status).toBe(200);
      expect(other.headers.has("access-control-allow-origin")).toBe(false);
    }
    const missing = await ask("/nowhere", { headers: page });
    expect(missing.status).toBe(404);
    expect(missing.headers.get("access-control-allow-origin")).toBe("https://page.test");
  });

  test("gives a route of version 1.0 its event, stage variables in both", async () => {
    const { event } = await (await ask("/old/a/b?c=1&c=2", { method: "PUT", body: "x" })).json();
    expect(event).toMatchObject({
      version: "1.0",
      resource: "/old/{proxy+}",
      path: "/old/a/b",
      httpMethod: "PUT",
      multiValueQueryStringParameters: { c: ["1", "2"] },
      pathParameters: { proxy: "a/b" },
      stageVariables: { color: "red" },
      requestContext: { stage: "$default", resourceId: null },
    });
    const newer = await (await ask("/hello")).json();
    expect(newer.event).toMatchObject({ version: "2.0", stageVariables: { color: "red" } });
  });

  test("refuses more requests than a route is set to take", async () => {
    expect((await ask("/rare")).status).toBe(200);
    const refused = await ask("/rare");
    expect([refused.status, await refused.json()]).toEqual([429, { message: "Too Many Requests" }]);
    expect((await ask("/hello")).status).toBe(200);
  });

  test("waits as long as the event says", async () => {
    expect((await ask("/slow")).status).toBe(503);
  });
});

describe("a start with other code", () => {
  test("publishes the next version and leads the alias there; the old one is still there", async () => {
    await server.stop();
    const file = join(code, "app.cjs");
    writeFileSync(file, readFileSync(file, "utf8").replace('"first"', '"second"'));
    server = await start();
    expect(await (await ask("/hello")).json()).toMatchObject({ version: "2", code: "second" });
    expect(await invoke("1")).toMatchObject({ code: "first", executed: "1" });
  });

  test("leaves an alias that was led back as it is, until the code changes again", async () => {
    const back = { FunctionName: "hello", Name: "live", FunctionVersion: "1" };
    await lambda().send(new UpdateAliasCommand(back));
    expect(await (await ask("/hello")).json()).toMatchObject({ version: "1", code: "first" });
    await server.stop();
    server = await start();
    expect(await (await ask("/hello")).json()).toMatchObject({ version: "1", code: "first" });
  });
});

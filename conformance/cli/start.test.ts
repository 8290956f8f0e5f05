import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startServer } from "../harness.ts";

const millrace = join(import.meta.dir, "../../node_modules/.bin/millrace");
const template = "conformance/fixtures/orders/template.yaml";
const folders: string[] = [];
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-cli-"));
  folders.push(folder);
  return folder;
}

async function run(words: string[], variables: Record<string, string> = {}) {
  const command = Bun.spawn([millrace, ...words], {
    env: { PATH: process.env.PATH, ...variables },
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

test("the first line is JSON once everything is ready, and SIGTERM ends with 0", async () => {
  const server = await startServer({ template, dataFolder: newFolder() });
  expect(server.edge).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(server.mqtt).toMatch(/^mqtt:\/\/127\.0\.0\.1:\d+$/);
  expect(server.websocket).toBe(`${server.edge.replace("http", "ws")}/mqtt`);
  const ready = await fetch(`${server.api}/_millrace/ready`);
  expect(ready.status).toBe(200);
  expect(await server.stop()).toBe(0);
});

test("a request whose body never ends does not keep SIGTERM from ending with 0", async () => {
  const chat = "apps/chat/template.yaml";
  const server = await startServer({ template: chat, dataFolder: newFolder() });
  const client = connect(Number(new URL(server.edge).port), "127.0.0.1");
  client.on("error", () => {});
  const head = "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n";
  await new Promise<unknown>((resolve) => client.write(`${head}half`, resolve));
  await fetch(server.edge); // by then the server has what came before
  expect(await server.stop()).toBe(0);
  client.destroy();
}, 10_000);

test("signals that come together are one: it drains, and ends with 0", async () => {
  const server = await startServer({
    template: "apps/chat/template.yaml",
    dataFolder: newFolder(),
  });
  const client = connect(Number(new URL(server.edge).port), "127.0.0.1");
  client.on("error", () => {});
  const head = "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n";
  await new Promise<unknown>((resolve) => client.write(`${head}half`, resolve));
  await fetch(server.edge); // by then the server has what came before, and will wait for the rest
  process.kill(server.pid, "SIGHUP");
  expect(await server.stop()).toBe(0);
  client.destroy();
}, 10_000);

test.each([
  [["start", "--prot", "1"], {}, "unknown option \"--prot\" (did you mean '--port'?)"],
  [
    ["start"],
    { MILLRACE_PROT: "1" },
    "\"MILLRACE_PROT\" in the environment (did you mean 'MILLRACE_PORT'?)",
  ],
  // `--outcome` has no variable.
  [["trace"], { MILLRACE_OUTCOMES: "1" }, '"MILLRACE_OUTCOMES" in the environment\n'],
  [["trace"], { MILLRACE_OUTCOME: "1" }, '"MILLRACE_OUTCOME" in the environment\n'],
  [["strat"], {}, "unknown command \"strat\" (did you mean 'start'?)"],
  [["rules", "tset"], {}, "unknown command \"rules tset\" (did you mean 'rules test'?)"],
  [["strat", "app.yaml"], {}, "unknown command \"strat\" (did you mean 'start'?)"],
  [["start", "--host", "0.0.0.0"], {}, "only allowed while bound to loopback"],
  [["start", "--tls-cert", "c.pem"], {}, "--tls-cert needs --tls-key as well"],
  [["start", "--limits", "azure"], {}, '--limits must be mqtt or aws, not "azure"'],
])("%p with %p is a usage error", async (words, variables, text) => {
  const { code, output, errors } = await run(words, variables as Record<string, string>);
  expect(code).toBe(2);
  expect(output).toBe("");
  expect(errors).toContain(text);
});

test("the help of a word that several commands begin with lists them", async () => {
  const { code, output } = await run(["keys", "--help"]);
  expect(code).toBe(0);
  expect(output).toContain("millrace keys revoke");
  expect(output).not.toContain("millrace start ");
});

test("a template that is not there is told in plain words, with a way on", async () => {
  const { code, errors } = await run(["start", "nowhere.yaml", "--memory"]);
  expect(code).toBe(1);
  expect(errors).toBe(
    "millrace: the template 'nowhere.yaml' cannot be read: there is no such file; " +
      "'millrace init' writes one to begin with\n",
  );
});

test("what a template may not hold is told with file, line, column and name", async () => {
  const path = join(newFolder(), "template.yaml");
  const lines = [
    "Resources:",
    "  Queue:",
    "    Type: AWS::SQS::Queue",
    "  Orders:",
    "    Type: AWS::Serverless::SimpleTable",
    "    Properties:",
    "      TableNam: orders",
    "  Rule:",
    "    Type: AWS::IoT::TopicRule",
    "    Properties:",
    "      TopicRulePayload:",
    "        Actions: []",
    "        Sql: SELECT * FROM 'a' WHERE b LIKE 'c'",
  ];
  writeFileSync(path, lines.join("\n"));
  const { code, errors } = await run(["start", path, "--memory"]);
  expect(code).toBe(1);
  expect(errors).toContain(`${path}:3:11: `);
  expect(errors).toContain("AWS::SQS::Queue");
  expect(errors).toContain(`${path}:7:7: `);
  expect(errors).toContain("TableNam");
  writeFileSync(path, lines.filter((_, index) => ![1, 2, 3, 4, 5, 6].includes(index)).join("\n"));
  const second = await run(["start", path, "--memory"]);
  expect(second.code).toBe(1);
  expect(second.errors).toContain(`${path}:7:40: `);
});

test("a handler that does not build is told with its own file and line", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "app.ts"), "export function handler() {\n  return 1 +;\n}\n");
  const lines = [
    "Resources:",
    "  Broken:",
    "    Type: AWS::Serverless::Function",
    "    Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [app.ts] } }",
    "    Properties: { Handler: app.handler, Runtime: nodejs22.x, CodeUri: . }",
  ];
  const path = join(folder, "template.yaml");
  writeFileSync(path, `Transform: AWS::Serverless-2016-10-31\n${lines.join("\n")}\n`);
  const ports = ["--port", "0", "--api-port", "0", "--mqtt-port", "0"];
  const { code, errors } = await run(["start", path, "--memory", ...ports]);
  expect(code).toBe(1);
  expect(errors).toContain(`${join(folder, "app.ts")}:2:13`);
});

test("a second server on the same data, or on a taken port, says so", async () => {
  const dataFolder = newFolder();
  const server = await startServer({ template, dataFolder });
  servers.push(server);
  await expect(startServer({ template, dataFolder })).rejects.toThrow(dataFolder);
  const flags = ["--memory", "--port", new URL(server.edge).port];
  await expect(startServer({ template, dataFolder: newFolder(), flags })).rejects.toThrow(
    /port \d+ is in use; choose another port with --port/,
  );
});

/** What a start in memory prints before it waits for a signal. */
async function bannerOf(...flags: string[]): Promise<string> {
  const ports = ["--port", "0", "--api-port", "0", "--mqtt-port", "0"];
  const path = join(import.meta.dir, "../../", template);
  const words = ["start", path, "--memory", ...ports, ...flags];
  const command = Bun.spawn([millrace, ...words], { stdout: "pipe" });
  let text = "";
  for await (const bytes of command.stdout) {
    text += new TextDecoder().decode(bytes);
    if (text.endsWith("\n\n") && text.includes("access")) break;
  }
  command.kill("SIGTERM");
  expect(await command.exited).toBe(0);
  return text;
}

test("started by hand it says where to open it and what is open to whom", async () => {
  const text = await bannerOf();
  expect(text).toMatch(/open +http:\/\/127\.0\.0\.1:\d+/);
  expect(text).toMatch(/access +whoever signs may do what their policies allow/);
  expect(text).toMatch(/full rights without credentials: MQTT over TCP and TLS, on 127/);
  expect(text).toMatch(/full rights without credentials: the AWS API, .+, on 127/);
  expect(text).not.toContain("limits");
});

test("with nobody let in who proves nothing it says so", async () => {
  const text = await bannerOf("--anonymous", "none");
  expect(text).toContain("nobody comes in without credentials");
  expect(text).not.toContain("full rights");
});

test("limits that are not the default are said at the start", async () => {
  expect(await bannerOf("--limits", "aws")).toMatch(/limits +what AWS IoT refuses is refused/);
});

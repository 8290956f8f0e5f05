import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, type Server, startServer } from "../harness.ts";

const template = "conformance/fixtures/roles/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-access-"));
const table = "arn:aws:dynamodb:us-east-1:000000000000:table";
let server: Server;

beforeAll(async () => {
  server = await startServer({ template, dataFolder, flags: ["--anonymous", "none"] });
});
afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

async function millrace(...words: string[]) {
  const port = new URL(server.api).port;
  const cmd = [join(root, "node_modules/.bin/millrace"), ...words, "--api-port", port];
  const command = Bun.spawn({ cmd, stdout: "pipe", stderr: "pipe" });
  const out = await new Response(command.stdout).text();
  const err = await new Response(command.stderr).text();
  return { out, err, code: await command.exited };
}

function explain(identity: string, action: string, resource: string, ...more: string[]) {
  const question = ["--identity", identity, "--action", action, "--resource", resource];
  return millrace("access", "explain", ...question, "--data", dataFolder, ...more);
}

/** The line of the template that holds the text, from 1. */
function lineOf(text: string): number {
  const lines = readFileSync(join(root, template), "utf8").split("\n");
  return lines.findIndex((line) => line.includes(text)) + 1;
}

test("what is allowed is told with the statement, and where it stands", async () => {
  const asked = await explain("reader", "dynamodb:GetItem", `${table}/open`);
  expect(asked.code).toBe(0);
  expect(asked.out).toContain("allowed  arn:aws:sts::000000000000:assumed-role/reader/");
  const line = lineOf("Action: dynamodb:GetItem");
  expect(asked.out).toMatch(
    new RegExp(`by statement 0 of "look" at .*template\\.yaml:${line}:\\d+`),
  );
});

test("what is not is told with the statement that would allow just this", async () => {
  const asked = await explain("clerk", "dynamodb:PutItem", `${table}/closed`, "--json");
  expect(asked.code).toBe(1);
  const [answer] = JSON.parse(asked.out);
  expect(answer).toMatchObject({
    arn: "arn:aws:sts::000000000000:assumed-role/roles-ClerkRole/clerk",
    allowed: false,
    remedy: {
      statement: { Effect: "Allow", Action: "dynamodb:PutItem", Resource: `${table}/closed` },
    },
  });
});

test("a rule is known by its name, and acts in its actions' roles", async () => {
  const asked = await explain("store_open", "dynamodb:PutItem", `${table}/open`);
  expect(asked.code).toBe(0);
  expect(asked.out).toContain("assumed-role/rules/store_open");
  const topic = "arn:aws:iot:us-east-1:000000000000:topic/other";
  expect((await explain("store_closed", "iot:Publish", topic)).code).toBe(1);
});

test("the owner's key is known, and so is the owner", async () => {
  const text = readFileSync(join(dataFolder, "credentials"), "utf8");
  const keyId = /aws_access_key_id = (.+)/.exec(text)![1]!;
  for (const identity of ["owner", keyId]) {
    expect((await explain(identity, "iot:Publish", "arn:aws:iot:a:b:topic/c")).code).toBe(0);
  }
});

test("a name that nobody has is told, with the one that was probably meant", async () => {
  const asked = await explain("cler", "dynamodb:PutItem", "*");
  expect(asked.code).toBe(2);
  expect(asked.err).toContain("(did you mean 'clerk'?)");
});

test("without the data folder a node that lets nobody in unproven does not say", async () => {
  const elsewhere = join(dataFolder, "gone");
  const question = ["--identity", "owner", "--action", "iot:Publish", "--data", elsewhere];
  const asked = await millrace("access", "explain", ...question);
  expect(asked.code).toBe(2);
  expect(asked.err).toContain("Missing Authentication Token; no key was found, --data says");
  const traced = await millrace("trace", "--data", dataFolder);
  expect(traced).toMatchObject({ code: 0, out: "", err: "" });
});

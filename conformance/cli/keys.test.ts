import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { root, type Server, startServer } from "../harness.ts";

const template = "conformance/fixtures/roles/template.yaml";
const ofRole = ["--role", "reader", "--template", join(root, template)];
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-keys-"));
let server: Server;

beforeAll(async () => {
  server = await startServer({ template, dataFolder, flags: ["--anonymous", "api"] });
});
afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

async function keys(...words: string[]) {
  const cmd = [join(root, "node_modules/.bin/millrace"), "keys", ...words];
  const command = Bun.spawn({ cmd, stdout: "pipe", stderr: "pipe" });
  const [out, err] = [
    await new Response(command.stdout).text(),
    await new Response(command.stderr).text(),
  ];
  return { out, err, code: await command.exited };
}

async function make(...words: string[]) {
  const { out } = await keys("make", ...words, "--data", dataFolder, "--json");
  return JSON.parse(out) as { accessKeyId: string; secretAccessKey: string };
}

type Key = Awaited<ReturnType<typeof make>>;

function settings(credentials: Key) {
  return { endpoint: server.api, region: "us-east-1", credentials, maxAttempts: 1 };
}

test("a key that is made while the node runs is good, until it is taken back", async () => {
  const key = await make("laptop");
  const tables = new DynamoDBClient(settings(key));
  expect((await tables.send(new ListTablesCommand({}))).TableNames).toContain("open");
  const listed = await keys("list", "--data", dataFolder);
  expect(listed.out).toContain(`${key.accessKeyId}  `);
  expect(listed.out).toContain("owner  laptop");
  expect(listed.out).not.toContain(key.secretAccessKey);
  expect((await keys("revoke", key.accessKeyId, "--data", dataFolder)).code).toBe(0);
  await expect(tables.send(new ListTablesCommand({}))).rejects.toThrow("security token");
  expect(statSync(join(dataFolder, "keys.json")).mode & 0o777).toBe(0o600);
});

test("a key of a role may do what the role may", async () => {
  const key = await make("auditor", ...ofRole);
  const identity = await new STSClient(settings(key)).send(new GetCallerIdentityCommand({}));
  expect(identity.Arn).toBe("arn:aws:sts::000000000000:assumed-role/reader/auditor");
  const tables = new DynamoDBClient(settings(key));
  const get = (TableName: string) =>
    tables.send(new GetItemCommand({ TableName, Key: { id: { S: "a" } } }));
  expect((await get("open")).Item).toBeUndefined();
  await expect(get("closed")).rejects.toThrow("is not authorized to perform: dynamodb:GetItem");
});

test.each([
  [["revoke", "AKIANOBODYS", "--data", dataFolder], 1, 'there is no access key "AKIANOBODYS"'],
  [["list", "--data", join(dataFolder, "gone")], 1, "a node makes it at its first start"],
  [["make", "a b", "--data", dataFolder], 2, '"a b" is not 2 to 64'],
  [
    ["make", ...ofRole, "--role", "raeder", "--data", dataFolder],
    1,
    `has no role "raeder" (did you mean 'reader'?), only `,
  ],
  [
    ["make", ...ofRole, "--template", "none.yaml", "--data", dataFolder],
    1,
    "millrace: the template 'none.yaml' cannot be read",
  ],
  [["revoke", "--data", dataFolder], 2, "an access key id is missing"],
])("keys %p ends with %d and says why", async (words, code, message) => {
  const ended = await keys(...words);
  expect(ended.code).toBe(code);
  expect(ended.err).toContain(message);
});

/** `millrace tables export` and `import`, over the door of a running server. */

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { type Server, startServer } from "../harness.ts";

const millrace = join(import.meta.dir, "../../node_modules/.bin/millrace");
const folder = mkdtempSync(join(tmpdir(), "millrace-transfer-"));
let server: Server;
let client: DynamoDBClient;

beforeAll(async () => {
  server = await startServer({
    template: "conformance/fixtures/orders/template.yaml",
    dataFolder: join(folder, "data"),
  });
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  client = new DynamoDBClient({ endpoint: server.api, region: "us-east-1", credentials });
  for (const TableName of ["source", "target"])
    await client.send(new CreateTableCommand(table(TableName)));
  for (const name of ["a", "b", "c"]) {
    await client.send(new PutItemCommand({ TableName: "source", Item: { pk: { S: name } } }));
  }
});

afterAll(async () => {
  client.destroy();
  await server.stop();
  rmSync(folder, { recursive: true });
});

function table(TableName: string) {
  return {
    TableName,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" as const }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" as const }],
    BillingMode: "PAY_PER_REQUEST" as const,
  };
}

async function run(...words: string[]) {
  const port = new URL(server.api).port;
  const command = Bun.spawn([millrace, "tables", ...words, "--api-port", port], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, said] = await Promise.all([
    new Response(command.stdout).text(),
    new Response(command.stderr).text(),
  ]);
  return { code: await command.exited, output, said };
}

test("items go out of a table and into another", async () => {
  const path = join(folder, "items.jsonl");
  const out = await run("export", "source", "--to", path);
  expect([out.code, out.said]).toEqual([0, expect.stringContaining("3 items of source are in")]);
  expect(readFileSync(path, "utf8").split("\n")).toHaveLength(4);
  const back = await run("import", "target", "--from", path);
  expect([back.code, back.said]).toEqual([0, expect.stringContaining("3 items are in target")]);
  const shown = await run("export", "target", "--to", "-");
  expect(shown.output.trim().split("\n").sort()).toEqual(
    ["a", "b", "c"].map((name) => JSON.stringify({ pk: { S: name } })),
  );
});

test("what cannot be done is said, with the code 1 or 2", async () => {
  const missing = await run("export", "none", "--to", "-");
  expect(missing.code).toBe(1);
  expect(missing.said).toContain("Requested resource not found: Table: none not found");
  expect((await run("export", "source")).code).toBe(2);
  expect((await run("import", "target", "--from", join(folder, "nowhere"))).code).toBe(1);
});

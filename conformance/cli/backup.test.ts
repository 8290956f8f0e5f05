/** A copy of a data folder in use, made as docs/operating/running.md says, is a data folder. */

import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { root, type Server, startServer } from "../harness.ts";

/** A ZIP file with `index.js`: exports.handler = async () => 'kept' */
const zip = [
  "UEsDBBQAAAAAAAAAIVyQFiu0JgAAACYAAAAIAAAAaW5kZXguanNleHBvcnRzLmhhbmRsZXIgPSBhc3luYyAoKSA9",
  "PiAna2VwdCc7ClBLAQIUAxQAAAAAAAAAIVyQFiu0JgAAACYAAAAIAAAAAAAAAAAAAACkAQAAAABpbmRleC5qc1BL",
  "BQYAAAAAAQABADYAAABMAAAAAAA=",
].join("");

const template = "conformance/fixtures/orders/template.yaml";
const folder = mkdtempSync(join(tmpdir(), "millrace-backup-"));
const servers: Server[] = [];

afterAll(async () => {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true });
});

async function startOn(dataFolder: string) {
  const server = await startServer({ template, dataFolder });
  servers.push(server);
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const options = { endpoint: server.api, region: "us-east-1", credentials };
  return { tables: new DynamoDBClient(options), functions: new LambdaClient(options) };
}

/** The page's own commands, but for the one that needs a program that may not be here. */
async function copyAsThePageSays(): Promise<void> {
  const page = readFileSync(join(root, "docs/operating/running.md"), "utf8");
  const [makeFolder = "", copyRecords = "", copyFiles = ""] =
    /```sh\n(mkdir[^`]+)```/.exec(page)?.[1]?.split("\n") ?? [];
  const shell = async (line: string) => {
    const command = Bun.spawn(["sh", "-c", line], { cwd: folder, stderr: "inherit" });
    expect(await command.exited).toBe(0);
  };
  await shell(makeFolder);
  const statement = /^sqlite3 \.millrace\/records\.db "(VACUUM INTO 'backup\/records\.db')"$/;
  const [, sql = ""] = statement.exec(copyRecords) ?? [];
  using database = new Database(join(folder, ".millrace/records.db"));
  database.run(sql.replace("backup/", `${folder}/backup/`));
  await shell(copyFiles);
}

test("items and functions of the API are in a copy of a server that runs", async () => {
  const before = await startOn(join(folder, ".millrace"));
  const TableName = "orders";
  await before.tables.send(new PutItemCommand({ TableName, Item: { id: { S: "kept" } } }));
  await before.functions.send(
    new CreateFunctionCommand({
      FunctionName: "made",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: "arn:aws:iam::000000000000:role/any",
      Code: { ZipFile: Buffer.from(zip, "base64") },
    }),
  );
  await copyAsThePageSays();
  await before.tables.send(new PutItemCommand({ TableName, Item: { id: { S: "later" } } }));
  const after = await startOn(join(folder, "backup"));
  const has = async (id: string) => {
    const { Item } = await after.tables.send(
      new GetItemCommand({ TableName, Key: { id: { S: id } } }),
    );
    return Item !== undefined;
  };
  expect([await has("kept"), await has("later")]).toEqual([true, false]);
  const { Payload } = await after.functions.send(new InvokeCommand({ FunctionName: "made" }));
  expect(Buffer.from(Payload ?? []).toString()).toBe('"kept"');
}, 60_000);

import { afterEach, beforeEach, expect, spyOn, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { ManualClock, silentLogger, systemRandom } from "../../base/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { createTables, type OperationName } from "../../tables/mod.ts";
import { type ExportFormat, exportTable } from "./export.ts";
import { importTable } from "./import.ts";
import { openSource } from "./import-source.ts";
import { CallProblem, type CallTables, type Item } from "./tables-client.ts";

let folder: string;
let call: CallTables;
let answers: string[];

const silent = { write: () => true };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-transfer-"));
  answers = [];
  const tables = createTables({
    records: openMemoryRecords(),
    clock: new ManualClock(),
    random: systemRandom,
    logger: silentLogger,
    account: { region: "us-east-1", accountId: "000000000000" },
  });
  for (const name of ["source", "target"]) {
    const keys = { partitionKey: { name: "pk", type: "S" }, sortKey: { name: "sk", type: "N" } };
    await tables.define({ name, ...keys } as Parameters<typeof tables.define>[0]);
  }
  call = async (operation, input) => {
    answers.push(operation);
    const result = await tables.call(operation as OperationName, input);
    if (result.ok) return result.value as Record<string, unknown>;
    const { code, message } = result.error;
    throw new CallProblem(code, `${code}: ${message}`);
  };
});

afterEach(() => rmSync(folder, { recursive: true }));

const item = (at: number, more: Item = {}): Item => ({
  pk: { S: `p${at % 7}` },
  sk: { N: String(at) },
  ...more,
});

async function fill(count: number): Promise<Item[]> {
  const items = Array.from({ length: count }, (_, at) =>
    item(at, {
      flags: { L: [{ BOOL: true }, { NULL: true }, { M: { é: { S: "line\nfeed" } } }] },
      sets: { NS: ["1", "2"] },
      bytes: { B: "AP8=" },
    }),
  );
  for (const Item of items) await call("PutItem", { TableName: "source", Item });
  return items;
}

const exported = (to: string, format: ExportFormat = "json-lines") =>
  exportTable({ call, table: "source", to, format, terminal: silent, output: process.stdout });

async function imported(path: string, fromLine = 1): Promise<string> {
  const source = await openSource(path);
  return importTable({ call, table: "target", source, fromLine, terminal: silent });
}

async function all(TableName: string): Promise<unknown> {
  return (await call("Scan", { TableName })).Items;
}

test.each([["json-lines"], ["dynamodb-json"]] as const)(
  "what was exported as %s is imported as it was",
  async (format) => {
    await fill(1234);
    const to = join(folder, "export");
    expect(await exported(to, format)).toStartWith(`1234 items of source are in ${to}`);
    expect(await imported(to)).toStartWith("1234 items are in target");
    expect(await all("target")).toEqual(await all("source"));
  },
);

test("one item is told as one", async () => {
  await fill(1);
  const to = join(folder, "items.jsonl");
  expect(await exported(to)).toStartWith(`1 item of source is in ${to} (`);
  expect(await imported(to)).toStartWith("1 item is in target (");
  const path = write("bad.jsonl", [item(0), "{]"]);
  await expect(imported(path)).rejects.toThrow(
    "\nthe 1 item before that line is in the table; --from-line 2 goes on there",
  );
});

test("an export in the service's layout has its manifests and its files", async () => {
  const items = await fill(3);
  await exported(folder, "dynamodb-json");
  const [id] = readdirSync(join(folder, "AWSDynamoDB"));
  const read = (name: string) => readFileSync(join(folder, "AWSDynamoDB", id!, name));
  const summary = JSON.parse(read("manifest-summary.json").toString());
  expect(summary).toMatchObject({
    version: "2020-06-30",
    tableArn: "arn:aws:dynamodb:us-east-1:000000000000:table/source",
    exportArn: `arn:aws:dynamodb:us-east-1:000000000000:table/source/export/${id}`,
    manifestFilesS3Key: `AWSDynamoDB/${id}/manifest-files.json`,
    itemCount: 3,
    outputFormat: "DYNAMODB_JSON",
  });
  const file = JSON.parse(read("manifest-files.json").toString());
  expect(file.dataFileS3Key).toStartWith(`AWSDynamoDB/${id}/data/`);
  const text = gunzipSync(readFileSync(join(folder, file.dataFileS3Key))).toString();
  const lines = text.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).Item.sk)).toEqual(items.map(({ sk }) => sk));
  for (const name of ["manifest-summary", "manifest-files"]) {
    const md5 = new Bun.CryptoHasher("md5").update(read(`${name}.json`)).digest("base64");
    expect(read(`${name}.md5`).toString()).toBe(md5);
  }
});

test("a data file that is not the manifest's is refused before a line of it is read", async () => {
  await fill(3);
  await exported(folder, "dynamodb-json");
  const [id] = readdirSync(join(folder, "AWSDynamoDB"));
  const data = join(folder, "AWSDynamoDB", id!, "data");
  const [name] = readdirSync(data);
  writeFileSync(join(data, name!), gzipSync(`${JSON.stringify({ Item: item(9) })}\n`));
  await expect(imported(folder)).rejects.toThrow("is not the file of which the manifest has");
  expect(await all("target")).toEqual([]);
});

const write = (name: string, lines: readonly unknown[]) => {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(join(folder, name), text.join("\n"));
  return join(folder, name);
};

test.each([
  ["{]", "JSON Parse error"],
  [[1], "this is no item"],
  [{ pk: { S: "a" } }, 'the item lacks its key "sk"'],
  [{ pk: { S: "a" }, sk: null }, 'the item lacks its key "sk"'],
  [{ Item: { pk: null, sk: { N: "1" } } }, 'the item lacks its key "pk"'],
  [{ pk: { S: "a" }, sk: { S: "no number" } }, "ValidationException: One or more parameter"],
])("the bad line %j ends an import that can go on there", async (bad, reason) => {
  const items = Array.from({ length: 500 }, (_, at) => item(at));
  const path = write("items.jsonl", [...items.slice(0, 310), bad, ...items.slice(310)]);
  const failed = await imported(path).then(String, (thrown: Error) => thrown.message);
  expect(failed).toStartWith(`${path}:311: ${reason}`);
  expect(failed).toEndWith(
    "the 310 items before that line are in the table; --from-line 311 goes on there",
  );
  const written = (await all("target")) as Item[];
  const numbers = new Set(written.map(({ sk }) => Number(sk!.N)));
  for (let at = 0; at < 310; at += 1) expect(numbers.has(at)).toBe(true);
  await imported(path, 312);
  expect(await all("target")).toHaveLength(500);
});

test("a line without an end is refused before it fills the memory", async () => {
  const path = write("items.jsonl", [item(0), `"${"x".repeat(10 * 1024 * 1024)}`]);
  await expect(imported(path)).rejects.toThrow(
    `${path}:2: a line of more than 8388608 characters is no item\nthe 1 item before`,
  );
});

test.each(["json-lines", "dynamodb-json"] as const)(
  "a table whose key is named as an export wraps its items takes its own export as %s",
  async (format) => {
    for (const TableName of ["boxed", "unboxed"]) {
      await call("CreateTable", {
        TableName,
        AttributeDefinitions: [{ AttributeName: "Item", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "Item", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
      });
    }
    await call("PutItem", { TableName: "boxed", Item: { Item: { S: "a" }, n: { N: "1" } } });
    const [to, terminal] = [join(folder, "boxed"), silent];
    await exportTable({ call, table: "boxed", to, format, terminal, output: process.stdout });
    const source = await openSource(to);
    await importTable({ call, table: "unboxed", source, fromLine: 1, terminal });
    expect(await all("unboxed")).toEqual(await all("boxed"));
  },
);

test("of several lines of one key the last one counts, however its number is spelled", async () => {
  const lines = Array.from({ length: 300 }, (_, at) => ({
    pk: { S: "p" },
    sk: { N: at % 2 ? "1" : "1.0" },
    at: { N: String(at) },
  }));
  await imported(write("items.jsonl", lines));
  expect(await all("target")).toEqual([{ pk: { S: "p" }, sk: { N: "1" }, at: { N: "299" } }]);
  const batched = answers.filter((name) => name === "BatchWriteItem").length;
  expect(batched).toBe(300);
});

test("what the table gives back unprocessed is asked for again", async () => {
  const through = call;
  let given = 0;
  call = async (operation, input) => {
    const { RequestItems } = input as { RequestItems: { target: unknown[] } };
    if (operation !== "BatchWriteItem" || given === 2) return through(operation, input);
    given += 1;
    const [first, ...others] = RequestItems.target;
    await through(operation, { RequestItems: { target: [first] } });
    return { UnprocessedItems: { target: others } };
  };
  await imported(
    write(
      "items.jsonl",
      Array.from({ length: 10 }, (_, at) => item(at)),
    ),
  );
  expect(await all("target")).toHaveLength(10);
});

test("a file is whole also where the disk takes less at a time than it is given", async () => {
  const items = await fill(20);
  const handle = await open(folder, "r");
  const prototype = Object.getPrototypeOf(handle) as { write: (...given: unknown[]) => unknown };
  await handle.close();
  const whole = prototype.write;
  const short = spyOn(prototype, "write").mockImplementation(function (
    this: unknown,
    bytes: unknown,
    ...where: unknown[]
  ) {
    if (typeof bytes !== "string") return whole.call(this, bytes, ...where);
    return whole.call(this, bytes.slice(0, bytes.length / 2));
  });
  const path = join(folder, "items.jsonl");
  await exported(path).finally(() => short.mockRestore());
  expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(items.length);
});

test("an export that breaks off says how far it came, and leaves no file of its name", async () => {
  await fill(20);
  const path = join(folder, "items.jsonl");
  const through = call;
  let scanned = false;
  call = async (operation, input) => {
    if (operation !== "Scan") return through(operation, input);
    if (scanned) throw new CallProblem("", "no node answers");
    scanned = true;
    return through(operation, { ...input, Limit: 7 });
  };
  await expect(exported(path)).rejects.toThrow(
    `broken off after 7 items: no node answers; what there is of it lies in ${path}.partial`,
  );
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, "");
  await expect(exported(path)).rejects.toThrow("is there already");
});

test.each([
  ["nowhere", 'there is no "'],
  [".", "has no manifest-summary.json"],
])("the source %p is refused", async (name, reason) => {
  await expect(openSource(join(folder, name))).rejects.toThrow(reason);
});

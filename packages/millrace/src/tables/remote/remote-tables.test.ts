import { expect, test } from "bun:test";
import { ManualClock, silentLogger, systemRandom, utf8 } from "../../base/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { createRemoteTables } from "./remote-tables.ts";

test("a table that asks for recovery or contributor insights is named in a warning", async () => {
  const KeySchema = [{ AttributeName: "pk", KeyType: "HASH" }];
  const warnings: unknown[] = [];
  const tables = createRemoteTables({
    remote: {
      endpoint: "https://dynamodb.eu-central-1.amazonaws.com",
      region: "eu-central-1",
      credentials: () => ({ accessKeyId: "a", secretAccessKey: "b" }),
    },
    send: async () => ({ status: 200, body: utf8(JSON.stringify({ Table: { KeySchema } })) }),
    records: openMemoryRecords(),
    clock: new ManualClock(),
    random: systemRandom,
    logger: { ...silentLogger, warn: (what, fields) => void warnings.push([what, fields]) },
  });
  const definition = { partitionKey: { name: "pk", type: "S" } } as const;
  await tables.define({ ...definition, name: "plain" });
  await tables.define({ ...definition, name: "kept", recoveryDays: 35 });
  await tables.define({ ...definition, name: "watched", insights: { "": "THROTTLED_KEYS" } });
  expect(warnings).toEqual([
    ["recovery is not switched on at the remote endpoint", { TableName: "kept" }],
    ["contributor insights are not switched on at the remote endpoint", { TableName: "watched" }],
  ]);
});

/**
 * A table's changes reach the function over kill -9 at any moment: each at least once, those of one
 * item in their order.
 */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { type Server, startServer, wholeLinesOf } from "../harness.ts";

setDefaultTimeout(120_000);

const rounds = 4;
/** Answered changes that the function may not have noted. */
const aheadMax = 100;
const folder = mkdtempSync(join(tmpdir(), "millrace-triggers-"));
const options = {
  template: "conformance/fixtures/changes/template.yaml",
  dataFolder: join(folder, "data"),
  flags: ["--parameter", `Folder=${folder}`],
};
let server: Server;

beforeAll(async () => {
  server = await startServer(options);
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** `item version`, in the order in which the function noted them. */
const noted = () => wholeLinesOf(join(folder, "changes"));

/**
 * Writes versions of an item until it is stopped or the server is gone; adds those answered. While
 * the function is far behind it waits, so that catching up is bounded.
 */
function write(item: string, from: number, answered: string[]) {
  const client = new DynamoDBClient({
    endpoint: server.api,
    region: "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    maxAttempts: 1,
  });
  let isOver = false;
  let version = from;
  const writing = (async () => {
    for (; !isOver; version += 1) {
      const Item = { pk: { S: item }, n: { N: String(version) } };
      const sent = client.send(new PutItemCommand({ TableName: "items", Item }));
      const isAnswered = await sent.then(
        () => true,
        () => false,
      );
      if (!isAnswered) break;
      answered.push(`${item} ${version}`);
      while (!isOver && answered.length > noted().length + aheadMax) await Bun.sleep(5);
    }
    client.destroy();
    return version + 1;
  })();
  return async () => {
    isOver = true;
    return writing;
  };
}

test("killed again and again, no answered change is lost, and none overtakes another", async () => {
  const answered: string[] = [];
  const items = ["a", "b", "c"];
  let versions = items.map(() => 1);
  for (let round = 0; round < rounds; round += 1) {
    const before = noted().length;
    const writers = items.map((item, at) => write(item, versions[at]!, answered));
    while (noted().length < before + 10 * (round + 1)) await Bun.sleep(5);
    await server.kill();
    versions = await Promise.all(writers.map((stop) => stop()));
    server = await startServer({ ...options, at: server });
  }
  const missing = () => {
    const seen = new Set(noted());
    return answered.filter((change) => !seen.has(change));
  };
  while (missing().length > 0) await Bun.sleep(50);
  for (const item of items) {
    const own = noted().filter((change) => change.startsWith(`${item} `));
    const first = [...new Set(own)].map((change) => Number(change.split(" ")[1]));
    expect(first).toEqual(first.toSorted((left, right) => left - right));
  }
});

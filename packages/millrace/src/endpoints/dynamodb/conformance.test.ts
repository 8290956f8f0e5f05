/** The cases of `conformance/tables/*.json`, one test each; the README there says how to read them. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openDoor } from "../door-fixture.ts";

type Step = readonly [operation: string, request: object];

interface Case {
  readonly name: string;
  readonly source: string;
  readonly operation: string;
  readonly streams?: boolean;
  readonly before?: readonly Step[];
  readonly request?: unknown;
  readonly body?: string;
  readonly status: number;
  readonly answer: unknown;
}

const folder = join(import.meta.dir, "../../../../../conformance/tables");
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const setup: { readonly before: readonly Step[] } = read("setup.json");

for (const fileName of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  if (fileName === "setup.json") continue;
  const { cases }: { readonly cases: readonly Case[] } = read(fileName);
  describe(fileName, () => {
    let door: Awaited<ReturnType<typeof openDoor>>;

    beforeAll(async () => {
      door = await openDoor();
      await carryOut(door.url, setup.before);
    });

    afterAll(async () => {
      await door.tables.close();
      door.close();
    });

    for (const example of cases) {
      test(example.name, async () => {
        expect(example.source).toMatch(/^(dynamodb|issue|parser|known|chosen): ./);
        await carryOut(door.url, example.before ?? []);
        const { status, answer } = await ask(door.url, example);
        expect({ status, answer }).toEqual({ status: example.status, answer: example.answer });
      });
    }
  });
}

async function carryOut(url: string, steps: readonly Step[]): Promise<void> {
  for (const [operation, request] of steps) {
    const { status, answer } = await ask(url, { operation, request });
    if (status !== 200) throw new Error(`${operation}: ${JSON.stringify(answer)}`);
  }
}

async function ask(
  url: string,
  { operation, streams, request, body }: Omit<Case, "name" | "source" | "status" | "answer">,
) {
  const service = streams ? "DynamoDBStreams_20120810" : "DynamoDB_20120810";
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `${service}.${operation}`,
      authorization: "AWS4-HMAC-SHA256 ...",
    },
    body: body ?? JSON.stringify(request),
  });
  return { status: answer.status, answer: (await answer.json()) as unknown };
}

import { expect, test } from "bun:test";
import fc from "fast-check";
import type { OperationName } from "./mod.ts";
import { operations, type StreamOperationName, streamOperations } from "./operations/by-name.ts";
import * as backupShapes from "./request/backup-shapes.ts";
import * as itemShapes from "./request/item-shapes.ts";
import type { Shape } from "./request/shape.ts";
import * as statementShapes from "./request/statement-shapes.ts";
import * as streamShapes from "./request/stream-shapes.ts";
import * as tableShapes from "./request/table-shapes.ts";
import { openTables } from "./table-fixture.ts";

/** Texts that mean something somewhere. */
const texts = fc.constantFrom(
  ..."plain sorted none pk sk a #a :v a=:v pk=:v HASH RANGE S N ALL KEYS_ONLY EQ NULL ADD".split(
    " ",
  ),
  "SET a = :v",
  "pk = :v AND sk > :v",
  "SELECT * FROM plain WHERE pk = 'a'",
  "INSERT INTO plain VALUE {'pk': 'a'}",
  "TRIM_HORIZON",
  "arn:aws:dynamodb:eu-central-1:000000000000:table/plain",
  "",
);

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ S: texts }),
    fc.record({ N: fc.constantFrom("1", "-2.50", "1e200", "x") }),
    fc.record({ B: fc.constantFrom("AA==", "A") }),
    fc.record({ SS: fc.array(texts, { maxLength: 3 }) }),
    fc.record({ L: fc.array(tie("value"), { maxLength: 2 }) }),
    fc.record({ M: fc.dictionary(texts, tie("value"), { maxKeys: 2 }) }),
    fc.constant({}),
    fc.constant(null),
  ),
})).value;

/** Mostly what the shape wants, at times anything else. */
function requestOf(shape: Shape): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 20, arbitrary: fitting(shape) }, fc.jsonValue({ maxDepth: 2 }));
}

function fitting(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "text":
      return shape.oneOf ? fc.constantFrom(...shape.oneOf) : texts;
    case "number":
      return fc.integer({ min: -1, max: 30 });
    case "boolean":
      return fc.boolean();
    case "missing":
      return fc.constant(null);
    case "list":
      return fc.array(requestOf(shape.member), { maxLength: 3 });
    case "map": {
      const keys = fc.constantFrom("pk", "sk", "a", ":v", "#a", "plain", "sorted");
      return fc.dictionary(keys, requestOf(shape.value), { maxKeys: 3 });
    }
    case "structure": {
      const members = Object.entries(shape.members).map(
        ([name, member]) => [name, requestOf(member)] as const,
      );
      const wanted = Object.entries(shape.members).filter(([, member]) => member.required);
      return fc.record(Object.fromEntries(members), {
        requiredKeys: wanted.map(([name]) => name),
      });
    }
    case "value":
      return value;
  }
}

const shapes = Object.values({
  ...itemShapes,
  ...tableShapes,
  ...statementShapes,
  ...streamShapes,
  ...backupShapes,
}).filter((shape) => shape.kind === "structure");

test("any request is answered or refused, never thrown at", async () => {
  const { tables } = await openTables();
  const names = Object.keys(operations) as OperationName[];
  const streamNames = Object.keys(streamOperations) as StreamOperationName[];
  const anyShape = fc.oneof(...shapes.map((shape) => requestOf(shape as Shape)));
  await fc.assert(
    fc.asyncProperty(anyShape, async (request) => {
      for (const name of names) {
        const result = await tables.call(name, request);
        if (!result.ok) expect(result.error.code).toMatch(/Exception$/);
      }
      for (const name of streamNames) {
        const result = await tables.callStreams(name, request);
        if (!result.ok) expect(result.error.code).toMatch(/Exception$/);
      }
    }),
    { numRuns: 600 },
  );
  await tables.settled();
}, 60_000);

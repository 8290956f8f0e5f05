import { expect, test } from "bun:test";
import { utf8 } from "../../base/mod.ts";
import type { EventEntry } from "../../events/mod.ts";
import { recordSender } from "./call-records.ts";

const busArn = "arn:aws:events:r:1:event-bus/b";
const functionArn = "arn:aws:lambda:r:1:function:f:$LATEST";

function open() {
  const sent: EventEntry[] = [];
  const send = recordSender(() => ({
    started: Promise.resolve(),
    busOf: (arn) => (arn === busArn ? "b" : undefined),
    put: async (entries) => {
      sent.push(...entries);
      return entries.map(() => ({ ok: true, eventId: "e" }));
    },
  }));
  return { sent, send };
}

test.each([
  ["Success", "Success"],
  ["RetriesExhausted", "Failure"],
  ["EventAgeExceeded", "Failure"],
])("a record of the condition %s is an event of the documented form", async (condition, result) => {
  const { sent, send } = open();
  const record = JSON.stringify({ version: "1.0", requestContext: { functionArn, condition } });
  await send(busArn, utf8(record));
  expect(sent).toEqual([
    {
      bus: "b",
      source: "lambda",
      detailType: `Lambda Function Invocation Result - ${result}`,
      detail: record,
      resources: [busArn, functionArn],
    },
  ]);
});

test("a bus that is not there, and a record larger than an event, are refused", async () => {
  const { sent, send } = open();
  const record = (length: number) =>
    utf8(
      JSON.stringify({
        requestContext: { functionArn, condition: "Success" },
        p: "x".repeat(length),
      }),
    );
  await expect(send(`${busArn}s`, record(1))).rejects.toThrow("there is no event bus");
  await expect(send(busArn, record(256 * 1024))).rejects.toThrow("larger than 262144 bytes");
  expect(sent).toEqual([]);
});

import { expect, test } from "bun:test";
import { silentLogger, systemClock } from "../../base/mod.ts";
import { Logs } from "../../logs/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { createRulePorts, type RuleServices } from "./rule-ports.ts";

async function open() {
  const logs = new Logs({ records: openMemoryRecords(), clock: systemClock, logger: silentLogger });
  await logs.start([{ name: "g", retentionDays: 7, tags: {} }]);
  const { writeLog } = createRulePorts({ logs, metrics: {} } as RuleServices);
  const lines = async () => {
    const { events } = await logs.read(logs.group("g")!, {
      fromMs: 0,
      toMs: Number.POSITIVE_INFINITY,
      direction: "forward",
      wants: () => true,
    });
    return events.map(({ message }) => message);
  };
  return { logs, writeLog: writeLog!, lines };
}

const nowMs = systemClock.now();

test("what a rule writes is in the log's group, in a stream of the rule", async () => {
  const { logs, writeLog, lines } = await open();
  await writeLog("g", [{ timestampMs: nowMs, message: "one" }], "store");
  const batch = [
    { timestampMs: nowMs + 2, message: "three" },
    { timestampMs: nowMs + 1, message: "two" },
  ];
  await writeLog("g", batch, "store");
  expect(await lines()).toEqual(["one", "two", "three"]);
  expect([...logs.group("g")!.streams.keys()]).toEqual(["store"]);
});

test("a group that is not there, and lines that no log takes, are the action's failure", async () => {
  const { writeLog, lines } = await open();
  const line = { timestampMs: nowMs, message: "m" };
  expect(writeLog("h", [line], "r")).rejects.toThrow('there is no log group "h"');
  expect(writeLog("g", [{ ...line, message: "" }], "r")).rejects.toThrow("empty");
  const old = { timestampMs: nowMs - 8 * 86_400_000, message: "old" };
  expect(writeLog("g", [line, old], "r")).rejects.toThrow("1 lines are too old");
  await Bun.sleep(5);
  expect(await lines()).toEqual(["m"]);
});

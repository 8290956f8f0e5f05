import { expect, test } from "bun:test";
import { silentLogger, systemClock } from "../base/mod.ts";
import { Logs } from "../logs/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import { writeRuleLog } from "./logs.ts";

test("an action whose log goes meanwhile fails", async () => {
  const logs = new Logs({
    clock: systemClock,
    records: openMemoryRecords(),
    logger: silentLogger,
  });
  await logs.start();
  await logs.createGroup("g", { tags: {} });
  const createStream = logs.createStream.bind(logs);
  logs.createStream = async (...names) => {
    const made = await createStream(...names);
    await logs.deleteGroup("g");
    return made;
  };
  const entries = [{ timestampMs: systemClock.now(), message: "m" }];
  const writing = writeRuleLog(logs, { groupName: "g", ruleName: "r", entries });
  await expect(writing).rejects.toThrow('log group "g", or its stream, was deleted meanwhile');
  await logs.close();
});

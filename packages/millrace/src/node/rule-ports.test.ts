import { expect, test } from "bun:test";
import { createLogger, ManualClock } from "../base/mod.ts";
import { createRulePorts, type RuleServices } from "./rule-ports.ts";

test("a line that a rule writes is one line of the log, whatever it says", async () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const ruleLog = createLogger({
    part: "rule-log",
    clock: new ManualClock(),
    levelMin: "info",
    write,
  });
  const { writeLog } = createRulePorts({ ruleLog, metrics: {} } as RuleServices);
  const message = "fine\n2026-01-01T00:00:00.000Z error broker stopped\u001b[2J";
  await writeLog?.("g", [{ timestampMs: 5, message }]);
  expect(lines).toEqual([
    `2026-01-01T00:00:00.000Z info rule-log line group=g at=1970-01-01T00:00:00.005Z message=${JSON.stringify(message)}\n`,
  ]);
});

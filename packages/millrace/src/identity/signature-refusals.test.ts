import { expect, test } from "bun:test";
import { ManualClock, silentLogger } from "../base/mod.ts";
import { identityLimits } from "./limits.ts";
import { SignatureRefusals } from "./signature-refusals.ts";

test("signatures that prove nothing fill no log, however many and long they are", () => {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const clock = new ManualClock();
  const logger = { ...silentLogger, warn: (_: string, fields = {}) => void lines.push(fields) };
  const refusals = new SignatureRefusals({ clock, logger });
  const long = "x".repeat(60_000);
  const problem = { code: "InvalidSignatureException", message: long, accessKeyId: long } as const;
  const report = () => refusals.report(problem, { ip: "192.0.2.7", traceId: "t" });
  for (let count = 0; count < 1_000; count += 1) report();
  const { denialsPerSecondMax } = identityLimits;
  expect(lines).toHaveLength(denialsPerSecondMax);
  expect(JSON.stringify(lines[0]).length).toBeLessThan(1_000);
  clock.advance(1_000);
  report();
  expect(lines).toHaveLength(denialsPerSecondMax + 1);
  expect(lines.at(-1)).toMatchObject({ untoldCount: 1_000 - denialsPerSecondMax });
});

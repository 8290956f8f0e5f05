import { expect, test } from "bun:test";
import { systemRandom } from "../../base/mod.ts";
import { newTraceId, TraceSampler } from "./trace-id.ts";

const drawing = (fraction: number) => ({ ...systemRandom, fraction: () => fraction });
const sampledOf = (id: string) =>
  /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=([01])$/.exec(id)?.[1];

test("without a sampler no call is traced", () => {
  expect(sampledOf(newTraceId(drawing(0), 1_700_000_000_000))).toBe("0");
});

test("with one the first call of each second is, and then one in twenty", () => {
  const sampler = new TraceSampler();
  const sampled = [
    [1_700_000_000_000, 0.99],
    [1_700_000_000_001, 0.99],
    [1_700_000_000_999, 0.049],
    [1_700_000_001_000, 0.99],
    [1_700_000_001_500, 0.05],
  ].map(([nowMs, fraction]) => sampledOf(newTraceId(drawing(fraction!), nowMs!, sampler)));
  expect(sampled).toEqual(["1", "0", "1", "1", "0"]);
});

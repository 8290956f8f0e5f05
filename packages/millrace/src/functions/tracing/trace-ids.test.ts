import { expect, test } from "bun:test";
import { systemRandom } from "../../base/mod.ts";
import { TraceIds, TraceSampler } from "./trace-ids.ts";

test("trace ids say the second, and are each another", () => {
  const ids = new TraceIds(systemRandom);
  const seconds = [1_767_225_600, 1_767_225_600, 1_767_225_601];
  const form = /^Root=1-([0-9a-f]{8})-([0-9a-f]{24});Parent=([0-9a-f]{16});Sampled=0$/;
  const drawn = new Set<string>();
  for (let count = 0; count < 300; count += 1) {
    const second = seconds[count % 3]!;
    const [, said, root, parent] = form.exec(ids.next(second * 1000 + 999))!;
    expect(Number.parseInt(said!, 16)).toBe(second);
    drawn.add(root!).add(parent!);
  }
  expect(drawn.size).toBe(600);
});

const drawing = (fraction: number) => ({ ...systemRandom, fraction: () => fraction });
const sampledOf = (id: string) =>
  /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=([01])$/.exec(id)?.[1];

test("without a sampler no call is traced", () => {
  expect(sampledOf(new TraceIds(drawing(0)).next(1_700_000_000_000))).toBe("0");
});

test("with one the first call of each second is, and then one in twenty", () => {
  const sampler = new TraceSampler();
  const sampled = [
    [1_700_000_000_000, 0.99],
    [1_700_000_000_001, 0.99],
    [1_700_000_000_999, 0.049],
    [1_700_000_001_000, 0.99],
    [1_700_000_001_500, 0.05],
  ].map(([nowMs, fraction]) => sampledOf(new TraceIds(drawing(fraction!)).next(nowMs!, sampler)));
  expect(sampled).toEqual(["1", "0", "1", "1", "0"]);
});

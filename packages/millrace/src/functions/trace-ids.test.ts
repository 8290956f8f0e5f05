import { expect, test } from "bun:test";
import { systemRandom } from "../base/mod.ts";
import { TraceIds } from "./trace-ids.ts";

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

import { expect, test } from "bun:test";
import { CallProblem, withPatience } from "./tables-client.ts";

/** What comes of a call that fails so often first, and the waits between its tries. */
async function failing(code: string, failCount: number) {
  const waits: number[] = [];
  let tries = 0;
  const call = async () => {
    tries += 1;
    if (tries <= failCount) throw new CallProblem(code, "not now");
    return "done";
  };
  const wait = async (ms: number) => void waits.push(ms);
  const outcome = await withPatience(call, wait).catch((thrown: Error) => thrown.message);
  return { outcome, waits };
}

test("what is throttled is tried until it is taken, at least every five seconds", async () => {
  const { outcome, waits } = await failing("ThrottlingException", 50);
  expect(outcome).toBe("done");
  expect(waits.slice(0, 8)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  expect(waits).toHaveLength(50);
});

test.each([
  ["InternalServerError", 8],
  ["", 5],
  ["ValidationException", 1],
])("a call that ends with %p is tried %d times", async (code, triesMax) => {
  expect((await failing(code, triesMax - 1)).outcome).toBe("done");
  const { outcome, waits } = await failing(code, triesMax);
  expect([outcome, waits.length]).toEqual(["not now", triesMax - 1]);
});

import { expect, test } from "bun:test";
import { systemRandom } from "../../base/mod.ts";
import { Answers } from "./answers.ts";

test("of a long reason why a service had no answer only the beginning is kept", async () => {
  const answers = new Answers(systemRandom);
  const ask = () => Promise.reject(new Error("x".repeat(1_000_000)));
  const run = () => answers.take({ name: "f", max: 1, ask });
  const failure = `${"x".repeat(512)}…`;
  await expect(answers.complete(run)).rejects.toThrow(`function "f" failed: ${failure}`);
  expect(answers.asked).toEqual([{ name: "f", failure }]);
});

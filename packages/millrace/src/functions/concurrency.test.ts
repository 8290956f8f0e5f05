import { expect, test } from "bun:test";
import { Concurrency } from "./concurrency.ts";
import { accountConcurrencyMax, unreservedConcurrencyMin } from "./limits.ts";

test("a function that has reserved runs so many calls and no more, whatever others do", () => {
  const concurrency = new Concurrency();
  expect(concurrency.reserve("f", 2)).toBe(true);
  expect([concurrency.enter("f"), concurrency.enter("f"), concurrency.enter("f")]).toEqual([
    undefined,
    undefined,
    "ReservedFunctionConcurrentInvocationLimitExceeded",
  ]);
  concurrency.leave("f");
  expect(concurrency.enter("f")).toBeUndefined();
  expect(concurrency.enter("g")).toBeUndefined();
});

test("the others share what is left of the account", () => {
  const concurrency = new Concurrency();
  concurrency.reserve("f", accountConcurrencyMax - unreservedConcurrencyMin);
  for (let count = 0; count < unreservedConcurrencyMin; count += 1) {
    expect(concurrency.enter(`g${count}`)).toBeUndefined();
  }
  expect(concurrency.enter("g")).toBe("ConcurrentInvocationLimitExceeded");
  expect(concurrency.enter("f")).toBeUndefined();
});

test("so much must stay unreserved, and zero may be reserved", () => {
  const concurrency = new Concurrency();
  const most = accountConcurrencyMax - unreservedConcurrencyMin;
  expect(concurrency.reserve("f", most + 1)).toBe(false);
  expect(concurrency.reserve("f", most)).toBe(true);
  expect(concurrency.reserve("g", 1)).toBe(false);
  expect(concurrency.reserve("f", 0)).toBe(true);
  expect(concurrency.enter("f")).toBe("ReservedFunctionConcurrentInvocationLimitExceeded");
});

test("calls that run while the reservation changes are counted where they belong", () => {
  const concurrency = new Concurrency();
  concurrency.enter("f");
  concurrency.reserve("f", 1);
  expect(concurrency.enter("f")).toBe("ReservedFunctionConcurrentInvocationLimitExceeded");
  concurrency.reserve("f", undefined);
  concurrency.leave("f");
  for (let count = 0; count < accountConcurrencyMax; count += 1) concurrency.enter("g");
  expect(concurrency.enter("g")).toBe("ConcurrentInvocationLimitExceeded");
});

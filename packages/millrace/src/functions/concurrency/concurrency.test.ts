import { expect, test } from "bun:test";
import fc from "fast-check";
import { accountConcurrencyMax, unreservedConcurrencyMin } from "../limits.ts";
import { Concurrency } from "./concurrency.ts";

const latest = "$LATEST";

test("a function that has reserved runs so many calls and no more, whatever others do", () => {
  const concurrency = new Concurrency();
  expect(concurrency.reserve("f", 2)).toBe(true);
  expect([
    concurrency.enter("f", latest),
    concurrency.enter("f", latest),
    concurrency.enter("f", latest),
  ]).toEqual([undefined, undefined, "ReservedFunctionConcurrentInvocationLimitExceeded"]);
  concurrency.leave("f", latest);
  expect(concurrency.enter("f", latest)).toBeUndefined();
  expect(concurrency.enter("g", latest)).toBeUndefined();
});

test("the others share what is left of the account", () => {
  const concurrency = new Concurrency();
  concurrency.reserve("f", accountConcurrencyMax - unreservedConcurrencyMin);
  for (let count = 0; count < unreservedConcurrencyMin; count += 1) {
    expect(concurrency.enter(`g${count}`, latest)).toBeUndefined();
  }
  expect(concurrency.enter("g", latest)).toBe("ConcurrentInvocationLimitExceeded");
  expect(concurrency.enter("f", latest)).toBeUndefined();
});

test("so much must stay unreserved, and zero may be reserved", () => {
  const concurrency = new Concurrency();
  const most = accountConcurrencyMax - unreservedConcurrencyMin;
  expect(concurrency.reserve("f", most + 1)).toBe(false);
  expect(concurrency.reserve("f", most)).toBe(true);
  expect(concurrency.reserve("g", 1)).toBe(false);
  expect(concurrency.reserve("f", 0)).toBe(true);
  expect(concurrency.enter("f", latest)).toBe("ReservedFunctionConcurrentInvocationLimitExceeded");
});

test("calls that run while the reservation changes are counted where they belong", () => {
  const concurrency = new Concurrency();
  concurrency.enter("f", latest);
  concurrency.reserve("f", 1);
  expect(concurrency.enter("f", latest)).toBe("ReservedFunctionConcurrentInvocationLimitExceeded");
  concurrency.reserve("f", undefined);
  concurrency.leave("f", latest);
  for (let count = 0; count < accountConcurrencyMax; count += 1) concurrency.enter("g", latest);
  expect(concurrency.enter("g", latest)).toBe("ConcurrentInvocationLimitExceeded");
});

test("what is provisioned is taken from the others, and used by its version alone", () => {
  const concurrency = new Concurrency();
  concurrency.provision("f", new Map([["1", 2]]));
  expect(concurrency.unreservedMax).toBe(accountConcurrencyMax - 2);
  for (let count = 0; count < accountConcurrencyMax - 2; count += 1) {
    expect(concurrency.enter("g", latest)).toBeUndefined();
  }
  expect(concurrency.enter("f", latest)).toBe("ConcurrentInvocationLimitExceeded");
  expect(concurrency.enter("f", "1")).toBeUndefined();
  expect(concurrency.enter("f", "1")).toBeUndefined();
  expect(concurrency.enter("f", "1")).toBe("ConcurrentInvocationLimitExceeded");
  concurrency.leave("g", latest);
  expect(concurrency.enter("f", "1")).toBeUndefined();
  concurrency.leave("f", "1");
  expect(concurrency.enter("g", latest)).toBeUndefined();
});

test("no more is provisioned than is reserved, or than leaves enough to the others", () => {
  const concurrency = new Concurrency();
  const problem = (name: string, count: number) =>
    concurrency.provisionProblem(name, new Map([["1", count]]));
  concurrency.reserve("f", 3);
  expect(problem("f", 4)).toBe("above-reserved");
  expect(problem("f", 3)).toBeUndefined();
  const most = accountConcurrencyMax - unreservedConcurrencyMin - 3;
  expect(problem("g", most + 1)).toBe("too-little-unreserved");
  expect(problem("g", most)).toBeUndefined();
  concurrency.provision("g", new Map([["1", most]]));
  expect(concurrency.reserve("h", 1)).toBe(false);
  concurrency.provision("f", new Map([["1", 3]])); // out of what it has reserved
  expect(concurrency.unreservedMax).toBe(unreservedConcurrencyMin);
});

test("every call gives back what it took, whatever is set meanwhile", () => {
  const names = ["f", "g"];
  const counts = [undefined, 0, 1, 3];
  const step = fc.tuple(fc.constantFrom("enter", "leave", "reserve", "provision"), fc.nat());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const concurrency = new Concurrency();
      const running: [string, string][] = [];
      for (const [what, number] of steps) {
        const name = names[number % 2]!;
        const version = number % 3 === 0 ? "1" : latest;
        if (what === "enter" && !concurrency.enter(name, version)) running.push([name, version]);
        if (what === "leave" && running.length > 0) {
          concurrency.leave(...running.splice(number % running.length, 1)[0]!);
        }
        if (what === "reserve") concurrency.reserve(name, counts[number % 4]);
        if (what === "provision") {
          concurrency.provision(name, new Map([["1", counts[number % 4] ?? 2]]));
        }
      }
      for (const one of running) concurrency.leave(...one);
      for (const name of names) {
        concurrency.reserve(name, undefined);
        concurrency.provision(name, new Map());
      }
      for (let count = 0; count < accountConcurrencyMax; count += 1) {
        expect(concurrency.enter("h", latest)).toBeUndefined();
      }
      expect(concurrency.enter("h", latest)).toBe("ConcurrentInvocationLimitExceeded");
    }),
  );
});

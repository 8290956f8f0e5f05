import { expect, test } from "bun:test";
import { systemRandom } from "../base/mod.ts";
import type { Execution } from "./execution.ts";
import { Cause } from "./message.ts";
import { RuleTrace, type TracedExecution, type TraceWish } from "./trace.ts";

const failing = { kind: "lambda", resource: "f", problem: "no such function", durationMs: 1 };

function executionOf(more: Partial<Execution> & { traceId?: string } = {}): Execution {
  return {
    ruleName: "r",
    topic: "a/b",
    clientId: "c-1",
    cause: new Cause(more.traceId, systemRandom),
    depth: 0,
    receivedAtMs: 1000,
    durationMs: 1,
    outcome: "fired",
    failure: undefined,
    outputBytes: 2,
    actions: [],
    ...more,
  };
}

test("the newest are kept, in their order, and numbered from the start", () => {
  const trace = new RuleTrace(3);
  for (const ruleName of ["a", "b", "c", "d", "e"]) trace.record(executionOf({ ruleName }));
  const told = trace.recent({}, 10).map((one) => `${one.number} ${one.execution.ruleName}`);
  expect(told).toEqual(["3 c", "4 d", "5 e"]);
  expect(trace.recent({}, 2).map(({ number }) => number)).toEqual([4, 5]);
});

test("of a long text only the beginning is kept", () => {
  const trace = new RuleTrace();
  const long = "x".repeat(10_000);
  const told: Execution[] = [];
  trace.follow({}, { tell: ({ execution }) => told.push(execution), end() {} });
  const action = { ...failing, resource: long, problem: long };
  const texts = { topic: long, clientId: long, failure: long };
  const asked = [{ name: "aws_lambda", failure: long }];
  trace.record(executionOf({ ...texts, actions: [action], errorAction: action }));
  const [{ execution }] = trace.recent({}, 1) as [TracedExecution];
  const { topic, clientId, failure, actions, errorAction } = execution;
  for (const text of [topic, clientId, failure, actions[0]?.problem, errorAction?.resource]) {
    expect(text).toBe(`${"x".repeat(512)}…`);
  }
  expect(told).toEqual([execution]);
  trace.record(executionOf({ asked }));
  expect(told[1]?.asked).toEqual([{ name: "aws_lambda", failure: `${"x".repeat(512)}…` }]);
});

test.each<[TraceWish, string[]]>([
  [{ ruleName: "x" }, ["x"]],
  [{ topicFilter: "a/+" }, ["ok", "x", "failed", "passed", "unable"]],
  [{ topicFilter: "late" }, ["late"]],
  [{ outcome: "ok" }, ["ok", "x", "late"]],
  [{ outcome: "action-failed" }, ["unable"]],
  [{ outcome: "where-false" }, ["passed"]],
  [{ outcome: "sql-failed" }, ["failed"]],
  [{ traceId: "t-1" }, ["x"]],
  [{ sinceMs: 2000 }, ["late"]],
  [{ sinceMs: 2000, outcome: "sql-failed" }, []],
])("asked for %p it gives %p", (wish, names) => {
  const trace = new RuleTrace();
  const all = [
    executionOf({ ruleName: "ok" }),
    executionOf({ ruleName: "x", traceId: "t-1" }),
    executionOf({ ruleName: "failed", outcome: "failed", failure: "too large" }),
    executionOf({ ruleName: "passed", outcome: "passed" }),
    executionOf({ ruleName: "unable", actions: [failing] }),
    executionOf({ ruleName: "late", topic: "late", receivedAtMs: 2000 }),
  ];
  const followed: string[] = [];
  let endings = 0;
  const stop = trace.follow(wish, {
    tell: ({ execution }) => followed.push(execution.ruleName),
    end: () => {
      endings += 1;
    },
  });
  for (const execution of all) trace.record(execution);
  trace.endFollowing();
  stop();
  trace.record(executionOf({ ruleName: "x", traceId: "t-1", topic: "late", receivedAtMs: 2000 }));
  expect(followed).toEqual(names);
  expect(endings).toBe(1);
  expect(trace.recent(wish, 6).map(({ execution }) => execution.ruleName)).toContainValues(names);
});

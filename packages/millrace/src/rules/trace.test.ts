import { expect, test } from "bun:test";
import { systemRandom } from "../base/mod.ts";
import type { Execution } from "./execution.ts";
import { Cause } from "./message.ts";
import { Trace, type Traced, type TracedRefusal, type TraceWish } from "./trace.ts";

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

function refusalOf(action: string, resource: string): TracedRefusal {
  return {
    outcome: "refused",
    receivedAtMs: 1500,
    via: "mqtt",
    action,
    resource: `arn:aws:iot:eu-central-1:111122223333:${resource}`,
    clientId: "c-1",
    principal: "ann",
    reason: "no statement allows it",
    remedy: undefined,
  };
}

const nameOf = ({ event }: Traced) => (event.outcome === "refused" ? event.action : event.ruleName);

test("the newest are kept, in their order, and numbered from the start", () => {
  const trace = new Trace(3);
  for (const ruleName of ["a", "b", "c", "d", "e"]) trace.record(executionOf({ ruleName }));
  const told = trace.recent({}, 10).map((one) => `${one.number} ${nameOf(one)}`);
  expect(told).toEqual(["3 c", "4 d", "5 e"]);
  expect(trace.recent({}, 2).map(({ number }) => number)).toEqual([4, 5]);
});

test("refusals have room of their own, and stand among the rest by their numbers", () => {
  const trace = new Trace(3, 2);
  for (const name of ["a", "b", "P", "c", "Q", "d", "R", "S", "T"]) {
    if (name === name.toLowerCase()) trace.record(executionOf({ ruleName: name }));
    else trace.recordRefusal(refusalOf(name, "topic/a"));
  }
  const told = trace.recent({}, 10).map((one) => `${one.number} ${nameOf(one)}`);
  expect(told).toEqual(["2 b", "4 c", "6 d", "8 S", "9 T"]);
  expect(trace.recent({}, 3).map(nameOf)).toEqual(["d", "S", "T"]);
  expect(trace.recent({ ruleName: "b" }, 3).map(nameOf)).toEqual(["b"]);
});

test("of a long text only the beginning is kept", () => {
  const trace = new Trace();
  const long = "x".repeat(10_000);
  const told: Execution[] = [];
  trace.follow({}, { tell: ({ event }) => told.push(event as Execution), end() {} });
  const action = { ...failing, resource: long, problem: long };
  const texts = { topic: long, clientId: long, failure: long };
  const asked = [{ name: "aws_lambda", failure: long }];
  trace.record(executionOf({ ...texts, actions: [action], errorAction: action }));
  const execution = trace.recent({}, 1)[0]!.event as Execution;
  const { topic, clientId, failure, actions, errorAction } = execution;
  for (const text of [topic, clientId, failure, actions[0]?.problem, errorAction?.resource]) {
    expect(text).toBe(`${"x".repeat(512)}…`);
  }
  expect(told).toEqual([execution]);
  trace.record(executionOf({ asked }));
  expect(told[1]?.asked).toEqual([{ name: "aws_lambda", failure: `${"x".repeat(512)}…` }]);
});

test.each<[TraceWish, string[]]>([
  [{}, ["ok", "x", "failed", "passed", "unable", "late", "Publish", "Connect"]],
  [{ ruleName: "x" }, ["x"]],
  [{ topicFilter: "a/+" }, ["ok", "x", "failed", "passed", "unable", "Publish"]],
  [{ outcome: "refused" }, ["Publish", "Connect"]],
  [{ outcome: "refused", topicFilter: "#" }, ["Publish"]],
  [{ outcome: "refused", traceId: "" }, []],
  [{ topicFilter: "late" }, ["late"]],
  [{ outcome: "ok" }, ["ok", "x", "late"]],
  [{ outcome: "action-failed" }, ["unable"]],
  [{ outcome: "where-false" }, ["passed"]],
  [{ outcome: "sql-failed" }, ["failed"]],
  [{ traceId: "t-1" }, ["x"]],
  [{ sinceMs: 2000 }, ["late"]],
  [{ sinceMs: 2000, outcome: "sql-failed" }, []],
])("asked for %p it gives %p", (wish, names) => {
  const trace = new Trace();
  const all = [
    executionOf({ ruleName: "ok" }),
    executionOf({ ruleName: "x", traceId: "t-1" }),
    executionOf({ ruleName: "failed", outcome: "failed", failure: "too large" }),
    executionOf({ ruleName: "passed", outcome: "passed" }),
    executionOf({ ruleName: "unable", actions: [failing] }),
    executionOf({ ruleName: "late", topic: "late", receivedAtMs: 2000 }),
  ];
  const refused = [refusalOf("Publish", "topic/a/b"), refusalOf("Connect", "client/c")];
  const followed: string[] = [];
  let endings = 0;
  const stop = trace.follow(wish, {
    tell: (traced) => followed.push(nameOf(traced)),
    end: () => {
      endings += 1;
    },
  });
  for (const execution of all) trace.record(execution);
  for (const refusal of refused) trace.recordRefusal(refusal);
  trace.endFollowing();
  stop();
  trace.record(executionOf({ ruleName: "x", traceId: "t-1", topic: "late", receivedAtMs: 2000 }));
  expect(followed).toEqual(names);
  expect(endings).toBe(1);
  expect(trace.recent(wish, 9).slice(0, names.length).map(nameOf)).toEqual(names);
});

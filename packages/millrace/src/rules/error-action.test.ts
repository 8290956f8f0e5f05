// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test are templates

import { expect, test } from "bun:test";
import { toBase64, utf8 } from "../base/mod.ts";
import type { Execution, RuleDefinition } from "./mod.ts";
import { messageOf, publishTo, ruleOf, startEngine, storeIn } from "./rules-fixture.ts";

const call = { lambda: { functionArn: "greet" } };

function watched(...actions: RuleDefinition["actions"]): RuleDefinition {
  const errorAction = publishTo("errors/${topic()}/${room}");
  return { ...ruleOf("r", "SELECT room FROM 'a'", ...actions), errorAction };
}

const noFunction = { invokeAsync: () => Promise.reject(new Error("there is no function")) };

test("all failures of a rule on a message are one message to its error action", async () => {
  const rule = watched(call, publishTo("out/${room}"), storeIn("lines"));
  const engine = startEngine([rule], {
    ...noFunction,
    putItem: () => Promise.reject(new Error("there is no table")),
  });
  const origin = { clientId: "c-1", traceId: "t-1", ruleDepth: 0 };
  const payload = '{"room":"x","more":true}';
  await engine.tell(messageOf("a", payload, { origin }));
  const [sent, told, ...rest] = engine.published;
  expect(sent?.topic).toBe("out/x");
  expect(rest).toEqual([]);
  expect(told?.topic).toBe("errors/a/x");
  expect(told?.origin).toEqual({ traceId: "t-1", ruleDepth: 1 });
  expect(JSON.parse(told?.payload ?? "")).toEqual({
    ruleName: "r",
    topic: "a",
    cloudwatchTraceId: "t-1",
    clientId: "c-1",
    base64OriginalPayload: toBase64(utf8(payload)),
    failures: [
      {
        failedAction: "LambdaAction",
        failedResource: "greet",
        errorMessage:
          "there is no function. Message arrived on: a, Action: lambda, Resource: greet",
      },
      {
        failedAction: "DynamoDBv2Action",
        failedResource: "lines",
        errorMessage:
          "there is no table. Message arrived on: a, Action: dynamoDBv2, Resource: lines",
      },
    ],
  });
});

test("a reason that ends with a full stop has one", async () => {
  const invokeAsync = () => Promise.reject(new Error("The operation timed out."));
  const engine = startEngine([watched(call)], { invokeAsync });
  await engine.tell(messageOf("a", "{}"));
  const [failure] = JSON.parse(engine.published[0]!.payload).failures;
  expect(failure.errorMessage).toStartWith("The operation timed out. Message arrived on: a,");
});

test("nothing is told when every action succeeds, or when the statement itself fails", async () => {
  const engine = startEngine([watched(publishTo("out"))]);
  await engine.tell(messageOf("a", '{"room":"x"}'));
  await engine.tell(messageOf("a", "not JSON"));
  const strict = { ...watched(call), sql: "SELECT *, 1 AS one FROM 'a'" };
  const failing = startEngine([strict], noFunction);
  await failing.tell(messageOf("a", "not JSON"));
  expect(failing.rules.counts().failedStatements).toBe(1);
  const topics = [...engine.published, ...failing.published].map(({ topic }) => topic);
  expect(topics.filter((topic) => topic.startsWith("errors"))).toEqual([]);
});

test("an error action that fails is logged and counted, and nothing follows", async () => {
  const told: Execution[] = [];
  const rule = { ...watched(call), errorAction: call };
  const engine = startEngine([rule], noFunction, (execution) => told.push(execution));
  await engine.tell(messageOf("a", '{"room":"x"}'));
  expect(engine.log.map((line) => line.split(" {")[0])).toEqual([
    "rule action failed",
    "rule error action failed",
  ]);
  expect(told).toHaveLength(1);
  expect(told[0]?.errorAction).toMatchObject({ kind: "lambda", problem: "there is no function" });
  const figures = engine.rules.figures();
  const errors = figures.find(({ name }) => name === "millrace_rule_error_actions_total");
  expect(errors).toMatchObject({
    samples: [
      { labels: { rule: "r", outcome: "succeeded" }, value: 0 },
      { labels: { rule: "r", outcome: "failed" }, value: 1 },
    ],
  });
});

test("the message of a client that has no id says so", async () => {
  const engine = startEngine([watched(call)], noFunction);
  await engine.tell(messageOf("a", "{}", { origin: { ruleDepth: 0 } }));
  expect(JSON.parse(engine.published[0]?.payload ?? "").clientId).toBe("N/A");
});

test("what an error action says wrongly is found when the rule is loaded", () => {
  const rule = { ...watched(call), errorAction: publishTo("a/${nope(1)}") };
  expect(() => startEngine([rule])).toThrow("errorAction.republish.topic");
});

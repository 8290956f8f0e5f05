// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test are templates

import { describe, expect, test } from "bun:test";
import { type Figured, ManualClock, type NumberFigure, WorldError } from "../base/mod.ts";
import { rulesLimits } from "./limits.ts";
import type { ActionDefinition, Execution, Publication, RuleMessage, RulePorts } from "./mod.ts";
import {
  errorsOf,
  messageOf,
  publishTo,
  republish,
  ruleOf,
  startEngine,
  storeIn,
} from "./rules-fixture.ts";

describe("telling the rules of a message", () => {
  test("is over at once when no rule matches", () => {
    const { rules } = startEngine([ruleOf("r", "SELECT * FROM 'a'", republish)]);
    expect(rules.tell(messageOf("b", "{}"))).toBeUndefined();
  });

  test("evaluates after the caller's turn, not on its stack", async () => {
    const engine = startEngine([ruleOf("r", "SELECT * FROM 'a'", republish)]);
    const told = engine.rules.tell(messageOf("a", '{"room":"x"}'));
    expect(engine.published).toEqual([]);
    engine.endTurn();
    await told;
    expect(engine.published.map(({ topic }) => topic)).toEqual(["out/x"]);
  });

  test("does nothing for a disabled rule or a WHERE that is not true", async () => {
    const disabled = { ...ruleOf("d", "SELECT * FROM 'a'", republish), enabled: false };
    const engine = startEngine([disabled, ruleOf("w", "SELECT * FROM 'a' WHERE q", republish)]);
    await engine.tell(messageOf("a", "{}"));
    expect(engine.published).toEqual([]);
    expect(engine.rules.counts().fired).toBe(0);
  });

  test("runs every rule that matches, and every action of each", async () => {
    const store: ActionDefinition = storeIn("lines");
    const call: ActionDefinition = { lambda: { functionArn: "greet" } };
    const engine = startEngine([
      ruleOf("one", "SELECT room FROM 'a/+'", republish, store),
      ruleOf("two", "SELECT clientid() AS c FROM 'a/b'", call),
    ]);
    await engine.tell(messageOf("a/b", '{"room":"x"}'));
    expect(engine.published[0]?.payload).toBe('{"room":"x"}');
    expect(engine.stored).toEqual([{ table: "lines", item: { room: { S: "x" } } }]);
    expect(engine.invoked).toEqual([{ name: "greet", event: '{"c":"c-1"}' }]);
    expect(engine.rules.counts().fired).toBe(2);
  });

  test("settles once the slowest action has, so that an acknowledgement can wait", async () => {
    const store: ActionDefinition = storeIn("lines");
    const { promise, resolve } = Promise.withResolvers<void>();
    const rule = ruleOf("r", "SELECT * FROM 'a'", store, republish);
    const engine = startEngine([rule], { putItem: () => promise });
    let isSettled = false;
    void engine.rules.tell(messageOf("a", "{}", { qos: 1 }))?.then(() => {
      isSettled = true;
    });
    engine.endTurn();
    for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
    expect([engine.published.length, isSettled]).toEqual([1, false]);
    resolve();
    for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
    expect(isSettled).toBe(true);
  });

  test("survives a message that its statement makes too large", async () => {
    const sql = "SELECT replace(a, 'x', a) AS b FROM 'a'";
    const engine = startEngine([ruleOf("r", sql, republish)]);
    await engine.tell(messageOf("a", JSON.stringify({ a: "x".repeat(60_000) })));
    expect(engine.log[0]).toContain("a text is longer than");
    expect(engine.rules.counts().failedStatements).toBe(1);
  });

  test("logs a statement that fails, and goes on", async () => {
    const engine = startEngine([
      ruleOf("bad", "SELECT *, 1 AS one FROM 'a'", republish),
      ruleOf("good", "SELECT * FROM 'a'", republish),
    ]);
    await engine.tell(messageOf("a", "not JSON"));
    expect(engine.published.map(({ payload }) => payload)).toEqual(["not JSON"]);
    expect(engine.log).toHaveLength(1);
    expect(engine.log[0]).toContain('"rule":"bad"');
    expect(engine.rules.counts().failedStatements).toBe(1);
  });
});

describe("the figures", () => {
  const call: ActionDefinition = { lambda: { functionArn: "greet" } };
  const samplesOf = (rules: Figured, name: string) => {
    const figure = rules.figures().find((one) => one.name === name) as NumberFigure;
    return Object.fromEntries(
      figure.samples.map(({ labels, value }) => [Object.values(labels).join(" "), value]),
    );
  };

  test("say of each rule what its statement and its actions came to", async () => {
    const definitions = [
      ruleOf("r", "SELECT * FROM 'a' WHERE q = 1", call, republish),
      ruleOf("strict", "SELECT *, 1 AS one FROM 'a'", republish),
      ruleOf("idle", "SELECT * FROM 'b'", republish),
    ];
    const { tell, rules } = startEngine(definitions, {
      invokeAsync: () => Promise.reject(new WorldError("NO_PROCESS", "cannot start a process")),
    });
    for (const payload of ['{"q":1,"room":"x"}', '{"q":1,"room":"#"}', '{"q":2}', "not JSON"]) {
      await tell(messageOf("a", payload));
    }
    expect(samplesOf(rules, "millrace_rule_evaluations_total")).toEqual({
      "r fired": 2,
      "r failed": 0,
      "r passed": 2,
      "strict fired": 3,
      "strict failed": 1,
      "strict passed": 0,
      "idle fired": 0,
      "idle failed": 0,
      "idle passed": 0,
    });
    expect(samplesOf(rules, "millrace_rule_actions_total")).toEqual({
      "r lambda succeeded": 0,
      "r lambda failed": 2, // once each, whatever the attempts
      "r republish succeeded": 1,
      "r republish failed": 1, // a topic with a wildcard
      "strict republish succeeded": 2,
      "strict republish failed": 1,
      "idle republish succeeded": 0,
      "idle republish failed": 0,
    });
  });

  test("say what waits, runs and was dropped", () => {
    const store: ActionDefinition = storeIn("t");
    const rule = ruleOf("r", "SELECT * FROM 'a'", store);
    const { rules, endTurn } = startEngine([rule], { putItem: () => new Promise(() => {}) });
    const { queuedMessagesMax, messagesPerTurnMax } = rulesLimits;
    for (let n = 0; n <= queuedMessagesMax; n += 1) void rules.tell(messageOf("a", "{}"));
    endTurn();
    const waiting = queuedMessagesMax - messagesPerTurnMax;
    expect(samplesOf(rules, "millrace_rule_messages_waiting")).toEqual({ "": waiting });
    expect(samplesOf(rules, "millrace_rule_messages_running")).toEqual({ "": messagesPerTurnMax });
    expect(samplesOf(rules, "millrace_rule_messages_dropped_total")).toEqual({ "": 1 });
  });
});

describe("an execution", () => {
  test("is told once, with its outcome, when the last action has settled", async () => {
    const told: Execution[] = [];
    const call: ActionDefinition = { lambda: { functionArn: "greet" } };
    const engine = startEngine(
      [
        ruleOf("both", "SELECT room FROM 'a'", call, republish),
        ruleOf("not", "SELECT * FROM 'a' WHERE q", republish),
        ruleOf("wild", "SELECT * FROM '+' WHERE room", call),
      ],
      { invokeAsync: () => Promise.reject(new Error("no such function")) },
      (execution) => told.push(execution),
    );
    await engine.tell(messageOf("a", '{"room":"x"}'));
    expect(told.map(({ ruleName, outcome }) => `${ruleName} ${outcome}`).sort()).toEqual([
      "both fired",
      "not passed",
      "wild passed",
    ]);
    const both = told.find(({ ruleName }) => ruleName === "both");
    expect(both).toMatchObject({
      topic: "a",
      clientId: "c-1",
      depth: 0,
      failure: undefined,
      outputBytes: '{"room":"x"}'.length,
    });
    expect(both?.cause.id).toBe(engine.published[0]?.origin.traceId ?? "");
    expect(both?.actions.map(({ kind, problem }) => [kind, problem]).sort()).toEqual([
      ["lambda", "no such function"],
      ["republish", undefined],
    ]);
  });

  test("names the services that its statement asked, and those that had no answer", async () => {
    const told: Execution[] = [];
    const read = (id: string) => `get_dynamodb('t', 'id', ${id}, 'arn:aws:iam::1:role/r')`;
    const sql = `SELECT aws_lambda('f', 1) AS a, ${read("id")} AS i FROM 'a'`;
    const services: RulePorts["services"] = {
      invoke: async () => "1",
      readItem: () => Promise.reject(new Error("there is no table")),
    };
    const engine = startEngine([ruleOf("r", sql, republish)], { services }, (execution) =>
      told.push(execution),
    );
    await engine.tell(messageOf("a", '{"id":"x"}'));
    expect(told[0]).toMatchObject({
      outcome: "failed",
      failure: 'function "get_dynamodb" failed: there is no table',
      asked: [{ name: "aws_lambda" }, { name: "get_dynamodb", failure: "there is no table" }],
    });
  });

  test("of a statement that fails says why", async () => {
    const told: Execution[] = [];
    const rule = ruleOf("r", "SELECT *, 1 AS one FROM 'a'", republish);
    const engine = startEngine([rule], {}, (execution) => told.push(execution));
    await engine.tell(messageOf("a", "not JSON"));
    expect(told[0]).toMatchObject({ outcome: "failed", outputBytes: 0, actions: [] });
    expect(told[0]?.failure).toBeString();
  });
});

describe("when too much is told at once", () => {
  const endless: RulePorts["putItem"] = () => new Promise(() => {});
  const rule = ruleOf("r", "SELECT * FROM 'a'", storeIn("t"));
  const { queuedMessagesMax, runningMessagesMax } = rulesLimits;

  test.each<[string, Partial<RuleMessage>]>([
    ["QoS 0", { qos: 0 }],
    ["an event, which nobody waits for,", { qos: 1, origin: { ruleDepth: 0, internal: true } }],
  ])("%s is dropped and counted, and the log says so once", async (_, more) => {
    const engine = startEngine([rule], { putItem: endless });
    for (let count = 0; count < queuedMessagesMax; count += 1) {
      engine.rules.tell(messageOf("a", "{}"));
    }
    await engine.rules.tell(messageOf("a", "{}", more));
    await engine.rules.tell(messageOf("a", "{}", more));
    expect(engine.rules.counts().throttledMessages).toBe(2);
    expect(engine.log).toEqual(['RuleMessageThrottled {"topic":"a","dropped":1}']);
  });

  test("an answer of the server that an acknowledgement waits for is not dropped", async () => {
    const engine = startEngine([rule], { putItem: endless });
    for (let count = 0; count < queuedMessagesMax; count += 1) {
      engine.rules.tell(messageOf("a", "{}"));
    }
    const origin = { ruleDepth: 0, internal: true, isAwaited: true };
    engine.rules.tell(messageOf("a", "{}", { qos: 1, origin }));
    expect(engine.rules.counts().throttledMessages).toBe(0);
  });

  test("QoS 1 waits for room, and is run in its order", async () => {
    const order: string[] = [];
    const release: (() => void)[] = [];
    const putItem: RulePorts["putItem"] = (_table, item) => {
      order.push((item.n as { N: string }).N);
      return new Promise((resolve) => release.push(resolve));
    };
    const engine = startEngine([rule], { putItem });
    const last = runningMessagesMax + 1;
    for (let n = 0; n <= last; n += 1) {
      engine.rules.tell(messageOf("a", `{"n":${n}}`, { qos: 1 }));
    }
    for (let turn = 0; turn < 10; turn += 1) engine.endTurn();
    expect(order).toHaveLength(runningMessagesMax);
    release[0]?.();
    for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
    engine.endTurn();
    expect(order.slice(-1)).toEqual([String(runningMessagesMax)]);
    expect(order).toHaveLength(runningMessagesMax + 1);
  });

  test("what rules republish without end is dropped and counted, whatever its QoS", async () => {
    const { queuedFollowersMax } = rulesLimits;
    const engine = startEngine([rule], { putItem: endless });
    const follower = messageOf("a", "{}", { qos: 1, origin: { ruleDepth: 1 } });
    for (let count = 0; count < queuedFollowersMax; count += 1) engine.rules.tell(follower);
    await engine.rules.tell(follower);
    expect(engine.rules.counts().throttledMessages).toBe(1);
    expect(engine.log).toEqual(['RuleMessageThrottled {"topic":"a","dropped":1}']);
  });

  test("what a rule republished is run though every place is taken", () => {
    const engine = startEngine([rule], { putItem: endless });
    for (let n = 0; n < runningMessagesMax; n += 1) engine.rules.tell(messageOf("a", "{}"));
    for (let turn = 0; turn < 10; turn += 1) engine.endTurn();
    const before = engine.rules.counts().fired;
    engine.rules.tell(messageOf("a", "{}", { origin: { ruleDepth: 1 } }));
    engine.endTurn();
    expect(engine.rules.counts().fired).toBe(before + 1);
  });
});

describe("an action that fails", () => {
  const call: ActionDefinition = { lambda: { functionArn: "greet" } };

  test("stops no other action, and is logged with rule, action, topic and reason", async () => {
    const rule = ruleOf("r", "SELECT * FROM 'a'", call, republish);
    const engine = startEngine([rule], {
      invokeAsync: () => Promise.reject(new Error("there is no function")),
    });
    await engine.tell(messageOf("a", '{"room":"x"}'));
    expect(engine.published).toHaveLength(1);
    const fields = { rule: "r", action: "lambda", topic: "a", reason: "there is no function" };
    expect(engine.log).toEqual([`rule action failed ${JSON.stringify(fields)}`]);
    expect(engine.rules.counts().failedActions).toBe(1);
  });

  test("is tried again after 100 and 200 ms when the world was in the way", async () => {
    const attemptsMs: number[] = [];
    let clock = new ManualClock();
    const engine = startEngine([ruleOf("r", "SELECT * FROM 'a'", call)], {
      async invokeAsync() {
        attemptsMs.push(clock.monotonic());
        throw new WorldError("NO_PROCESS", "cannot start a process");
      },
    });
    clock = engine.clock;
    await engine.tell(messageOf("a", "{}"));
    expect(attemptsMs).toEqual([0, 100, 300]);
    expect(engine.log).toHaveLength(1);
  });

  test("is tried once when the error is not the world's", async () => {
    let attempts = 0;
    const engine = startEngine([ruleOf("r", "SELECT * FROM 'a'", call)], {
      async invokeAsync() {
        attempts += 1;
        throw new Error("no such function");
      },
    });
    await engine.tell(messageOf("a", "{}"));
    expect(attempts).toBe(1);
  });
});

describe("republish", () => {
  test("goes to the template's topic, with the trace and without the client", async () => {
    const rule = ruleOf("r", "SELECT * FROM 'a'", publishTo("out/${room}", 1));
    const engine = startEngine([rule]);
    const origin = { clientId: "c-1", traceId: "t-1", ruleDepth: 2 };
    await engine.tell(messageOf("a", '{"room":"my room"}', { origin }));
    expect(engine.published).toEqual([
      {
        topic: "out/my room",
        payload: '{"room":"my room"}',
        qos: 1,
        origin: { traceId: "t-1", ruleDepth: 3 },
      },
    ]);
  });

  test("begins a trace that every rule of the message shares", async () => {
    const sql = "SELECT traceid() AS t FROM 'a'";
    const engine = startEngine([ruleOf("r", sql, republish), ruleOf("s", sql, republish)]);
    await engine.tell(messageOf("a", "{}"));
    const [first, second] = engine.published;
    expect(first?.payload).toBe(`{"t":"${first?.origin.traceId}"}`);
    expect(second?.origin.traceId).toBe(first?.origin.traceId);
  });

  test("says n/a for the client of a republished message", async () => {
    const engine = startEngine([ruleOf("r", "SELECT clientid() AS c FROM 'a'", republish)]);
    await engine.tell(messageOf("a", "{}", { origin: { ruleDepth: 1, traceId: "t" } }));
    expect(engine.published[0]?.payload).toBe('{"c":"n/a"}');
  });

  test("takes a doubled dollar for one in front of aws/", async () => {
    const action: ActionDefinition = publishTo("$$aws/things/${n}/x");
    const engine = startEngine([ruleOf("r", "SELECT * FROM 'a'", action)]);
    await engine.tell(messageOf("a", '{"n":1}'));
    expect(engine.published[0]?.topic).toBe("$aws/things/1/x");
  });

  test("fails when the topic is no topic, or is refused", async () => {
    const refusing = (): Publication => ({ accepted: false, reason: "too long" });
    const rule = ruleOf("r", "SELECT * FROM 'a'", republish);
    const engine = startEngine([rule], { publish: refusing });
    await engine.tell(messageOf("a", '{"room":"+"}'));
    await engine.tell(messageOf("a", '{"room":"x"}'));
    expect(engine.log[0]).toContain('cannot publish on topic \\"out/+\\"');
    expect(engine.log[1]).toContain('topic \\"out/x\\" was refused: too long');
  });

  test("of a rule that feeds itself ends at the depth, and the rule is named", async () => {
    const topics: number[] = [];
    const feeding: ActionDefinition = publishTo("a");
    const engine = startEngine([ruleOf("loop", "SELECT * FROM 'a'", feeding)], {
      async publish(message): Promise<Publication> {
        topics.push(message.origin.ruleDepth);
        await engine.tell(message);
        return { accepted: true };
      },
    });
    await engine.tell(messageOf("a", "{}"));
    expect(topics).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(engine.log).toHaveLength(1);
    expect(engine.log[0]).toContain('rule \\"loop\\" may feed itself');
  });
});

describe("dynamoDBv2 and lambda", () => {
  const store: ActionDefinition = storeIn("lines");

  test("an object becomes attributes, with every digit of its numbers", async () => {
    const engine = startEngine([ruleOf("r", "SELECT * FROM 'a'", store)]);
    const payload =
      '{"s":"x","n":12345678901234567890,"d":1.5,"b":true,"z":null,"l":[1,{}],"m":{"k":"v"}}';
    await engine.tell(messageOf("a", payload));
    expect(engine.stored[0]?.item).toEqual({
      s: { S: "x" },
      n: { N: "12345678901234567890" },
      d: { N: "1.5" },
      b: { BOOL: true },
      z: { NULL: true },
      l: { L: [{ N: "1" }, { M: {} }] },
      m: { M: { k: { S: "v" } } },
    });
  });

  test.each([
    ["greet:live", "live"],
    ["arn:aws:lambda:eu-central-1:111122223333:function:greet:2", "2"],
    ["greet:$LATEST", undefined],
  ])("%s is a function with its qualifier", async (functionArn, qualifier) => {
    const engine = startEngine([ruleOf("r", "SELECT * FROM 'a'", { lambda: { functionArn } })]);
    await engine.tell(messageOf("a", "[1]"));
    const called = { name: "greet", event: "[1]" };
    expect(engine.invoked).toEqual([qualifier === undefined ? called : { ...called, qualifier }]);
  });

  test("what is no object is no item, and what is no JSON is no event", async () => {
    const functionArn = "arn:aws:lambda:eu-central-1:111122223333:function:greet";
    const call: ActionDefinition = { lambda: { functionArn } };
    const engine = startEngine([ruleOf("r", "SELECT * FROM 'a'", store, call)]);
    await engine.tell(messageOf("a", "[1]"));
    expect(engine.invoked).toEqual([{ name: "greet", event: "[1]" }]);
    expect(engine.log[0]).toContain("not a JSON object");
    await engine.tell(messageOf("a", "\u0000"));
    expect(engine.log.join("\n")).toContain("not JSON, which an event must be");
    expect(engine.invoked).toHaveLength(1);
  });
});

describe("a definition is refused", () => {
  test("with the place of what its SQL does not allow", () => {
    expect(errorsOf(ruleOf("r", "SELECT a\nFROM 'x' WHERE nope(a)"))).toEqual([
      {
        ruleName: "r",
        property: "sql",
        message: 'there is no function "nope"',
        line: 2,
        column: 16,
      },
    ]);
  });

  test("with the place of what is wrong in a template", () => {
    const action: ActionDefinition = publishTo("$$aws/${");
    expect(errorsOf(ruleOf("r", "SELECT a FROM 'x'", action))).toEqual([
      {
        ruleName: "r",
        property: "actions[0].republish.topic",
        message: "expected an expression, found the end",
        line: 1,
        column: 9,
      },
    ]);
  });

  test("for its name, its filter, its function and a name that is taken", () => {
    const call: ActionDefinition = { lambda: { functionArn: "greet:not live" } };
    const properties = errorsOf(
      ruleOf("no-hyphen", "SELECT a"),
      ruleOf("r", "SELECT a FROM 'a/#/b'", call),
      ruleOf("r", "SELECT a FROM 'x'"),
    ).map(({ ruleName, property, column }) => `${ruleName} ${property} ${column ?? "-"}`);
    expect(properties).toEqual([
      "no-hyphen name -",
      "r sql 15",
      "r actions[0].lambda.functionArn -",
      "r name -",
    ]);
  });
});

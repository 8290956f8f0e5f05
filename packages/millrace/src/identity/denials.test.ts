import { describe, expect, test } from "bun:test";
import { type LogFields, ManualClock, silentLogger } from "../base/mod.ts";
import {
  compilePolicy,
  type PolicySet,
  parsePolicyDocument,
  SharedDecisions,
} from "../policy/mod.ts";
import { ApiAccess, aliasOf } from "./api-access.ts";
import type { Caller } from "./caller.ts";
import { type Denial, Denials } from "./denials.ts";
import { explainAccess } from "./explain-access.ts";
import { identityLimits } from "./limits.ts";
import { MqttAccess } from "./mqtt-access.ts";

const account = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
const arns = "arn:aws:iot:eu-central-1:111122223333";

function policies(...statements: object[]): PolicySet {
  const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement: statements }, "identity");
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return { identity: [compilePolicy("guest", parsed.document)] };
}

function callerOf(set: PolicySet, name = "ann"): Caller {
  const arn = `arn:aws:sts::111122223333:assumed-role/Guest/${name}`;
  const roleArn = "arn:aws:iam::111122223333:role/Guest";
  return {
    accessKeyId: "ASIA",
    isTemporary: true,
    arn,
    userId: `AROA:${name}`,
    name,
    principal: { kind: "session", account: "111122223333", arn, roleArn },
    policies: set,
    decisions: new SharedDecisions(set),
    keys: { "aws:SourceIp": "192.0.2.7" },
  };
}

function build(...statements: object[]) {
  const clock = new ManualClock();
  const logged: LogFields[] = [];
  const warn = (_: string, fields: LogFields = {}) => void logged.push(fields);
  const traced: Denial[] = [];
  const onDenial = (denial: Denial) => void traced.push({ ...denial });
  const denials = new Denials({ clock, logger: { ...silentLogger, warn }, onDenial });
  const access = new MqttAccess({ account, denials, clock });
  const caller = callerOf(policies(...statements));
  const connect = (clientId: string) => {
    const admitted = access.admit(caller, { clientId, persistent: false, willTopic: undefined });
    if (!admitted.allowed) throw new Error("refused");
    return admitted.access;
  };
  return { clock, logged, traced, denials, connect };
}

const mayConnect = { Effect: "Allow", Action: "iot:Connect", Resource: "*" };

describe("access", () => {
  test("to what a condition on the time opens comes and goes with the time", () => {
    const { clock, connect } = build(mayConnect, {
      Effect: "Allow",
      Action: ["iot:Receive", "iot:Publish"],
      Resource: `${arns}:topic/*`,
      Condition: { DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:10Z" } },
    });
    const access = connect("c");
    expect([access.mayReceive("a"), access.mayPublish("a", false)]).toEqual([false, false]);
    clock.advance(11_000);
    expect([access.mayReceive("a"), access.mayPublish("a", false)]).toEqual([true, true]);
    expect(access.mayPublish("a", true)).toBe(false);
  });

  test("is each one's own where a variable stands, also for one message after the other", () => {
    const { connect } = build(mayConnect, {
      Effect: "Allow",
      Action: "iot:Receive",
      Resource: [`${arns}:topic/room`, `${arns}:topic/in/\${iot:ClientId}`],
    });
    const [ann, ben] = [connect("ann"), connect("ben")];
    for (const [topic, expected] of [
      ["in/ann", [true, false]],
      ["room", [true, true]],
      ["in/ben", [false, true]],
      ["elsewhere", [false, false]],
      ["in/ann", [true, false]],
    ] as const) {
      expect([ann.mayReceive(topic), ben.mayReceive(topic)]).toEqual([...expected]);
    }
  });

  test("is asked about the filter's text, not about what it matches", () => {
    const { connect } = build(mayConnect, {
      Effect: "Allow",
      Action: "iot:Subscribe",
      Resource: [`${arns}:topicfilter/room/*/state`, `${arns}:topicfilter/own/#`],
    });
    const access = connect("c");
    const filters = ["room/+/state", "room/#", "own/#", "own/x", "$share/g/own/#"];
    expect(filters.map((filter) => access.maySubscribe(filter))).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
  });
});

describe("a refusal", () => {
  test("that repeats is counted and told once", () => {
    const { clock, denials, logged, connect } = build(mayConnect);
    const access = connect("c");
    access.mayPublish("a", false);
    clock.advance(5_000);
    for (let count = 0; count < 9; count += 1) access.mayPublish("a", false);
    const { denials: told } = denials.list();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      firstAt: "2026-01-01T00:00:00.000Z",
      lastAt: "2026-01-01T00:00:05.000Z",
      count: 10,
    });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({
      principal: "ann",
      resource: `${arns}:topic/a`,
      add: JSON.stringify({
        Effect: "Allow",
        Action: "iot:Publish",
        Resource: `${arns}:topic/a`,
      }),
    });
  });

  test("that repeats is traced again, once a second at most", () => {
    const { clock, traced, connect } = build(mayConnect);
    const access = connect("c");
    for (const pauseMs of [0, 999, 1, 500, 600]) {
      clock.advance(pauseMs);
      access.mayPublish("a", false);
    }
    expect(traced.map(({ count, lastAt }) => [count, lastAt])).toEqual([
      [1, "2026-01-01T00:00:00.000Z"],
      [3, "2026-01-01T00:00:01.000Z"],
      [5, "2026-01-01T00:00:02.100Z"],
    ]);
  });

  test("costs little when there are many: few are explained, the newest are kept, all short", () => {
    const { clock, denials, logged, connect } = build(mayConnect);
    const access = connect("c".repeat(5_000));
    const { denialsPerSecondMax, denialsMax, denialCharactersMax } = identityLimits;
    for (let index = 0; index < 1_000; index += 1) access.mayPublish(`t${index}`, false);
    expect(logged).toHaveLength(denialsPerSecondMax);
    expect(denials.list().unexplainedCount).toBe(1_000 - denialsPerSecondMax);
    for (let index = 0; index < denialsMax; index += 1) {
      clock.advance(1_000);
      access.mayPublish(`${index}${"x".repeat(5_000)}`, false);
    }
    const told = denials.list().denials;
    expect(told).toHaveLength(denialsMax);
    const longest = JSON.stringify(told).length / denialsMax;
    expect(longest).toBeLessThan(denialCharactersMax * 4);
    expect(told[0]!.remedy).toEqual({ sentence: "add it to the policies of the identity" });
  });
});

describe("a need with two names", () => {
  const thing = (name: string) => `${arns}:thing/${name}`;
  const allow = (name: string) => ({ Effect: "Allow", Action: "iot:*", Resource: thing(name) });
  const deny = (name: string) => ({ ...allow(name), Effect: "Deny" });

  function refusalUnder(...statements: object[]) {
    const clock = new ManualClock();
    const denials = new Denials({ clock, logger: silentLogger });
    const access = new ApiAccess({ denials, clock });
    const need = { action: "iot:GetThingShadow", resource: thing("a/b") };
    const caller = callerOf(policies(...statements));
    const reason = access.refusal({ caller, via: "api" }, [need]);
    // Whoever asks before hears what then happens.
    const explained = explainAccess(caller, { ...need, keys: {} }, clock);
    expect(explained.allowed).toBe(reason === undefined);
    expect(explained.decidedBy?.effect === "Deny").toBe(reason?.includes("explicit deny") === true);
    return { reason, denials: denials.list().denials };
  }

  test.each([
    ["iot:GetThingShadow", "thing/a/b", "thing/a"],
    ["iot:updatethingshadow", "thing/a/b", "thing/a"],
    ["iot:DeleteThingShadow", "thing/a", undefined],
    ["iot:ListNamedShadowsForThing", "thing/a/b", undefined],
    ["iot:Publish", "topic/a/b", undefined],
  ])("is %s on %p", (action, resource, alias) => {
    const expected = alias && `${arns}:${alias}`;
    expect(aliasOf({ action, resource: `${arns}:${resource}` })).toBe(expected);
  });

  test.each(["a", "a/b", "*"])("is met by a policy that allows it on %p", (name) => {
    expect(refusalUnder(allow(name))).toEqual({ reason: undefined, denials: [] });
  });

  test.each([
    ["a", "a"],
    ["a/b", "a/b"],
    ["*", "a/b"],
  ])("is refused over a policy that denies it on %p", (name, told) => {
    const { reason, denials } = refusalUnder(allow("*"), deny(name));
    expect(reason).toContain(`on resource: ${thing(told)} with an explicit deny`);
    expect(denials).toMatchObject([{ resource: thing(told), count: 1 }]);
  });

  test("is refused once, by its first name, where no policy allows it", () => {
    const { reason, denials } = refusalUnder(allow("c"));
    expect(reason).toContain(`on resource: ${thing("a/b")} because no identity-based policy`);
    expect(denials).toMatchObject([{ resource: thing("a/b"), count: 1 }]);
  });
});

import { describe, expect, test } from "bun:test";
import { Context } from "../match/context.ts";
import {
  bindPolicySet,
  type ContextKeys,
  compilePolicy,
  type Decision,
  type PolicySet,
  parsePolicyDocument,
  policyLimits,
  SharedDecisions,
} from "../mod.ts";
import { bindActionTable } from "./action-table.ts";
import { tableOf } from "./set-tables.ts";

const topic = (name: string): string => `arn:aws:iot:e:1:topic/${name}`;

function setOf(...statements: object[]): PolicySet {
  const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement: statements }, "iot");
  if (!parsed.ok) throw new Error(parsed.problems[0]!.message);
  return { identity: [compilePolicy("p", parsed.document)] };
}

const allow = (resource: string, members: object = {}): object => ({
  Effect: "Allow",
  Action: ["iot:Receive", "iot:Publish"],
  Resource: resource,
  ...members,
});

describe("a set bound to a connection", () => {
  const mine = setOf(allow(topic(`in/$\{iot:ClientId}`)));

  test("answers with the connection's own keys", () => {
    const bound = bindPolicySet(mine, { "iot:ClientId": "c1" });
    expect(bound.allows("iot:Publish", topic("in/c1"))).toBe(true);
    expect(bound.allows("iot:Publish", topic("in/c2"))).toBe(false);
  });

  test("takes a key that it lacks from the request", () => {
    const bound = bindPolicySet(mine, {});
    expect(bound.allows("iot:Publish", topic("in/c1"))).toBe(false);
    expect(bound.allows("iot:Publish", topic("in/c1"), { "iot:ClientId": "c1" })).toBe(true);
    expect(bound.allows("iot:Publish", topic("in/c1"))).toBe(false);
  });

  test("does not let a request say what the connection has said, not even that it is absent", () => {
    const other = { "IOT:clientid": "c2" };
    const bound = bindPolicySet(mine, { "iot:ClientId": "c1" });
    expect(bound.allows("iot:Publish", topic("in/c2"), other)).toBe(false);
    const nobody = bindPolicySet(mine, { "iot:ClientId": [] });
    expect(nobody.allows("iot:Publish", topic("in/c2"), other)).toBe(false);
  });

  test("keeps what the connection has said also where the request has a say", () => {
    const set = setOf(allow(topic(`$\{iot:ClientId}/$\{iot:LastWillTopic}`)));
    const bound = bindPolicySet(set, { "iot:ClientId": "c1" });
    const allows = (name: string, keys: ContextKeys): boolean =>
      bound.allows("iot:Publish", topic(name), keys);
    expect(allows("c1/w", { "iot:LastWillTopic": "w" })).toBe(true);
    expect(allows("c2/w", { "iot:LastWillTopic": "w", "iot:ClientId": "c2" })).toBe(false);
  });

  test("waits with a condition until both its key and its variables are there", () => {
    const values = { "aws:username": `$\{iot:ClientId}` };
    const set = setOf(allow("*", { Condition: { StringEquals: values } }));
    const early = bindPolicySet(set, { "aws:username": "c1" });
    expect(early.allows("iot:Publish", topic("a"), { "iot:ClientId": "c1" })).toBe(true);
    expect(early.allows("iot:Publish", topic("a"), { "iot:ClientId": "c2" })).toBe(false);
    const late = bindPolicySet(set, { "iot:ClientId": "c1" });
    expect(late.allows("iot:Publish", topic("a"), { "aws:username": "c1" })).toBe(true);
  });

  test("keeps every pattern of a statement, whichever of them are its own", () => {
    const patterns = ["out", "pub/*", `in/$\{iot:ClientId}`, `will/$\{iot:LastWillTopic}`];
    const set = setOf({ ...allow("*"), Resource: patterns.map(topic) });
    const bound = bindPolicySet(set, { "iot:ClientId": "c1" });
    const will = { "iot:LastWillTopic": "w" };
    for (const name of ["out", "pub/a", "in/c1", "will/w"]) {
      expect(bound.allows("iot:Publish", topic(name), will)).toBe(true);
    }
    for (const name of ["out/a", "pub", "in/c2", "will/v"]) {
      expect(bound.allows("iot:Publish", topic(name), will)).toBe(false);
    }
  });

  test("holds rules of its own only where something in them is its own", () => {
    const set = setOf(
      { Effect: "Allow", Action: "iot:Publish", Resource: topic("out") },
      allow(topic(`in/$\{iot:ClientId}`)),
    );
    const context = new Context({ "iot:ClientId": "c1" });
    const publish = tableOf(set, "iot:Publish");
    const [open, bound] = [publish, bindActionTable(publish, context)].map(
      ({ identity }) => identity.allows,
    );
    expect(bound).toHaveLength(2);
    expect(bound![0]).toBe(open![0]!);
    expect(bound![1]).not.toBe(open![1]!);
    const other = setOf({ Effect: "Allow", Action: "*", Resource: topic("out") });
    const table = tableOf(other, "iot:Publish");
    expect(bindActionTable(table, context)).toBe(table);
    expect(tableOf(other, "iot:Publish")).toBe(table);
  });

  test("forgets no answer when it is asked about more actions than it keeps", () => {
    const bound = bindPolicySet(mine, { "iot:ClientId": "c1" });
    for (let index = 0; index < policyLimits.actionTablesMax + 5; index += 1) {
      expect(bound.allows(`iot:A${index}`, topic("in/c1"))).toBe(false);
    }
    expect(bound.allows("iot:Publish", topic("in/c1"))).toBe(true);
  });
});

describe("shared decisions", () => {
  const outcomeOf = (set: PolicySet, name: string): Decision["outcome"] | "depends" => {
    const decision = new SharedDecisions(set).of("iot:Receive", topic(name));
    return decision === "depends" ? decision : decision.outcome;
  };
  const room = allow(topic("pub/*"));
  const inbox = allow(topic(`in/$\{iot:ClientId}`));
  const deny = (resource: string, members: object = {}): object => ({
    ...allow(resource, members),
    Effect: "Deny",
  });

  test("are known where no variable and no condition can matter", () => {
    expect(outcomeOf(setOf(room, inbox), "pub/lobby")).toBe("allowed");
    expect(outcomeOf(setOf(room, inbox), "other")).toBe("implicitDeny");
    expect(outcomeOf(setOf(room, deny(topic("pub/x"))), "pub/x")).toBe("explicitDeny");
  });

  test("depend on who asks where one may", () => {
    const vip = { Condition: { StringEquals: { "iot:ClientId": "vip" } } };
    expect(outcomeOf(setOf(room, inbox), "in/c1")).toBe("depends");
    expect(outcomeOf(setOf(allow(topic("pub/*"), vip)), "pub/lobby")).toBe("depends");
    expect(outcomeOf(setOf(room, deny(topic("pub/*"), vip)), "pub/lobby")).toBe("depends");
    expect(outcomeOf(setOf(room, deny(topic("pub/*"), vip)), "other")).toBe("implicitDeny");
  });

  test("need every list to be sure", () => {
    const sure = setOf(room);
    const unsure = setOf(allow(topic(`$\{iot:ClientId}/*`)));
    expect(outcomeOf({ ...sure, session: unsure.identity }, "pub/a")).toBe("depends");
    expect(outcomeOf({ ...sure, session: [] }, "pub/a")).toBe("implicitDeny");
    expect(outcomeOf({ ...sure, session: sure.identity }, "pub/a")).toBe("allowed");
    expect(outcomeOf({ ...sure, resource: { policies: [] } }, "pub/a")).toBe("depends");
  });

  test("are kept for at most twice the bound, the most recent for sure", () => {
    const shared = new SharedDecisions(setOf(room), 10);
    for (let index = 0; index < 100; index += 1) {
      shared.of("iot:Receive", topic(`pub/${index}`));
      expect(shared.size).toBeLessThanOrEqual(20);
    }
    const before = shared.size;
    for (let index = 95; index < 100; index += 1) shared.of("iot:Receive", topic(`pub/${index}`));
    expect(shared.size).toBe(before);
  });

  test("about very long topics are not kept", () => {
    const shared = new SharedDecisions(setOf(room));
    const long = "a".repeat(policyLimits.sharedResourceCharactersMax);
    expect(shared.of("iot:Receive", topic(`pub/${long}`))).toMatchObject({ outcome: "allowed" });
    expect(shared.size).toBe(0);
  });

  test("are kept apart by action", () => {
    const set = setOf(
      { Effect: "Allow", Action: "iot:Receive", Resource: "*" },
      { Effect: "Deny", Action: "iot:Publish", Resource: "*" },
    );
    const shared = new SharedDecisions(set);
    expect(shared.of("iot:Receive", topic("a"))).toMatchObject({ outcome: "allowed" });
    expect(shared.of("iot:Publish", topic("a"))).toMatchObject({ outcome: "explicitDeny" });
  });
});

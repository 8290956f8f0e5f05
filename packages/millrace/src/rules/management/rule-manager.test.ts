import { describe, expect, test } from "bun:test";
import { ManualClock, systemRandom, utf8 } from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import type { RuleDefinition, RuleMessage } from "../mod.ts";
import { createRules, readTopicRulePayload } from "../mod.ts";

const roleArn = "arn:aws:iam::111122223333:role/r";
const to = (topic: string) => ({ republish: { topic, roleArn } });

function definitionOf(name: string, sql: string, topic = "out"): RuleDefinition {
  const read = readTopicRulePayload(name, { sql, actions: [to(topic)] });
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.definition;
}

function messageOf(topic: string): RuleMessage {
  return { topic, payload: utf8("{}"), qos: 1, origin: { ruleDepth: 0 } };
}

/** Rules that are started, over the records of an earlier start or new ones. */
async function startRules(
  definitions: readonly RuleDefinition[],
  records: Records = openMemoryRecords(),
) {
  const published: string[] = [];
  const log: string[] = [];
  const note = (what: string, fields = {}) => log.push(`${what} ${JSON.stringify(fields)}`);
  const turns: (() => void)[] = [];
  const created = createRules({
    definitions,
    records,
    clock: new ManualClock(),
    random: systemRandom,
    logger: { debug() {}, info() {}, warn: note, error: note },
    accountId: "111122223333",
    atEndOfTurn: (callback) => turns.push(callback),
    ports: {
      publish({ topic }) {
        published.push(topic);
        return { accepted: true };
      },
      invokeAsync: async () => {},
      putItem: async () => {},
      updateItem: async () => {},
      deleteItem: async () => {},
    },
  });
  if (!created.ok) throw new Error(JSON.stringify(created.errors));
  const { rules, manager } = created;
  await manager.start();
  const endTurn = () => {
    for (const callback of turns.splice(0)) callback();
  };
  /** Where the rules have republished the message to. */
  async function tell(topic: string): Promise<string[]> {
    const told = rules.tell(messageOf(topic));
    endTurn();
    await told;
    return published.splice(0);
  }
  return { manager, rules, tell, endTurn, published, log, records };
}

const payload = { sql: "SELECT * FROM 'a'", actions: [to("x")] };

describe("a rule that is made while the house runs", () => {
  test("fires from then on, and is the same after a restart", async () => {
    const { manager, tell, records } = await startRules([]);
    expect(await tell("a")).toEqual([]);
    expect(await manager.create("r", payload, { owner: "me" })).toBeUndefined();
    expect(await tell("a")).toEqual(["x"]);
    const again = await startRules([], records);
    expect(await again.tell("a")).toEqual(["x"]);
    expect(again.manager.get("r")).toMatchObject({ payload, tags: { owner: "me" } });
  });

  test("is replaced as a whole, disabled, enabled and deleted, over restarts too", async () => {
    const first = await startRules([]);
    await first.manager.create("r", { ...payload, description: "one" });
    await first.manager.replace("r", { ...payload, actions: [to("y")] });
    expect(await first.tell("a")).toEqual(["y"]);
    expect(first.manager.get("r")?.payload).not.toContainKey("description");
    await first.manager.setEnabled("r", false);
    expect(await first.tell("a")).toEqual([]);
    const second = await startRules([], first.records);
    expect(await second.tell("a")).toEqual([]);
    await second.manager.setEnabled("r", true);
    expect(await second.tell("a")).toEqual(["y"]);
    await second.manager.delete("r");
    expect(await second.tell("a")).toEqual([]);
    const third = await startRules([], second.records);
    expect(third.manager.list()).toEqual([]);
  });

  test("is refused as a whole when anything in it is wrong, and what was there stays", async () => {
    const { manager, tell } = await startRules([]);
    await manager.create("r", payload);
    const wrong = { sql: "SELECT nope(a) FROM 'a'", actions: [to("$" + "{"), { lambda: {} }] };
    expect(await manager.replace("r", wrong)).toMatchObject({ kind: "invalid" });
    expect(await manager.create("r", payload)).toEqual({ kind: "exists" });
    expect(await manager.replace("s", payload)).toEqual({ kind: "missing" });
    expect(await manager.setEnabled("s", true)).toEqual({ kind: "missing" });
    expect(await manager.delete("s")).toEqual({ kind: "missing" });
    expect(await tell("a")).toEqual(["x"]);
  });

  test("is taken with what is hardly meant, and the log says so", async () => {
    const { manager, log } = await startRules([]);
    const sql = "SELECT abs('x', 1) AS a FROM 'a'";
    expect(await manager.create("r", { sql, actions: [to("x")] })).toBeUndefined();
    expect(log.join("\n")).toContain('rule is taken as it is {"ruleName":"r","property":"sql"');
  });

  test("is made once when two ask for it at the same time", async () => {
    const { manager } = await startRules([]);
    const outcomes = await Promise.all([
      manager.create("r", payload),
      manager.create("r", payload),
      manager.delete("r"),
      manager.replace("r", payload),
    ]);
    const kinds = outcomes.map((outcome) => outcome?.kind);
    expect(kinds).toEqual([undefined, "exists", undefined, "missing"]);
  });

  test("does not change what a message sees that came before", async () => {
    const engine = await startRules([]);
    await engine.manager.create("one", payload);
    await engine.manager.create("two", payload);
    const told = engine.rules.tell(messageOf("a"));
    await engine.manager.replace("one", { ...payload, actions: [to("changed")] });
    await engine.manager.delete("two");
    engine.endTurn();
    await told;
    expect(engine.published).toEqual(["x", "x"]);
  });

  test("takes no effect when it cannot be stored", async () => {
    const records = openMemoryRecords();
    const { manager, tell } = await startRules([], records);
    await records.close();
    await expect(manager.create("r", payload)).rejects.toThrow();
    expect(await tell("a")).toEqual([]);
    expect(manager.get("r")).toBeUndefined();
  });
});

describe("a rule of the template", () => {
  const first = [definitionOf("t", "SELECT * FROM 'a'", "first")];
  const second = [definitionOf("t", "SELECT * FROM 'a'", "second")];

  test("may be changed by hand; that holds until the template says something new", async () => {
    const before = await startRules(first);
    await before.manager.replace("t", { ...payload, actions: [to("by-hand")] });
    expect(await before.tell("a")).toEqual(["by-hand"]);
    const same = await startRules(first, before.records);
    expect(await same.tell("a")).toEqual(["by-hand"]);
    expect(same.log).toEqual([
      'rule of the template was changed by hand {"rule":"t","now":"changed"}',
    ]);
    const changed = await startRules(second, before.records);
    expect(await changed.tell("a")).toEqual(["second"]);
    expect(changed.log[0]).toContain("rule is what the template says now");
    const settled = await startRules(second, before.records);
    expect(settled.log).toEqual([]);
  });

  test("that was deleted by hand stays away until then, and can be made again", async () => {
    const before = await startRules(first);
    await before.manager.delete("t");
    const same = await startRules(first, before.records);
    expect(await same.tell("a")).toEqual([]);
    expect(same.manager.list()).toEqual([]);
    await same.manager.create("t", payload);
    expect(await same.tell("a")).toEqual(["x"]);
    await same.manager.delete("t");
    const changed = await startRules(second, before.records);
    expect(await changed.tell("a")).toEqual(["second"]);
  });

  test("is no longer changed once it is back to what the template says", async () => {
    const before = await startRules(first);
    await before.manager.setEnabled("t", false);
    await before.manager.setEnabled("t", true);
    const again = await startRules(first, before.records);
    expect([again.log, await again.tell("a")]).toEqual([[], ["first"]]);
  });

  test("is no longer changed either once a request says what the template says", async () => {
    const before = await startRules(first);
    await before.manager.replace("t", { ...payload, actions: [to("by-hand")] });
    const actions = [{ republish: { roleArn, topic: "first" } }];
    await before.manager.replace("t", { actions, sql: "SELECT * FROM 'a'" });
    const changed = await startRules(second, before.records);
    expect(changed.log).toEqual([]);
  });

  test("goes with the template, and takes the place of one of its name", async () => {
    const before = await startRules(first);
    await before.manager.replace("t", payload);
    const without = await startRules([], before.records);
    expect(without.manager.list()).toEqual([]);
    await without.manager.create("t", payload);
    const taken = await startRules(second, before.records);
    expect(await taken.tell("a")).toEqual(["second"]);
    expect(taken.log[0]).toContain('\\"x\\"'); // what was there is in the log, and nowhere else
  });

  test("keeps the moment at which it first came", async () => {
    const before = await startRules(first);
    const { createdAtMs } = before.manager.get("t")!;
    const after = await startRules(second, before.records);
    expect(after.manager.get("t")!.createdAtMs).toBe(createdAtMs);
  });
});

describe("a stored rule that no longer loads", () => {
  const stored = { createdAtMs: 5, payload: { sql: "SELECT gone(a) FROM 'a'", actions: [] } };

  test("is kept and told, does not run, and can be replaced", async () => {
    const records = openMemoryRecords();
    const change = { space: "rules", key: utf8("old"), value: utf8(JSON.stringify(stored)) };
    await records.update([], () => ({ changes: [change], result: undefined }));
    const { manager, tell, log } = await startRules([], records);
    const reason = 'sql (line 1, column 8): there is no function "gone"';
    expect(log).toEqual([
      `stored rule does not load, and does not run ${JSON.stringify({ rule: "old", reason })}`,
    ]);
    expect(manager.get("old")).toMatchObject({ payload: stored.payload, problem: reason });
    expect(await manager.setEnabled("old", true)).toEqual({ kind: "broken", reason });
    expect(await tell("a")).toEqual([]);
    expect(await manager.replace("old", payload)).toBeUndefined();
    expect(await tell("a")).toEqual(["x"]);
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test are templates

import { describe, expect, test } from "bun:test";
import { messageOf, publishTo, ruleOf, startEngine } from "./rules-fixture.ts";

const out = publishTo("out/${topic()}");

describe("a message for one rule alone", () => {
  test("reaches that rule, whatever its filter, and no other", async () => {
    const engine = startEngine([
      ruleOf("one", "SELECT topic() AS whole, topic(1) AS first FROM 'nothing/like/it'", out),
      ruleOf("all", "SELECT * FROM '$aws/rules/#'", out),
      ruleOf("any", "SELECT * FROM '#'", out),
    ]);
    await engine.tell(messageOf("$aws/rules/one/site/a", "{}"));
    expect(engine.published.map(({ topic, payload }) => `${topic} ${payload}`)).toEqual([
      'out/site/a {"whole":"site/a","first":"site"}',
    ]);
  });

  test("needs no FROM, and nothing after the rule's name", async () => {
    const engine = startEngine([ruleOf("one", "SELECT topic() AS t", publishTo("out"))]);
    await engine.tell(messageOf("$aws/rules/one", "{}"));
    expect(engine.published[0]?.payload).toBe('{"t":""}');
    await engine.tell(messageOf("one", "{}"));
    expect(engine.published).toHaveLength(1);
  });

  test("that names no rule, or a disabled one, is logged now and then, and counted", async () => {
    const disabled = { ...ruleOf("off", "SELECT *", out), enabled: false };
    const engine = startEngine([disabled]);
    for (const name of ["off", "none", ""]) {
      expect(engine.rules.ingest(messageOf(`$aws/rules/${name}/x`, "{}"))).toBeUndefined();
    }
    expect(engine.published).toEqual([]);
    const fields = { rule: "off", topic: "$aws/rules/off/x", clientId: "c-1" };
    expect(engine.log).toEqual([`RuleNotFound ${JSON.stringify(fields)}`]);
    const figures = engine.rules.figures();
    const notFound = figures.find(({ name }) => name === "millrace_rules_not_found_total");
    expect(notFound).toMatchObject({ samples: [{ value: 3 }] });
  });

  test("is followed under the topic that it was published on", async () => {
    const topics: string[] = [];
    const rule = ruleOf("one", "SELECT *", out);
    const engine = startEngine([rule], {}, ({ topic }) => topics.push(topic));
    await engine.tell(messageOf("$aws/rules/one/x", "{}"));
    expect(topics).toEqual(["$aws/rules/one/x"]);
  });
});

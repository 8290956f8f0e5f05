import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isClause, type Standard } from "./clauses.ts";

describe.each([
  ["3.1.1", "MQTT-", 141],
  ["5", "MQTT5-", 251],
])("the statements of MQTT %s", (version, prefix, count) => {
  const text = readFileSync(join(import.meta.dir, `statements/${version}.json`), "utf8");
  const { sections } = JSON.parse(text) as Standard;
  const statements = sections.flatMap((section) => section.statements);

  test("are all there, each once", () => {
    expect(statements).toHaveLength(count);
    expect(new Set(statements.map(({ id }) => id)).size).toBe(count);
  });

  test("stand in their section, in the order of their numbers", () => {
    for (const { section, statements } of sections) {
      const numbers = statements.map(({ id }) => {
        expect(id).toStartWith(`${prefix}${section}-`);
        return Number(id.slice(id.lastIndexOf("-") + 1));
      });
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    }
  });

  test("are one sentence each, and say whom they concern", () => {
    for (const { id, who, demand } of statements) {
      expect({ id, demand }).toEqual({ id, demand: expect.stringMatching(/^[A-Z].*[^.]\.$/) });
      expect(["client", "server", "both"]).toContain(who);
    }
  });
});

// In two parts, because whole they would count as tags of this test.
test.each([
  ["MQTT", "3.1.0-2", 4, true],
  ["MQTT", "3.1.0-3", 4, false],
  ["MQTT", "3.1.0-2", 5, false],
  ["MQTT5", "3.1.0-2", 5, true],
  ["MQTT5", "2.2.1-1", 5, false], // the standard begins with the second
  ["MQTT5", "3.14.2.2.2", 5, true],
  ["MQTT3", "3.1", 3, true],
  ["MQTT3", "3.1-1", 3, false],
  ["", "3.1.0-2", 4, false],
] as const)("%s %s is a clause of level %s: %p", (prefix, number, level, is) => {
  expect(isClause(`${prefix}-${number}`, level)).toBe(is);
});

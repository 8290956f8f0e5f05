/** Topics against an obvious model that works on arrays of levels. */

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { topicFilterProblem, topicMatches, topicNameProblem } from "./topics.ts";

function matchesByLevels(filter: string[], topic: string[]): boolean {
  const hidden = topic[0]?.startsWith("$") && /^[+#]/.test(filter[0] ?? "");
  return !hidden && levelsMatch(filter, topic);
}

function levelsMatch([level, ...rest]: string[], topic: string[]): boolean {
  if (level === "#") return true;
  if (level === undefined || topic.length === 0) return level === topic[0];
  return (level === "+" || level === topic[0]) && levelsMatch(rest, topic.slice(1));
}

const nameLevel = fc.constantFrom("", "a", "b", "ab", "$", "$a", "é");
const filterLevel = fc.oneof(nameLevel, fc.constant("+"));
const name = fc
  .array(nameLevel, { minLength: 1, maxLength: 5 })
  .filter((levels) => levels.join("/") !== "");
const filter = fc
  .tuple(fc.array(filterLevel, { minLength: 1, maxLength: 5 }), fc.boolean(), fc.boolean())
  .map(([levels, hash, alone]) => (hash ? (alone ? ["#"] : [...levels, "#"]) : levels))
  .filter((levels) => levels.join("/") !== "");

describe("topicMatches", () => {
  test("agrees with the model on any filter and topic", () => {
    fc.assert(
      fc.property(filter, name, (filterLevels, nameLevels) => {
        const matches = topicMatches(filterLevels.join("/"), nameLevels.join("/"));
        expect(matches).toBe(matchesByLevels(filterLevels, nameLevels));
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    ["sport/tennis/player1/#", "sport/tennis/player1", true],
    ["sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true],
    ["sport/#", "sport", true],
    ["sport/#", "sports", false],
    ["#", "/", true],
    ["sport/tennis/+", "sport/tennis/player1/ranking", false],
    ["sport/+", "sport", false],
    ["sport/+", "sport/", true],
    ["+/+", "/finance", true],
    ["/+", "/finance", true],
    ["+", "/finance", false],
    ["#", "$SYS/monitor", false],
    ["+/monitor/Clients", "$SYS/monitor/Clients", false],
    ["$SYS/#", "$SYS/monitor/Clients", true],
    ["$SYS/monitor/+", "$SYS/monitor/Clients", true],
    ["a/#", "a/$b", true],
    ["ACCOUNTS", "Accounts", false],
  ])("%s and %s: %p", (filterText, topic, expected) => {
    expect(topicMatches(filterText, topic)).toBe(expected);
  });
});

describe("validity", () => {
  test("every generated name and filter is valid", () => {
    fc.assert(
      fc.property(filter, name, (filterLevels, nameLevels) => {
        expect(topicFilterProblem(filterLevels.join("/"))).toBeUndefined();
        expect(topicNameProblem(nameLevels.join("/"))).toBeUndefined();
      }),
    );
  });

  test("a filter is valid only if its levels hold wildcards alone, and # last", () => {
    const characters = fc.string({ unit: fc.constantFrom("+", "#", "/", "a"), minLength: 1 });
    fc.assert(
      fc.property(characters, (text) => {
        const valid = /^(\+|[^+#/]*)(\/(\+|[^+#/]*))*(\/#)?$|^#$/.test(text);
        expect(topicFilterProblem(text) === undefined).toBe(valid);
      }),
      { numRuns: 5000 },
    );
  });

  test.each(["", "a\0b", "\ud800", "é".repeat(32_768)])(
    "case %# is neither name nor filter",
    (text) => {
      expect(topicNameProblem(text)).toBeString();
      expect(topicFilterProblem(text)).toBeString();
    },
  );

  test("65,535 bytes are allowed, wildcards in a name are not", () => {
    expect(topicNameProblem("a".repeat(65_535))).toBeUndefined();
    expect(topicNameProblem(`${"€".repeat(21_845)}`)).toBeUndefined();
    expect(topicNameProblem("a/+")).toBeString();
    expect(topicNameProblem("a#")).toBeString();
  });
});

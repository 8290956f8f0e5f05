import { describe, expect, test } from "bun:test";
import { topicFilterProblem, topicMatches } from "@millrace/mqtt";
import fc from "fast-check";
import { FilterTree } from "./filter-tree.ts";

function match(filters: readonly string[], topic: string): string[] {
  const tree = new FilterTree<string>();
  for (const filter of filters) tree.add(filter, filter);
  return [...tree.match(topic)].sort();
}

describe("the filters that match a topic", () => {
  test("are those that are equal, and those whose wildcards cover it", () => {
    const filters = ["a/b", "a/+", "a/#", "+/b", "#", "a", "a/b/#", "a/b/c"];
    expect(match(filters, "a/b")).toEqual(["#", "+/b", "a/#", "a/+", "a/b", "a/b/#"]);
  });

  test("include a/# for a, as the standard says", () => {
    expect(match(["a/#", "a/+"], "a")).toEqual(["a/#"]);
  });

  test("do not begin with a wildcard when the topic begins with a dollar", () => {
    expect(match(["#", "+/events", "$aws/#", "$aws/+"], "$aws/events")).toEqual([
      "$aws/#",
      "$aws/+",
    ]);
  });

  test("tell empty levels from missing ones", () => {
    expect(match(["a/+", "a/+/+", "+/a", "a//b", "+"], "a/")).toEqual(["a/+"]);
    expect(match(["/a", "+/a", "a"], "/a")).toEqual(["+/a", "/a"]);
  });

  test("are those that are left, and what was answered before stays as it was", () => {
    const tree = new FilterTree<string>();
    for (const [filter, value] of [
      ["a/b", "1"],
      ["a/b", "2"],
      ["a/+", "3"],
      ["a/#", "4"],
    ] as const) {
      tree.add(filter, value);
    }
    tree.remove("a/+", "3");
    tree.remove("a/#", "4");
    const before = tree.match("a/b");
    tree.remove("a/b", "1");
    tree.add("a/b", "5");
    tree.remove("a/b", "unknown");
    expect(before).toEqual(["1", "2"]);
    expect(tree.match("a/b")).toEqual(["2", "5"]);
    expect(tree.match("a/c")).toEqual([]);
  });

  test("are the same that matching one by one finds", () => {
    const level = fc.constantFrom("a", "b", "", "$x", "+", "#");
    const path = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
    const filter = path.filter((text) => topicFilterProblem(text) === undefined);
    const topic = path.map((text) => text.replace(/[+#]/g, "b")).filter((text) => text !== "");
    fc.assert(
      fc.property(fc.array(filter), fc.array(filter), topic, (filters, gone, name) => {
        const tree = new FilterTree<string>();
        for (const one of filters) tree.add(one, one);
        for (const one of gone) tree.add(one, `gone ${one}`);
        for (const one of gone) tree.remove(one, `gone ${one}`);
        const expected = filters.filter((one) => topicMatches(one, name)).sort();
        expect([...tree.match(name)].sort()).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

test("a tree knows which first levels its filters have", () => {
  const tree = new FilterTree<string>();
  for (const filter of ["$aws/events/#", "$aws/x", "+/a"]) tree.add(filter, filter);
  tree.remove("$aws/x", "$aws/x");
  expect(["$aws", "+", "a"].map((level) => tree.hasRoot(level))).toEqual([true, true, false]);
  tree.remove("$aws/events/#", "$aws/events/#");
  expect(tree.hasRoot("$aws")).toBe(false);
});

test("topics asked again and again follow the filters as they come and go", () => {
  const filter = fc.constantFrom("a/+", "+/b", "#", "a/b", "a/#", "c/+/d");
  const topic = fc.constantFrom("a/b", "a/c", "b", "c/x/d", "c/y/d", "$x/b");
  const step = fc.record({ filter, topics: fc.array(topic, { maxLength: 4 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const tree = new FilterTree<string>();
      const present = new Set<string>();
      for (const { filter: name, topics } of steps) {
        if (present.has(name)) tree.remove(name, name);
        else tree.add(name, name);
        if (!present.delete(name)) present.add(name);
        for (const asked of topics) {
          expect([...tree.match(asked)].sort()).toEqual(match([...present], asked));
        }
      }
    }),
  );
});

test("what is kept of topics is bounded", () => {
  const tree = new FilterTree<string>();
  tree.add("a/+", "all");
  for (let index = 0; index < 20_000; index += 1) {
    expect(tree.match(`a/${index}`)).toEqual(["all"]);
  }
  expect(tree.keptCount).toBeLessThanOrEqual(4_096);
});

test("what is kept of topics is bounded by what their answers hold, too", () => {
  const tree = new FilterTree<number>();
  for (let index = 0; index < 1_000; index += 1) tree.add("#", index);
  for (let index = 0; index < 200; index += 1) {
    expect(tree.match(`a/${index}`)).toHaveLength(1_000);
    expect(tree.keptCount).toBeLessThanOrEqual(65);
  }
  for (let index = 0; index < 999; index += 1) tree.remove("#", index);
  for (let index = 0; index < 200; index += 1) tree.match(`a/${index}`);
  expect(tree.keptCount).toBe(200);
});

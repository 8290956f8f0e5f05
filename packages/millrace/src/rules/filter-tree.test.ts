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

  test("are the same that matching one by one finds", () => {
    const level = fc.constantFrom("a", "b", "", "$x", "+", "#");
    const path = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
    const filter = path.filter((text) => topicFilterProblem(text) === undefined);
    const topic = path.map((text) => text.replace(/[+#]/g, "b")).filter((text) => text !== "");
    fc.assert(
      fc.property(fc.array(filter), topic, (filters, name) => {
        const expected = filters.filter((one) => topicMatches(one, name)).sort();
        expect(match(filters, name)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

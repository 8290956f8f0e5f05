import { expect, test } from "bun:test";
import { topicMatches } from "@millrace/mqtt";
import fc from "fast-check";
import { TopicMap } from "./topic-map.ts";

const level = fc.constantFrom("a", "b", "", "$x");
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
const filter = fc
  .tuple(
    fc.array(fc.oneof(level, fc.constant("+")), { maxLength: 3 }),
    fc.constantFrom("#", "+", "a"),
  )
  .map(([levels, last]) => [...levels, last].join("/"));

test("a filter finds the topics that it matches, while topics come and go", () => {
  const change = fc.tuple(topic, fc.boolean());
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), filter, (changes, filter) => {
      const map = new TopicMap<string>();
      const model = new Set<string>();
      for (const [topic, kept] of changes) {
        if (kept) map.set(topic, topic);
        else map.delete(topic);
        if (kept) model.add(topic);
        else model.delete(topic);
      }
      expect(map.size).toBe(model.size);
      for (const topic of model) expect(map.get(topic)).toBe(topic);
      const found = [...map.matching(filter)].sort();
      expect(found).toEqual([...model].filter((topic) => topicMatches(filter, topic)).sort());
    }),
  );
});

test("a walk that was left half-way goes on with what is there by then", () => {
  const map = new TopicMap<string>();
  for (const topic of ["a/1", "a/2", "a/3"]) map.set(topic, topic);
  const walk = map.matching("a/+");
  expect(walk.next().value).toBe("a/1");
  map.delete("a/2");
  map.set("a/3", "newer");
  expect([...walk]).toEqual(["newer"]);
});

test("where AWS IoT departs from the standard, a/# does not find a", () => {
  const map = new TopicMap<string>(false);
  map.set("a", "parent");
  map.set("a/b", "child");
  expect([...map.matching("a/#")]).toEqual(["child"]);
});

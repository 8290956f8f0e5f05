import { expect, test } from "bun:test";
import { topicMatches } from "@millrace/mqtt";
import { filterOf, reachingEvery, Topics } from "./filters.ts";

const filterCount = 200;
const filters = Array.from({ length: filterCount }, (_, index) => filterOf(index));

function countOf(topic: string): number {
  return filters.filter((filter) => topicMatches(filter, topic)).length;
}

test("one topic in ten reaches one subscriber, and the others nobody", () => {
  const topics = new Topics(filterCount);
  const several = topics.several(500);
  for (let number = 0; number < 500; number += 1) {
    const expected = number % reachingEvery === 0 ? 1 : 0;
    expect(countOf(topics.fresh())).toBe(expected);
    expect(countOf(several[number]!)).toBe(expected);
  }
});

test("a fresh topic was not there before, and every kind of filter is met", () => {
  const topics = new Topics(filterCount);
  const made = Array.from({ length: 2_000 }, () => topics.fresh());
  expect(new Set(made).size).toBe(made.length);
  const reached = filters.filter((filter) => made.some((topic) => topicMatches(filter, topic)));
  expect(reached.some((filter) => filter.startsWith("+"))).toBe(true);
  expect(reached.some((filter) => filter.endsWith("+"))).toBe(true);
  expect(reached.some((filter) => filter.endsWith("#"))).toBe(true);
});

import { expect, test } from "bun:test";
import { topicMatches } from "@millrace/mqtt";
import fc from "fast-check";
import { plainOptions, type Subscription, TopicTree } from "./topic-tree.ts";

const level = fc.constantFrom("a", "b", "", "$x", "room 1");
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
const filter = fc
  .tuple(
    fc.array(fc.oneof(level, fc.constant("+")), { maxLength: 4 }),
    fc.constantFrom("#", "+", "a"),
  )
  .map(([levels, last]) => [...levels, last].join("/"));

test("match finds the same subscribers as comparing every filter, while people come and go", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("add" as const), filter }),
    fc.record({ kind: fc.constant("remove" as const), at: fc.nat() }),
    fc.record({ kind: fc.constant("match" as const), topic }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tree = new TopicTree<number>();
      const present: Subscription<number>[] = [];
      for (const [number, step] of steps.entries()) {
        if (step.kind === "add") present.push(tree.add(number, step.filter, plainOptions[0]!));
        else if (step.kind === "remove") {
          const [gone] = present.splice(step.at % (present.length || 1), 1);
          if (gone) tree.remove(gone);
        } else {
          const found = tree
            .match(step.topic)
            .subscribers.flatMap((each) => each.map((s) => s.subscriber));
          const expected = present
            .filter((subscription) => topicMatches(subscription.filter, step.topic))
            .map((subscription) => subscription.subscriber);
          expect(found.sort()).toEqual(expected.sort());
        }
        expect(tree.subscriptionCount).toBe(present.length);
      }
    }),
  );
});

test("a topic's cached answer follows the people of a room", () => {
  const tree = new TopicTree<string>();
  const first = tree.add("ann", "room/1", plainOptions[0]!);
  expect(tree.match("room/1").subscribers.flat()).toHaveLength(1);
  tree.add("ben", "room/1", plainOptions[1]!);
  tree.add("eve", "room/+", plainOptions[0]!);
  tree.remove(first);
  tree.remove(first);
  const names = tree.match("room/1").subscribers.flatMap((each) => each.map((s) => s.subscriber));
  expect(names.sort()).toEqual(["ben", "eve"]);
});

test("a leading wildcard does not see topics of the system", () => {
  const tree = new TopicTree<string>();
  tree.add("all", "#", plainOptions[0]!);
  tree.add("any", "+/events", plainOptions[0]!);
  tree.add("events", "$aws/#", plainOptions[0]!);
  const seen = tree
    .match("$aws/events")
    .subscribers.flatMap((each) => each.map((s) => s.subscriber));
  expect(seen).toEqual(["events"]);
});

test("a long topic is matched without being remembered", () => {
  const tree = new TopicTree<string>();
  tree.add("all", "#", plainOptions[0]!);
  const long = "x".repeat(300);
  expect(tree.match(long).subscribers.flat()).toHaveLength(1);
  expect(tree.match("short").subscribers.flat()).toHaveLength(1);
  expect([tree.knows(long), tree.knows("short")]).toEqual([false, true]);
});

test("a tree knows which first levels its filters have, shared ones too", () => {
  const tree = new TopicTree<number>();
  const shared = tree.add(1, "$share/team/$aws/events/#", plainOptions[0]!);
  const own = tree.add(2, "$aws/x", plainOptions[0]!);
  tree.remove(own);
  expect(["$aws", "$share", "a"].map((level) => tree.hasRoot(level))).toEqual([true, false, false]);
  tree.remove(shared);
  expect(tree.hasRoot("$aws")).toBe(false);
});

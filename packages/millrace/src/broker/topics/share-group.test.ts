import { expect, test } from "bun:test";
import { parseShare, type ShareGroup } from "./share-group.ts";
import { plainOptions, TopicTree } from "./topic-tree.ts";

test.each([
  ["$share/g/a/b", { name: "g", filter: "a/b" }],
  ["$share/g//a", { name: "g", filter: "/a" }],
  ["$share/g/", { name: "g", filter: "" }],
  ["$share/g", { name: "g", filter: "" }],
  ["$share//a", { name: "", filter: "a" }],
  ["$shared/g/a", undefined],
  ["a/$share/g", undefined],
])("%s is taken apart", (filter, share) => {
  expect(parseShare(filter)).toEqual(share);
});

function groupOf(...names: string[]): ShareGroup<string> {
  const tree = new TopicTree<string>();
  for (const name of names) tree.add(name, "$share/g/a", plainOptions[0]!);
  return tree.match("a").groups[0]!;
}

test("the turn goes round", () => {
  const group = groupOf("ann", "ben", "eve");
  const chosen = Array.from({ length: 6 }, () => group.choose(() => 1, 1)?.subscriber);
  expect(chosen).toEqual(["ann", "ben", "eve", "ann", "ben", "eve"]);
});

test("a member with a better rank goes first, one that cannot take it never", () => {
  const group = groupOf("away", "busy", "ready");
  const ranks: Record<string, number> = { away: 0, busy: 1, ready: 2 };
  const rank = ({ subscriber }: { subscriber: string }) => ranks[subscriber]!;
  expect(group.choose(rank, 2)?.subscriber).toBe("ready");
  ranks.ready = 0;
  expect(group.choose(rank, 2)?.subscriber).toBe("busy");
  ranks.busy = 0;
  expect(group.choose(rank, 2)).toBeUndefined();
});

test("groups of one filter are apart, and one without members is gone", () => {
  const tree = new TopicTree<string>();
  const first = tree.add("ann", "$share/g/+", plainOptions[0]!);
  tree.add("ben", "$share/h/+", plainOptions[0]!);
  tree.add("eve", "+", plainOptions[0]!);
  expect(tree.match("a")).toMatchObject({ subscribers: [[{}]], groups: [{}, {}] });
  tree.remove(first);
  expect(tree.match("a").groups.map(({ members }) => members.length)).toEqual([1]);
  expect(tree.subscriptionCount).toBe(2);
});

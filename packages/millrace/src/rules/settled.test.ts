import { expect, test } from "bun:test";
import { messageOf, publishTo, ruleOf, startEngine, storeIn } from "./rules-fixture.ts";

async function hops() {
  for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
}

function startSlow() {
  const stored: (() => void)[] = [];
  const engine = startEngine([ruleOf("r", "SELECT * FROM 'a'", storeIn("t"))], {
    putItem: () => new Promise((resolve) => stored.push(resolve)),
  });
  return { ...engine, stored };
}

test("where nothing is under way there is nothing to wait for", async () => {
  const { rules, tell } = startEngine([ruleOf("r", "SELECT * FROM 'a'", publishTo("b"))]);
  await rules.settled(1_000);
  await tell(messageOf("a", "{}"));
  await rules.settled(1_000);
});

test("what waits and what runs is waited for", async () => {
  const { rules, endTurn, stored, log } = startSlow();
  rules.tell(messageOf("a", "{}"));
  let isSettled = false;
  const settled = rules.settled(1_000).then(() => {
    isSettled = true;
  });
  endTurn();
  rules.tell(messageOf("a", "{}"));
  stored.shift()?.();
  await hops();
  expect(isSettled).toBe(false);
  endTurn();
  stored.shift()?.();
  await settled;
  expect(log).toEqual([]);
});

test("an action that does not end is waited for until the time is over, and told", async () => {
  const { rules, endTurn, clock, log } = startSlow();
  rules.tell(messageOf("a", "{}"));
  endTurn();
  const settled = rules.settled(1_000);
  clock.advance(1_000);
  await settled;
  expect(log).toEqual(['rules are not waited for any more {"messages":1}']);
});

import { expect, test } from "bun:test";
import { createEndOfTurn } from "./end-of-turn.ts";

function start() {
  const scheduled: (() => void)[] = [];
  const done: string[] = [];
  const later = createEndOfTurn((work) => scheduled.push(work));
  const endTurn = () => {
    const turns = scheduled.splice(0);
    for (const turn of turns) turn();
    return turns.length;
  };
  return { later, done, endTurn, note: (what: string) => () => void done.push(what) };
}

test("work is done in its order, at one end of the turn", () => {
  const { later, done, endTurn, note } = start();
  later(note("a"));
  later(note("b"));
  expect(done).toEqual([]);
  expect(endTurn()).toBe(1);
  expect(done).toEqual(["a", "b"]);
  expect(endTurn()).toBe(0);
});

test("what work puts off is done at the same end, what that puts off at the next", () => {
  const { later, done, endTurn, note } = start();
  later(() => {
    note("rules")();
    later(() => {
      note("flush")();
      later(() => {
        note("next")();
        later(note("its flush"));
      });
    });
  });
  later(note("other"));
  endTurn();
  expect(done).toEqual(["rules", "other", "flush"]);
  expect(endTurn()).toBe(1);
  expect(done.slice(3)).toEqual(["next", "its flush"]);
  expect(endTurn()).toBe(0);
});

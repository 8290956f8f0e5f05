import { expect, test } from "bun:test";
import { formatGoals } from "./goals.ts";
import { median } from "./numbers.ts";
import type { Goal, PeerResult, Section } from "./section.ts";
import { formatSection } from "./table.ts";

function peer(name: string, rates: number[], problem?: string): PeerResult {
  const rounds = rates.map((rate) => ({ rate, p99Ms: 2, othersCpu: rate === 1_000 ? 0.5 : 0.1 }));
  return { name, rounds, problem, failed: false };
}

function section(goals: readonly Goal[]): Section {
  return {
    benchmark: "fan-out",
    group: "TCP",
    name: "ten",
    description: "1 room of 10",
    columns: [
      { key: "rate", heading: "deliveries/s", show: "count" },
      { key: "p99Ms", heading: "p99 ms", show: "decimal" },
      { key: "serverCpu", heading: "server CPU", show: "percent" },
    ],
    goals,
    peers: [
      peer("millrace", [3_000, 1_000, 2_000]),
      peer("other", [4_000, 4_000, 4_000]),
      peer("absent", [], "not installed: apt-get install absent"),
    ],
  };
}

function cellsOf(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) => line.split("|").map((cell) => cell.trim()));
}

test("the median is the value in the middle", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
  expect(median([])).toBeNaN();
});

test("the table tells how the subject compares, what is missing and what was disturbed", () => {
  const text = formatSection(section([]), "millrace");
  const cells = cellsOf(text);
  expect(text.split("\n")[0]).toBe("**ten**: 1 room of 10; TCP");
  expect(cells[0]!.slice(1, 6)).toEqual(["millrace", "2,000", "2.00", "-", "-"]);
  expect(cells[0]!.at(-2)).toBe("3,000, 1,000*, 2,000");
  expect(cells[1]!.at(-3)).toBe("0.50x");
  expect(cells[2]!.at(-2)).toBe("not installed: apt-get install absent");
  expect(
    new Set(
      text
        .split("\n")
        .slice(2)
        .map(({ length }) => length),
    ).size,
  ).toBe(1);
});

test("a goal stands beside what was measured, in bold when it is missed", () => {
  const goals = [
    { against: "other", atLeast: 0.4 },
    { against: "absent", atLeast: 1 },
  ];
  const cells = cellsOf(formatSection(section(goals), "millrace"));
  expect(cells[1]!.at(-3)).toBe("0.50x (goal: at least 0.4)");
  expect(cells[2]!.at(-3)).toBe("-");
  const missed = [{ against: "other", atLeast: 0.6 }, { atMost: 1_999 }];
  const cellsMissed = cellsOf(formatSection(section(missed), "millrace"));
  expect(cellsMissed[0]!.at(-3)).toBe("**2,000 (goal: at most 1999)**");
  expect(cellsMissed[1]!.at(-3)).toBe("**0.50x (goal: at least 0.6)**");
});

test("all goals of a run are in one table, a row for each group and peer", () => {
  const first = section([{ against: "other", atLeast: 0.4 }]);
  const second = { ...section([{ atMost: 1 }]), name: "rooms", group: "WebSocket" };
  const cells = cellsOf(formatGoals([first, second, { ...first, goals: [] }], "millrace"));
  expect(cells.map((row) => row.slice(1, 4))).toEqual([
    ["TCP: of other", "0.50x (goal: at least 0.4)", "-"],
    ["WebSocket", "-", "**2,000 (goal: at most 1)**"],
  ]);
  expect(formatGoals([{ ...first, goals: [] }], "millrace")).toBe("");
});

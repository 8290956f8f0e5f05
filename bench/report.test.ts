import { expect, test } from "bun:test";
import type { PeerResult } from "./fan-out.ts";
import { formatScenario, median } from "./report.ts";

const scenario = { name: "ten", roomCount: 1, subscribersPerRoom: 10, window: 16 };

function peer(name: string, rates: number[], problem?: string): PeerResult {
  const rounds = rates.map((deliveriesPerSecond) => ({
    seconds: 1,
    deliveryCount: deliveriesPerSecond,
    deliveriesPerSecond,
    sampleCount: 10,
    p50Ms: 0.5,
    p99Ms: 2,
    generatorCpu: 0.4,
    serverCpu: 0.9,
    othersCpu: deliveriesPerSecond === 1_000 ? 0.5 : 0.1,
  }));
  return { name, rounds, problem, failed: false };
}

test("the median is the value in the middle", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
  expect(median([])).toBeNaN();
});

test("the table tells how the subject compares with each peer, what is missing and what was disturbed", () => {
  const peers = [
    peer("millrace", [3_000, 1_000, 2_000]),
    peer("other", [4_000, 4_000, 4_000]),
    peer("absent", [], "not installed: apt-get install absent"),
  ];
  const lines = formatScenario({ scenario, peers }, "millrace").split("\n");
  const cells = lines.slice(4).map((line) => line.split("|").map((cell) => cell.trim()));
  expect(lines[0]).toBe("ten: 1 room of 10, 16 outstanding");
  expect(cells[0]!.slice(1, 6)).toEqual(["millrace", "2,000", "0.50", "2.00", "90 %"]);
  expect(cells[0]!.at(-2)).toBe("3,000, 1,000*, 2,000");
  expect(cells[1]!.at(-3)).toBe("0.50x");
  expect(cells[2]!.at(-2)).toBe("not installed: apt-get install absent");
  expect(new Set(lines.slice(2).map((line) => line.length)).size).toBe(1);
});

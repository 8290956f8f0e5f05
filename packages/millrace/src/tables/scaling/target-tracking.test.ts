import { expect, test } from "bun:test";
import { type Tracked, type Tracking, trackTarget } from "./target-tracking.ts";

const tracking: Tracking = {
  targetValue: 50,
  scaleOutCooldownSeconds: 60,
  scaleInCooldownSeconds: 300,
  scaleInDisabled: false,
};
const tracked: Tracked = {
  unitsPerSecond: 10,
  min: 2,
  max: 100,
  minutes: [],
  outSuspended: false,
  inSuspended: false,
};
const nowMs = 1_000_000;
const many = (count: number, units: number) => Array.from({ length: count }, () => units);
const track = (more: Partial<Tracked>, other: Partial<Tracking> = {}) =>
  trackTarget({ ...tracking, ...other }, { ...tracked, ...more }, nowMs);

test.each([
  ["one minute above the target is not enough", { minutes: [301] }, undefined],
  ["exactly the target is not above it", { minutes: [300, 300] }, undefined],
  ["two minutes are", { minutes: [301, 600] }, { to: 20, alarm: "AlarmHigh" }],
  ["two that are not the last are not", { minutes: [600, 600, 300] }, undefined],
  ["no more than the most", { minutes: [60_000, 60_000] }, { to: 100, alarm: "AlarmHigh" }],
  ["not while it cools down", { minutes: [600, 600], lastOutMs: nowMs - 59_999 }, undefined],
  [
    "again when it has",
    { minutes: [600, 600], lastOutMs: nowMs - 60_000 },
    { to: 20, alarm: "AlarmHigh" },
  ],
  ["not while that is suspended", { minutes: [600, 600], outSuspended: true }, undefined],
  ["fourteen quiet minutes are not enough", { minutes: many(14, 60) }, undefined],
  ["fifteen are", { minutes: many(15, 60) }, { to: 2, alarm: "AlarmLow" }],
  ["the busiest of them counts", { minutes: [...many(14, 60), 150] }, { to: 5, alarm: "AlarmLow" }],
  ["a fifth below the target is the bound", { minutes: [...many(14, 60), 240] }, undefined],
  ["a minute without any use is no data point", { minutes: [...many(14, 60), 0] }, undefined],
  ["not soon after it rose", { minutes: many(15, 60), lastOutMs: nowMs - 299_000 }, undefined],
  ["not soon after it fell", { minutes: many(15, 60), lastInMs: nowMs - 299_000 }, undefined],
  ["not while that is suspended", { minutes: many(15, 60), inSuspended: true }, undefined],
] as const)("%s", (_, more, move) => {
  expect(track(more)).toEqual(move);
});

test("nothing falls where that is off", () => {
  expect(track({ minutes: many(15, 60) }, { scaleInDisabled: true })).toBeUndefined();
});

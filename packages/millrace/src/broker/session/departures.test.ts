import { expect, test } from "bun:test";
import { ManualClock } from "../../base/mod.ts";
import { Departures } from "./departures.ts";

const disconnectReason = "CONNECTION_LOST" as const;

function leaver() {
  const clock = new ManualClock();
  const departures = new Departures(clock);
  const leave = (clientId: string, versionNumber = 0) => {
    const disconnectedAtMs = clock.now();
    departures.add({ clientId, disconnectedAtMs, disconnectReason, versionNumber });
  };
  return { clock, departures, leave };
}

test("departures are bounded: whose session ended longest ago is forgotten first", () => {
  const { departures, leave } = leaver();
  leave("first");
  leave("second");
  leave("first");
  for (let number = 0; number < 99_999; number += 1) leave(`${number}`);
  expect(departures.get("second")).toBeUndefined();
  expect(departures.get("first")).toBeDefined();
});

test("a departure is known for an hour, and taken once", () => {
  const { clock, departures, leave } = leaver();
  leave("ann", 7);
  leave("ben");
  const disconnectedAtMs = clock.now();
  clock.advance(3_599_999);
  const known = { disconnectedAtMs, disconnectReason, versionNumber: 7 };
  expect(departures.take("ann")).toEqual(known);
  expect(departures.take("ann")).toBeUndefined();
  clock.advance(1);
  expect(departures.get("ben")).toBeUndefined();
});

import { expect, test } from "bun:test";
import { ManualClock } from "../../../base/mod.ts";
import { openMemoryRecords } from "../../../storage/mod.ts";
import { account, busy, rule, sale, settle, startHouse } from "./bus-fixture.ts";

const minuteMs = 60_000;

function scheduled(schedule: string) {
  return rule({ schedule, pattern: undefined });
}

type House = Awaited<ReturnType<typeof startHouse>>;

/** The times of the events that came, in seconds since the beginning. */
async function timesOf({ received }: House, startMs: number): Promise<number[]> {
  await settle();
  return received.map(({ text }) => (Date.parse(JSON.parse(text).time) - startMs) / 1000);
}

async function pass({ clock }: House, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= minuteMs) {
    clock.advance(Math.min(left, minuteMs));
    await settle();
  }
}

test("a schedule gives its rule's targets the documented event at its time", async () => {
  const house = await startHouse({ rules: [scheduled("cron(2/5 * * * ? *)")] });
  const startMs = house.clock.now();
  await pass(house, 8 * minuteMs);
  expect(await timesOf(house, startMs)).toEqual([120, 420]);
  expect(JSON.parse(house.received[0]!.text)).toEqual({
    version: "0",
    id: expect.any(String),
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: account.accountId,
    time: "2026-01-01T00:02:00Z",
    region: account.region,
    resources: ["arn:aws:events:eu-central-1:111122223333:rule/r"],
    detail: {},
  });
});

test("a rate counts from when the rule came, over restarts, and anew when it is set anew", async () => {
  const records = openMemoryRecords();
  const clock = new ManualClock();
  const startMs = clock.now();
  const first = await startHouse({ records, clock, rules: [scheduled("rate(5 minutes)")] });
  await pass(first, 7 * minuteMs);
  expect(await timesOf(first, startMs)).toEqual([300]);
  await first.buses.close();
  const second = await startHouse({ records, clock, rules: [scheduled("rate(5 minutes)")] });
  await pass(second, 4 * minuteMs);
  expect(await timesOf(second, startMs)).toEqual([600]);
  await second.buses.close();
  const third = await startHouse({ records, clock, rules: [scheduled("rate(3 minutes)")] });
  await pass(third, 3 * minuteMs);
  expect(await timesOf(third, startMs)).toEqual([14 * 60]);
});

test("what passed while nobody watched is not made up", async () => {
  const records = openMemoryRecords();
  const clock = new ManualClock();
  const startMs = clock.now();
  const rules = [scheduled("rate(1 hour)")];
  const first = await startHouse({ records, clock, rules });
  await first.buses.close();
  clock.advance(5 * 60 * minuteMs + 1);
  const second = await startHouse({ records, clock, rules });
  await pass(second, 60 * minuteMs);
  expect(await timesOf(second, startMs)).toEqual([6 * 3600]);
});

test("a clock that leaps gives nothing twice and nothing late", async () => {
  const house = await startHouse({ rules: [scheduled("cron(0 * * * ? *)")] });
  const startMs = house.clock.now();
  let offsetMs = 0;
  const now = house.clock.now.bind(house.clock);
  house.clock.now = () => now() + offsetMs;
  offsetMs = 90 * minuteMs; // asleep over one full hour
  await pass(house, 31 * minuteMs);
  expect(await timesOf(house, startMs)).toEqual([2 * 3600]);
  offsetMs = 60 * minuteMs; // set back by half an hour, before the same hour
  await pass(house, 28 * minuteMs);
  expect(await timesOf(house, startMs)).toEqual([2 * 3600]);
});

test("a rule that is disabled rests, and one that is made later is heard", async () => {
  const house = await startHouse({ rules: [scheduled("rate(1 minute)")] });
  const { catalogue } = house.buses;
  const startMs = house.clock.now();
  await catalogue.setEnabled("default", "r", false);
  await pass(house, 3 * minuteMs);
  await catalogue.setEnabled("default", "r", true);
  await pass(house, minuteMs);
  expect(await timesOf(house, startMs)).toEqual([240]);
  await catalogue.removeTargets("default", "r", ["1"]);
  await catalogue.deleteRule("default", "r");
  const { targets, ...settings } = scheduled("rate(2 minutes)");
  await catalogue.putRule({ ...settings, name: "later" });
  await catalogue.putTargets("default", "later", targets);
  await pass(house, 2 * minuteMs);
  expect(await timesOf(house, startMs)).toEqual([240, 360]);
});

test("a rule with both hears of events and of time", async () => {
  const house = await startHouse({ rules: [rule({ schedule: "rate(1 minute)" })] });
  await house.buses.put([sale]);
  await pass(house, minuteMs);
  const sources = house.received.map(({ text }) => JSON.parse(text).source);
  expect(sources).toEqual(["shop", "aws.events"]);
});

test("a scheduled event is tried again as any other", async () => {
  const house = await startHouse({ rules: [scheduled("cron(1 0 * * ? *)")] });
  let tries = 0;
  house.state.fail = async () => {
    tries += 1;
    if (tries === 1) throw busy();
  };
  await pass(house, 2 * minuteMs);
  expect([tries, house.received.length]).toEqual([2, 1]);
});

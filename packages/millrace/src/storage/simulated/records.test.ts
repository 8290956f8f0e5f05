import { expect, test } from "bun:test";
import { textOf, utf8, WorldError } from "../../base/mod.ts";
import type { Change, Records } from "../records.ts";
import { recordsSuite } from "../records-suite.ts";
import type { SimulatedDisk } from "./disk.ts";
import { newDisk, randomOf } from "./disk-fixture.ts";
import { openSimulatedRecords } from "./records.ts";

const open = (disk: SimulatedDisk) => openSimulatedRecords(disk, randomOf(1));

let latest: SimulatedDisk;
const create = (bytesMax?: number) => {
  latest = newDisk(7, bytesMax);
  return open(latest);
};

recordsSuite("simulated", {
  create: () => create(),
  reopen: () => {
    latest.kill();
    return open(latest);
  },
  createSmall: () => create(1_000_000),
});

const put = (key: string, value: string): Change => ({
  space: "s",
  key: utf8(key),
  value: utf8(value),
});
const write = (records: Records, ...changes: Change[]) =>
  records.update([], () => ({ changes, result: undefined }));

async function textsIn(records: Records): Promise<Record<string, string>> {
  const entries = await records.range({ space: "s", countMax: 10_000 });
  return Object.fromEntries(entries.map(({ key, value }) => [textOf(key), textOf(value)]));
}

async function refusalOf(promise: Promise<unknown>): Promise<WorldError> {
  const refused = await promise.catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(WorldError);
  return refused as WorldError;
}

/** Some turns of the loop, each of which ends an operation of the disk. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("whenever the power goes, what was acknowledged is there, and each update is whole", async () => {
  const random = randomOf(2026);
  let tornCount = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const disk = newDisk(seed);
    let acknowledged = 0;
    let asked = 0;
    for (let life = 0; life < 3; life += 1) {
      const records = await open(disk);
      const found = await textsIn(records);
      const last = Number(found.last ?? 0);
      expect(last).toBeGreaterThanOrEqual(acknowledged);
      expect(last).toBeLessThanOrEqual(asked);
      expect(Object.keys(found)).toHaveLength(last === 0 ? 0 : last + 1);
      for (let number = 1; number <= last; number += 1)
        expect(found[`k${number}`]).toBe(`${number}`);
      if (last < asked) tornCount += 1;
      asked = last;
      while (random.fraction() < 0.9) {
        asked += 1;
        const number = asked;
        const both = [put("last", `${number}`), put(`k${number}`, `${number}`)];
        write(records, ...both).then(() => {
          acknowledged = number;
        });
        await turns(Math.floor(random.fraction() * 3));
      }
      disk.kill();
      await turns(3);
    }
  }
  expect(tornCount).toBeGreaterThan(100); // else nothing was ever torn, and nothing was tested
});

async function filledDisk(): Promise<{ disk: SimulatedDisk; ends: number[] }> {
  const disk = newDisk(3);
  const records = await open(disk);
  const ends = [disk.syncedByteCount];
  for (const key of ["a", "b", "c"]) {
    await write(records, put(key, `the value of ${key}`));
    ends.push(disk.syncedByteCount);
  }
  await records.close();
  return { disk, ends };
}

test("damage before the last frame is refused with file and offset, whichever byte it is", async () => {
  const { ends } = await filledDisk();
  const [first = 0, second = 0, third = 0] = ends;
  for (let at = 0; at < third; at += 1) {
    const { disk } = await filledDisk();
    disk.damage(at);
    const refused = await refusalOf(open(disk));
    expect(refused.code).toBe("DATA_CORRUPT");
    const offset = at < first ? 0 : at < second ? first : second;
    expect(refused.message).toContain(`"simulated.log" is damaged at byte ${offset}`);
  }
});

test("damage within the last frame costs that frame and no other", async () => {
  const { ends } = await filledDisk();
  for (let at = ends.at(-2)!; at < ends.at(-1)!; at += 1) {
    const { disk } = await filledDisk();
    disk.damage(at);
    const texts = await textsIn(await open(disk));
    expect(texts).toEqual({ a: "the value of a", b: "the value of b" });
  }
});

test("a value that looks like a frame of the log is not taken for one", async () => {
  const { disk, ends } = await filledDisk();
  const frame = (await disk.open().read()).slice(ends[0], ends[1]);
  const other = newDisk(4);
  const records = await openSimulatedRecords(other, randomOf(99));
  const start = other.syncedByteCount;
  await records.update([], () => ({
    changes: [{ space: "s", key: utf8("k"), value: frame }],
    result: undefined,
  }));
  other.damage(start);
  expect(await textsIn(await open(other))).toEqual({});
});

test("a log whose beginning was lost before it was synced is begun again", async () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const disk = newDisk(seed);
    open(disk).catch(() => {}); // never answered
    await turns(2);
    disk.kill();
    const records = await open(disk);
    await write(records, put("a", "1"));
    expect(await textsIn(records)).toEqual({ a: "1" });
  }
});

test("a write or sync that failed is not seen, and does not come back after a kill", async () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const disk = newDisk(seed);
    const records = await open(disk);
    await write(records, put("a", "before"));
    if (seed % 2 === 0) disk.failNext(1);
    const failing = write(records, put("a", "after"));
    if (seed % 2 === 1) {
      await turns(1);
      disk.failNext(1);
    }
    expect((await refusalOf(failing)).code).toBe("DISK_IO");
    expect(await textsIn(records)).toEqual({ a: "before" });
    disk.kill();
    const again = await open(disk);
    expect(await textsIn(again)).toEqual({ a: "before" });
    await write(again, put("a", "later"));
    expect(await textsIn(again)).toEqual({ a: "later" });
  }
});

test("when what failed cannot be taken off either, nothing more is taken until a restart", async () => {
  const disk = newDisk(5);
  const records = await open(disk);
  await write(records, put("a", "before"));
  disk.failNext(2);
  expect((await refusalOf(write(records, put("a", "after")))).code).toBe("DISK_IO");
  expect((await refusalOf(write(records, put("a", "later")))).code).toBe("STORAGE_STOPPED");
  const again = await open(disk);
  await write(again, put("b", "1"));
  expect((await textsIn(again)).b).toBe("1");
});

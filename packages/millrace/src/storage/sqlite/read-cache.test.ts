import { expect, test } from "bun:test";
import { spellAddress } from "../identity.ts";
import type { Change } from "../records.ts";
import { ReadCache } from "./read-cache.ts";

const address = (name: string) => ({ space: "s", key: Uint8Array.from(Buffer.from(name)) });
const change = (name: string, value?: number): Change => ({
  ...address(name),
  value: value === undefined ? undefined : Uint8Array.of(value),
});

const spelled = (name: string) => spellAddress(address(name));
const batchOf = (...changes: Change[]) => new Map(changes.map((one) => [spellAddress(one), one]));

/** A disk that counts how often it is read. */
function scene(bytesMax?: number) {
  const cache = new ReadCache(bytesMax);
  const disk = new Map<string, number>();
  let readCount = 0;
  const read = ({ key }: { key: Uint8Array }) => {
    readCount += 1;
    const value = disk.get(Buffer.from(key).toString());
    return value === undefined ? undefined : Uint8Array.of(value);
  };
  const get = (name: string) => cache.get(address(name), spelled(name), read)?.[0];
  return { cache, disk, get, read, reads: () => readCount };
}

test("what was read is read from the disk once", () => {
  const { disk, get, reads } = scene();
  disk.set("a", 1);
  expect([get("a"), get("a"), reads()]).toEqual([1, 1, 1]);
});

test("nobody can change what others get", () => {
  const { cache, disk, get, read } = scene();
  disk.set("a", 1);
  for (let at = 0; at < 2; at += 1) cache.get(address("a"), spelled("a"), read)?.fill(9);
  expect(get("a")).toBe(1);
});

test("while a batch is on its way, its records are the disk's, and nothing of them is kept", () => {
  const { cache, disk, get, reads } = scene();
  disk.set("a", 1).set("b", 1);
  get("a");
  const batch = batchOf(change("a", 2), change("b", 2));
  cache.begin(batch);
  expect([get("a"), get("b")]).toEqual([1, 1]);
  disk.set("a", 2).set("b", 2);
  expect([get("a"), get("b"), reads()]).toEqual([2, 2, 5]);
  cache.end(batch, "committed");
  expect([get("a"), get("b")]).toEqual([2, 2]);
});

test("what was kept is kept anew once it has changed, and only that", () => {
  const { cache, disk, get, reads } = scene();
  disk.set("a", 1);
  get("a");
  const batch = batchOf(change("a", 2), change("b", 2));
  cache.begin(batch);
  disk.set("a", 2).set("b", 2);
  cache.end(batch, "committed");
  expect([get("a"), reads(), get("b"), reads()]).toEqual([2, 1, 2, 2]);
});

test("what was deleted is gone", () => {
  const { cache, disk, get } = scene();
  disk.set("a", 1);
  get("a");
  const batch = batchOf(change("a"));
  cache.begin(batch);
  disk.delete("a");
  cache.end(batch, "committed");
  expect(get("a")).toBeUndefined();
});

test("of a batch that failed nothing is kept", () => {
  const { cache, disk, get } = scene();
  disk.set("a", 1);
  get("a");
  const batch = batchOf(change("a", 2));
  cache.begin(batch);
  cache.end(batch, "failed");
  expect(get("a")).toBe(1);
});

test("it does not grow: what was not asked for lately goes", () => {
  const { disk, get, reads } = scene(10_000);
  for (let at = 0; at < 200; at += 1) {
    disk.set(`k${at}`, at);
    get(`k${at}`);
  }
  const before = reads();
  expect([get("k199"), reads()]).toEqual([199, before]);
  expect([get("k0"), reads()]).toEqual([0, before + 1]);
});

test("what is read all the time stays, however much else is read or written over", () => {
  const { cache, disk, get, reads } = scene(10_000);
  disk.set("hot", 1).set("counter", 0);
  get("hot");
  get("counter");
  for (let at = 0; at < 200; at += 1) {
    disk.set(`k${at}`, at);
    get(`k${at}`);
    get("hot");
  }
  expect(reads()).toBe(202);
  get("counter");
  for (let at = 1; at <= 200; at += 1) {
    const batch = batchOf(change("counter", at));
    cache.begin(batch);
    cache.end(batch, "committed");
  }
  const before = reads();
  expect([get("hot"), get("counter"), reads()]).toEqual([1, 200, before]);
});

import { expect, test } from "bun:test";
import { textOf, utf8, WorldError } from "../base/mod.ts";
import { GroupCommit } from "./group-commit.ts";
import { spellAddress } from "./identity.ts";
import type { Change, RecordAddress } from "./records.ts";

/** A disk whose commits are ended by the test, one after the other. */
function manualDisk() {
  const durable = new Map<string, Uint8Array>();
  const begun: { changes: readonly Change[]; succeed(): void; fail(error: unknown): void }[] = [];
  return {
    begun,
    read: (address: RecordAddress) => durable.get(spellAddress(address)),
    commit: (batch: ReadonlyMap<string, Change>) =>
      new Promise<void>((resolve, reject) => {
        const changes = [...batch.values()];
        const succeed = () => {
          for (const change of changes) {
            if (change.value) durable.set(spellAddress(change), change.value);
            else durable.delete(spellAddress(change));
          }
          resolve();
        };
        begun.push({ changes, succeed, fail: reject });
      }),
  };
}

const limits = { batchUpdatesMax: 3, batchBytesMax: 1_000, waitingMax: 4 };
const at = (key: string): RecordAddress => ({ space: "s", key: utf8(key) });
const turn = () => new Promise((resolve) => setImmediate(resolve));

function start() {
  const disk = manualDisk();
  const commits = new GroupCommit(disk, limits);
  const log: string[] = [];
  const note = (name: string, promise: Promise<unknown>) =>
    promise.then(
      (result) => log.push(`${name}=${result}`),
      (error: unknown) => log.push(`${name}!${error instanceof Error ? error.message : error}`),
    );
  const append = (name: string, key = "k") =>
    note(
      name,
      commits.update([at(key)], ([value]) => {
        const text = (value ? textOf(value) : "") + name;
        return { changes: [{ ...at(key), value: utf8(text) }], result: text };
      }),
    );
  const look = (name: string, key = "k") =>
    note(
      name,
      commits.update([at(key)], ([value]) => ({ changes: [], result: value && textOf(value) })),
    );
  return { disk, commits, log, append, look };
}

test("updates of one turn share a commit, and those that come later share the next", async () => {
  const { disk, log, append } = start();
  append("a");
  append("b");
  await turn();
  append("c");
  append("d");
  await turn();
  expect(disk.begun).toHaveLength(1);
  expect(disk.begun[0]!.changes.map((change) => textOf(change.value!))).toEqual(["ab"]);
  expect(log).toEqual([]);
  disk.begun[0]!.succeed();
  await turn();
  expect(log).toEqual(["a=a", "b=ab"]);
  expect(disk.begun[1]!.changes.map((change) => textOf(change.value!))).toEqual(["abcd"]);
});

test("an update without changes waits for what it has looked at, and for nothing else", async () => {
  const { disk, log, append, look } = start();
  append("a");
  await turn();
  append("b");
  append("x", "other");
  look("first");
  look("second", "another");
  await turn();
  expect(log).toEqual(["second=undefined"]);
  disk.begun[0]!.succeed();
  await turn();
  expect(log).toEqual(["second=undefined", "a=a"]);
  disk.begun[1]!.succeed();
  await turn();
  expect(log.slice(2)).toEqual(["b=ab", "x=x", "first=ab"]);
});

test("a failed commit gives up what was built upon it, and the next starts afresh", async () => {
  const { disk, log, append, look } = start();
  append("a");
  await turn();
  append("b");
  look("seen");
  await turn();
  disk.begun[0]!.fail(new WorldError("DISK_FULL", "full"));
  await turn();
  expect(log).toEqual(["a!full", "b!full", "seen!full"]);
  expect(disk.begun).toHaveLength(1);
  append("c");
  await turn();
  disk.begun[1]!.succeed();
  await turn();
  expect(log.slice(3)).toEqual(["c=c"]);
});

test("a full batch makes updates wait in order, and too many are refused", async () => {
  const { disk, commits, log, append } = start();
  for (const name of ["a", "b", "c"]) append(name);
  for (const name of ["d", "e", "f", "g"]) append(name);
  append("h");
  await turn();
  expect(log).toEqual(["h!cannot accept an update: 4 wait for the disk"]);
  expect([commits.pendingCount, commits.refusedCount]).toEqual([7, 1]);
  disk.begun[0]!.succeed();
  await turn();
  disk.begun[1]!.succeed();
  await turn();
  disk.begun[2]!.succeed();
  await turn();
  expect([commits.pendingCount, commits.refusedCount]).toEqual([0, 1]);
  expect(log.slice(1)).toEqual([
    "a=a",
    "b=ab",
    "c=abc",
    "d=abcd",
    "e=abcde",
    "f=abcdef",
    "g=abcdefg",
  ]);
});

test("an update that waited decides on what is there when its turn comes", async () => {
  const { disk, log, append } = start();
  for (const name of ["a", "b", "c"]) append(name);
  await turn();
  for (const name of ["d", "e", "f"]) append(name);
  append("g");
  disk.begun[0]!.fail(new WorldError("DISK_IO", "lost"));
  await turn();
  expect(log).toEqual(["a", "b", "c", "d", "e", "f"].map((name) => `${name}!lost`));
  disk.begun[1]!.succeed();
  await turn();
  expect(log.slice(6)).toEqual(["g=g"]);
});

test("settled answers once nothing is under way", async () => {
  const { disk, commits, log, append } = start();
  await commits.settled();
  for (const name of ["a", "b", "c", "d"]) append(name);
  const settled = commits.settled().then(() => log.push("settled"));
  await turn();
  disk.begun[0]!.succeed();
  await turn();
  expect(log).not.toContain("settled");
  disk.begun[1]!.succeed();
  await settled;
  expect(log).toEqual(["a=a", "b=ab", "c=abc", "d=abcd", "settled"]);
});

test("an update that waited and asks for the impossible fails alone", async () => {
  const { disk, log, commits, append } = start();
  append("a");
  await turn();
  for (const name of ["b", "c", "d"]) append(name);
  const change = { space: "s", key: new Uint8Array(3_000), value: utf8("x") };
  const refused = commits.update([], () => ({ changes: [change], result: undefined }));
  const reason = refused.catch((error: unknown) => String(error));
  append("e");
  for (let commit = 0; commit < 3; commit += 1) {
    disk.begun[commit]!.succeed();
    await turn();
  }
  expect(await reason).toContain("a key of 3000 bytes is longer");
  expect(log).toEqual(["a=a", "b=ab", "c=abc", "d=abcd", "e=abcde"]);
});

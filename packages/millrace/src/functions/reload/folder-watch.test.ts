import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { type LogFields, ManualClock, silentLogger } from "../../base/mod.ts";
import { FolderWatch } from "./folder-watch.ts";
import { type FolderListener, WatchedFolders } from "./watched-folders.ts";

function watchTemporaries() {
  const clock = new ManualClock();
  const listeners = new Map<string, FolderListener>();
  const folders = {
    join: (folder: string, listener: FolderListener) => void listeners.set(folder, listener),
    leave: (folder: string) => void listeners.delete(folder),
  };
  const told = { count: 0 };
  const onChange = () => {
    told.count += 1;
  };
  const watch = new FolderWatch({ clock, folders, onChange });
  watch.follow({ folders: [tmpdir()], files: [] });
  const change = () => listeners.get(tmpdir())!("a.js");
  return { clock, told, change, watch, listeners };
}

test("a save that is several changes is told once, when it is quiet", () => {
  const { clock, told, change } = watchTemporaries();
  for (let times = 0; times < 3; times += 1) {
    change();
    clock.advance(49);
  }
  expect(told.count).toBe(0);
  clock.advance(1);
  expect(told.count).toBe(1);
});

test("changes without end are told all the same", () => {
  const { clock, told, change } = watchTemporaries();
  for (let ms = 0; ms < 3000; ms += 10) {
    change();
    clock.advance(10);
  }
  expect(told.count).toBe(3);
});

test("nothing is listened to any more, or told, once it is closed", () => {
  const { clock, told, change, watch, listeners } = watchTemporaries();
  change();
  watch.close();
  expect(listeners.size).toBe(0);
  clock.advance(5000);
  expect(told.count).toBe(0);
});

test.each([
  ["ENOSPC", 1],
  ["EMFILE", 1],
  ["ENOENT", 0],
])("that the system watches no more is told once: %s", (code, count) => {
  const told: LogFields[] = [];
  const warn = (_: string, fields: LogFields = {}) => void told.push(fields);
  const watch = () => {
    throw Object.assign(new Error(`${code}: no more`), { code });
  };
  const folders = new WatchedFolders({ logger: { ...silentLogger, warn }, watch });
  for (let times = 0; times < 3; times += 1) folders.join(tmpdir(), () => {});
  expect(told).toHaveLength(count);
  if (count > 0) expect(told[0]).toMatchObject({ folder: tmpdir() });
});

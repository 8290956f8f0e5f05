/** The small pure parts of the page: room names, ids, lines, memory, outbox. */

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readLine } from "./line.ts";
import { openMemory } from "./memory.ts";
import { openOutbox } from "./outbox.ts";
import { openPerson } from "./person.ts";
import { levelOf, pathOfRoom, roomOfPath } from "./room.ts";
import { createStorage } from "./testing/storage.ts";
import { createUlids, timeOfUlid } from "./ulid.ts";

const level = /^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+$/;
const zeros = (count: number) => new Uint8Array(count);

describe("a room's name", () => {
  test("is one topic level, whatever it holds", () => {
    expect(levelOf("lobby")).toBe("lobby");
    expect(levelOf("c++")).toBe("c%2B%2B");
    expect(levelOf("a/b #1")).toBe("a%2Fb%20%231");
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (name) => {
        expect(levelOf(name)).toMatch(level);
      }),
    );
  });

  test("comes back from the path of its link", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 12 }), (name) => {
        const link = pathOfRoom(name);
        if (!("path" in link)) return;
        const { pathname } = new URL(link.path, "http://chat.example");
        expect(roomOfPath(pathname)).toBe(
          name
            .trim()
            .replace(/^\/+|\/+$/g, "")
            .normalize(),
        );
      }),
    );
  });

  test("may hold a bare percent sign", () => expect(roomOfPath("/100%")).toBe("100%"));

  test.each(["", " ", "..", "a/../b", "mqtt", "assets/app.js", "x".repeat(201)])(
    "cannot be %p",
    (name) => expect(pathOfRoom(name)).toHaveProperty("refused"),
  );
});

describe("a ULID", () => {
  test("holds its time", () => {
    const makeId = createUlids({ now: () => 1_767_225_600_000, random: zeros });
    expect(makeId()).toBe("01KDVDNA000000000000000000");
    expect(timeOfUlid(makeId())).toBe(1_767_225_600_000);
  });

  test("is greater than the one before, also when the clock is set back", () => {
    const times = [5, 5, 5, 3, 9];
    const makeId = createUlids({ now: () => times.shift() ?? 0, random: zeros });
    const ids = Array.from({ length: 5 }, makeId);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(5);
  });
});

describe("a line", () => {
  const line = {
    id: "01KDVDNA000000000000000000",
    name: "Ann",
    text: "<b>hello</b>",
    author: "0123456789ab",
    at: 1_767_225_600_000,
  };

  test("is read, without what does not belong to it", () => {
    expect(readLine({ ...line, v: 1, type: "say", evil: true })).toEqual(line);
  });

  test.each([
    null,
    "text",
    {},
    { message: null },
    { ...line, id: "01kdvdna000000000000000000" },
    { ...line, name: " " },
    { ...line, name: "x".repeat(41) },
    { ...line, text: { toString: "x" } },
    { ...line, text: "x".repeat(4_001) },
    { ...line, author: "n/a" },
    { ...line, at: "1767225600000" },
    { ...line, at: 1e300 },
  ])("is not what lacks a member or has a wrong one", (value) => {
    expect(readLine(value)).toBeUndefined();
  });
});

describe("what is remembered", () => {
  test("is nothing where the browser forbids it, and nothing breaks", () => {
    const memory = openMemory(() => {
      throw new Error("blocked");
    });
    expect(memory.set("a", "1")).toBe(false);
    expect(memory.get("a")).toBeUndefined();
    expect(memory.keys("")).toEqual([]);
    expect(openPerson(memory, "r:i", zeros)).toEqual({ clientId: "r:i-000000000000" });
  });

  test("are the lines that wait, in order, for a day", () => {
    const storage = createStorage();
    const memory = openMemory(() => storage);
    const now = 1_767_225_600_000;
    const makeId = createUlids({ now: () => now, random: zeros });
    const drafts = ["one", "two"].map((text) => ({ id: makeId(), name: "Ann", text }));
    const outbox = openOutbox(memory, "lobby", now);
    for (const draft of drafts) expect(outbox.add(draft)).toBe(true);
    memory.set("chat.outbox:lobby:junk", "{");

    expect(openOutbox(memory, "lobby", now).drafts()).toEqual(drafts);
    expect(openOutbox(memory, "other", now).drafts()).toEqual([]);
    expect(openOutbox(memory, "lobby", now + 86_400_001).drafts()).toEqual([]);
    expect(memory.keys("chat.outbox:")).toEqual([]);
  });

  test("is not more than a hundred lines", () => {
    const outbox = openOutbox(openMemory(createStorage), "lobby", 0);
    const makeId = createUlids({ now: () => 1, random: zeros });
    const add = () => outbox.add({ id: makeId(), name: "Ann", text: "x" });
    expect(Array.from({ length: 101 }, add).lastIndexOf(true)).toBe(99);
  });
});

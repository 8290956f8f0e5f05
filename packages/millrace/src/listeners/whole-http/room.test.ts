import { afterAll, expect, test } from "bun:test";
import { type Logger, ManualClock, silentLogger } from "../../base/mod.ts";
import { askMsMin } from "../limits.ts";
import type { Caller } from "../listener-fixture.ts";
import { calling, echo, plain, post, scene, stopAll, until } from "./front-fixture.ts";
import { Refusals } from "./room.ts";
import type { WholeRequest } from "./whole-answer.ts";

afterAll(stopAll);

/** Answers when the front has met it, too: connections are accepted in turn. */
async function ask(port: number, text: string): Promise<Caller> {
  const caller = calling(port, post(text));
  await until(() => caller.received.endsWith(`heard ${text}`));
  return caller;
}

test("who says nothing makes room, then who waits, the longest there first", async () => {
  const clock = new ManualClock();
  const { port } = scene(echo, 60, { connectionFilesMax: 4, clock });
  const kept = await ask(port, "kept");
  const silent = calling(port, "POST / HTTP/1.1\r\nHost: local");
  await silent.opened;
  const later = calling(port, "");
  await later.opened;
  const last = await ask(port, "last");
  clock.advance(askMsMin);
  const closed: string[] = [];
  const parties = { kept, silent, later, last };
  for (const [name, caller] of Object.entries(parties)) {
    void Promise.race([caller.ended, caller.closed]).then(() => closed.push(name));
  }
  for (const [text, gone] of [
    ["first", ["silent"]],
    ["second", ["silent", "later"]],
    ["third", ["silent", "later", "kept"]],
  ] as const) {
    await ask(port, text);
    await until(() => closed.length === gone.length);
    expect(closed).toEqual([...gone]);
  }
  last.socket.write(post("still"));
  await until(() => last.received.endsWith("heard still"));
});

test("who comes together with others has a moment to ask; who waits makes room then", async () => {
  const clock = new ManualClock();
  const { port } = scene(echo, 60, { connectionFilesMax: 8, clock });
  const kept: Caller[] = [];
  for (let count = 0; count < 8; count += 1) kept.push(await ask(port, `${count}`));
  const newcomers = Array.from({ length: 5 }, () => calling(port, ""));
  for (const caller of kept.slice(0, 5)) await caller.ended;
  for (const { socket } of newcomers) socket.write(post("all"));
  await until(() => newcomers.every(({ received }) => received.endsWith("heard all")));
  kept[5]!.socket.write(post("still"));
  await until(() => kept[5]!.received.endsWith("heard still"));
});

test("where everybody has only just come, the first of them makes room", async () => {
  const clock = new ManualClock();
  const { port } = scene(echo, 60, { connectionFilesMax: 2, clock });
  const [first, second] = [calling(port, ""), calling(port, "")];
  await Promise.all([first.opened, second.opened]);
  const third = await ask(port, "third");
  await first.closed;
  second.socket.write(post("second"));
  await until(() => second.received.endsWith("heard second"));
  expect(third.socket.destroyed).toBe(false);
});

test("who waits for the header of its proxy takes room, and makes room", async () => {
  const more = { connectionFilesMax: 5, proxyHeaderSecondsMax: 60, clock: new ManualClock() };
  const { port } = scene(echo, 60, more);
  const callers = Array.from({ length: 20 }, () => calling(port, ""));
  let closedCount = 0;
  for (const { closed } of callers) void closed.then(() => (closedCount += 1));
  await until(() => closedCount === 15);
  const request = `PROXY TCP4 192.0.2.7 198.51.100.1 56324 80\r\n${post("all")}`;
  for (const { socket } of callers) if (!socket.destroyed) socket.write(request);
  const answered = () => callers.filter(({ received }) => received.endsWith("heard all"));
  await until(() => answered().length === 5);
  const next = calling(port, request);
  await until(() => next.received.endsWith("heard all"));
  await until(() => answered().some(({ socket }) => socket.readableEnded));
});

test("who is answered is not cut off: then nobody else comes in", async () => {
  const held: (() => void)[] = [];
  const answer = async () => {
    await new Promise<void>((resolve) => held.push(resolve));
    return { status: 200, headers: {}, body: "at last" };
  };
  const { port } = scene(answer, 60, { connectionFilesMax: 2 });
  const busy = [calling(port, post("a")), calling(port, post("b"))];
  await until(() => held.length === 2);
  await calling(port, post("c")).closed;
  for (const end of held) end();
  for (const caller of busy) await until(() => caller.received.endsWith("at last"));
});

test("who makes room still receives the whole of its last answer", async () => {
  const sizeBytes = 2_000_000;
  const large = { ...plain, body: Buffer.alloc(sizeBytes, "a") };
  const answer = (request: WholeRequest) => (request.body.length > 0 ? echo(request) : large);
  const { port } = scene(answer, 60, { connectionFilesMax: 2 });
  const slow = calling(port, post(""));
  slow.socket.pause();
  await Bun.sleep(100); // so that the kernel has it all, or what it takes
  for (const text of ["first", "second", "third"]) await ask(port, text);
  slow.socket.resume();
  await Promise.race([slow.ended, slow.closed]);
  expect(slow.error).toBeUndefined();
  expect(slow.receivedBytes).toBeGreaterThan(sizeBytes);
});

test("the log is told of those who were refused now and then, with their number", () => {
  const clock = new ManualClock();
  const told: unknown[] = [];
  const warn: Logger["warn"] = (_, fields) => void told.push(fields);
  const refusals = new Refusals({ clock, logger: { ...silentLogger, warn } });
  for (let count = 0; count < 3; count += 1) refusals.count("192.0.2.1");
  expect(told).toEqual([{ count: 1, ip: "192.0.2.1" }]);
  clock.advance(10_000);
  refusals.count("192.0.2.2");
  expect(told.slice(1)).toEqual([{ count: 3, ip: "192.0.2.2" }]);
});

test("one that was handed over counts for its three sockets, and few may be", async () => {
  const { port } = scene(echo, 60, { connectionFilesMax: 6 });
  const other = calling(port, post("of the server", "x-there: 1"));
  await until(() => other.received.includes("server heard of the server"));
  const refused = calling(port, post("another", "x-there: 1"));
  await refused.ended;
  expect(refused.error).toBeUndefined();
  expect(refused.received).toMatch(/^HTTP\/1\.1 503 .*\r\nconnection: close\r\n/);
  refused.socket.end();
  const first = await ask(port, "first");
  for (const text of ["second", "third", "fourth"]) await ask(port, text);
  await first.ended;
  expect(other.socket.destroyed).toBe(false);
  other.socket.destroy();
  for (let heard = ""; !heard.includes("server heard"); await Bun.sleep(1)) {
    const next = calling(port, post("the next", "x-there: 1"));
    await until(() => next.received !== "");
    heard = next.received;
  }
});

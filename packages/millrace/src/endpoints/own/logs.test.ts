import { afterAll, expect, test } from "bun:test";
import { openDoor } from "../door-fixture.ts";
import { followerBytesMax, logLinesDefault } from "../limits.ts";

const door = await openDoor();
afterAll(() => door.close());

type Line = Record<string, unknown>;

async function linesOf(query = ""): Promise<Line[]> {
  const answer = await fetch(`${door.url}/_millrace/logs${query}`);
  expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
  const lines = (await answer.text()).split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Line);
}

const messagesOf = async (query: string) => (await linesOf(query)).map(({ message }) => message);

let written = 0;

function write(message: string, group = "/aws/lambda/f", stream = "s"): void {
  written += 1;
  door.logs.write({ group, stream, message, timestampMs: door.clock.now() + written });
}

test("the newest lines come, of all groups or one, the oldest of them first", async () => {
  write("one");
  write("two", "rules");
  write("three");
  const line = { stream: "s", time: expect.stringMatching(/^2026-01-01T00:00:00\.00\dZ$/) };
  expect(await linesOf()).toEqual([
    { ...line, group: "/aws/lambda/f", message: "one" },
    { ...line, group: "rules", message: "two" },
    { ...line, group: "/aws/lambda/f", message: "three" },
  ]);
  expect(await messagesOf("?function=f")).toEqual(["one", "three"]);
  expect(await messagesOf("?group=rules")).toEqual(["two"]);
  expect(await messagesOf("?filter=t")).toEqual(["two", "three"]);
  expect(await messagesOf(`?since=${door.clock.now() + 2}`)).toEqual(["two", "three"]);
  expect(await linesOf("?limit=1")).toMatchObject([{ unread: true }, { message: "three" }]);
  expect(await linesOf("?limit=0")).toEqual([]);
});

test("a call that the node knows of a line is told, to who follows too, and in no message", async () => {
  const requestId = "842206f6-0000-4000-8000-000000000000";
  const line = { group: "calls", stream: "s", requestId, timestampMs: door.clock.now() };
  door.logs.write({ ...line, message: "first" });
  const answer = await fetch(`${door.url}/_millrace/logs?group=calls&follow=true&limit=9`);
  door.logs.write({ ...line, message: "later" });
  let text = "";
  for await (const chunk of answer.body!) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("later")) break;
  }
  const lines = text.split("\n").filter(Boolean);
  expect(lines.map((one) => JSON.parse(one))).toMatchObject([
    { requestId, message: "first" },
    { requestId, message: "later" },
  ]);
  write("of none", "calls");
  expect((await linesOf("?group=calls")).map((one) => one.requestId)).toEqual([
    requestId,
    requestId,
    undefined,
  ]);
});

test("as many as one answer holds, and it says when there are more", async () => {
  for (let n = 0; n < logLinesDefault + 5; n += 1) write(`${n}`, "many");
  const [unread, ...lines] = await linesOf("?group=many");
  expect(unread).toEqual({ unread: true });
  expect(lines).toHaveLength(logLinesDefault);
  expect(lines.at(-1)).toMatchObject({ message: `${logLinesDefault + 4}` });
  expect(await linesOf("?group=many&since=2026-01-01")).toHaveLength(logLinesDefault + 5);
});

test.each([
  ["?nope=1", 400, '"nope" of the logs is not implemented'],
  ["?filter=%25x", 400, `the closing "%" is missing, at character 1`],
  ["?since=yesterday", 400, 'since "yesterday" is no moment'],
  ["?limit=-1", 400, 'limit "-1" is no whole number'],
  ["?function=f&group=g", 400, "not asked for together"],
  ["?function=nowhere", 404, 'there is no function "nowhere"'],
  ["?group=rule", 404, "there is no log group \"rule\" (did you mean 'rules'?)"],
])("%s is refused", async (query, status, message) => {
  const answer = await fetch(`${door.url}/_millrace/logs${query}`);
  expect(answer.status).toBe(status);
  expect(((await answer.json()) as { message: string }).message).toContain(message);
});

/** The lines of a follower as they come, parsed. */
async function follow(query: string) {
  const stop = new AbortController();
  const answer = await fetch(`${door.url}/_millrace/logs?follow=true${query}`, stop);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    stop: () => stop.abort(),
    async read(count: number): Promise<Line[]> {
      const lines = () => text.split("\n").slice(0, -1).filter(Boolean);
      while (lines().length < count) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
      }
      return lines().map((line) => JSON.parse(line) as Line);
    },
  };
}

test("a follower hears what was and what comes, each once, of what it asked for", async () => {
  write("before", "followed");
  const since = `&group=followed&since=${door.clock.now()}`;
  const [all, some] = [await follow(since), await follow("&group=followed&filter=x")];
  write("after", "followed");
  write("elsewhere");
  write("x", "followed");
  const said = (lines: Line[]) => lines.map(({ message }) => message);
  expect(said(await all.read(3))).toEqual(["before", "after", "x"]);
  expect(said(await some.read(1))).toEqual(["x"]);
  all.stop();
  some.stop();
});

test("a follower that does not read misses lines, and is told how many", async () => {
  const slow = await follow("&group=many");
  const message = "x".repeat(1_000_000);
  const fitting = Math.floor(followerBytesMax / message.length);
  for (let n = 0; n < fitting + 3; n += 1) write(message, "many");
  const lines = await slow.read(fitting + 1);
  expect(lines.at(-1)).toEqual({ missed: 3 });
  slow.stop();
});

test("a filter that costs too much on a line is refused; a follower misses the line", async () => {
  const hard = `filter=${encodeURIComponent("%a[ab]{140}c%")}`;
  const line = Array.from({ length: 40_000 }, (_, at) => "ab"[((at * at) % 1009) & 1]).join("");
  write("easy", "hard");
  const follower = await follow(`&group=hard&${hard}`);
  write(line, "hard");
  write(`a${"b".repeat(140)}c`, "hard");
  expect(await follower.read(1)).toEqual([{ missed: 2 }]);
  follower.stop();
  for (const query of ["?", "?follow=true&limit=1&"]) {
    const answer = await fetch(`${door.url}/_millrace/logs${query}group=hard&${hard}`);
    expect(answer.status).toBe(400);
    const { message } = (await answer.json()) as { message: string };
    expect(message).toContain("too complex for a line of 40000 characters");
  }
});

test("following ends with the node", async () => {
  const follower = await follow("&group=many");
  door.logs.endFollowing();
  expect(await follower.read(1)).toEqual([]);
});

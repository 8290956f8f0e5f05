import { afterAll, expect, test } from "bun:test";
import type { Execution } from "../../rules/mod.ts";
import { openDoor } from "../door-fixture.ts";
import { followerLinesMax } from "../limits.ts";

const door = await openDoor();
afterAll(() => door.close());

function executionOf(more: Partial<Execution> = {}): Execution {
  return {
    ruleName: "Relay",
    topic: "chat/out",
    clientId: "c-1",
    cause: { id: "t-1" } as Execution["cause"],
    depth: 0,
    receivedAtMs: Date.UTC(2026, 0, 2),
    durationMs: 0.123456,
    outcome: "fired",
    failure: undefined,
    outputBytes: 17,
    actions: [{ kind: "republish", resource: "a", problem: undefined, durationMs: 0.1 }],
    errorAction: { kind: "lambda", resource: "f", problem: "no such function", durationMs: 0.2 },
    ...more,
  };
}

async function linesOf(query = ""): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${door.url}/_millrace/trace${query}`);
  expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
  return (await answer.text())
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test("an execution is a line of JSON, and what says nothing is left out", async () => {
  door.trace.record(executionOf());
  expect(await linesOf("?rule=Relay")).toEqual([
    {
      number: 1,
      time: "2026-01-02T00:00:00.000Z",
      traceId: "t-1",
      rule: "Relay",
      topic: "chat/out",
      clientId: "c-1",
      depth: 0,
      outcome: "ok",
      durationMs: 0.123,
      outputBytes: 17,
      actions: [{ kind: "republish", resource: "a", durationMs: 0.1 }],
      errorAction: { kind: "lambda", resource: "f", problem: "no such function", durationMs: 0.2 },
    },
  ]);
  const failed = {
    outcome: "failed",
    failure: "too large",
    actions: [],
    topic: "chat/in",
  } as const;
  door.trace.record(executionOf({ ...failed, clientId: undefined, errorAction: undefined }));
  const [line] = await linesOf("?topic=chat/in&since=2026-01-01&limit=5&traceId=t-1");
  expect(line).toMatchObject({ outcome: "sql-failed", failure: "too large", actions: [] });
  expect(line).not.toContainAnyKeys(["clientId", "outputBytes", "errorAction"]);
});

test("a refusal is a line of JSON too", async () => {
  const told = {
    outcome: "refused",
    via: "mqtt",
    action: "iot:Publish",
    resource: "arn:aws:iot:eu-central-1:111122223333:topic/secret/a:b",
    clientId: "c-1",
    principal: "ann",
    reason: "no statement allows it",
    remedy: { sentence: "allow it" },
  } as const;
  door.trace.recordRefusal({ ...told, receivedAtMs: Date.UTC(2026, 0, 3) });
  const time = "2026-01-03T00:00:00.000Z";
  const line = { number: 3, time, topic: "secret/a:b", ...told };
  expect(await linesOf("?outcome=refused")).toEqual([line]);
  expect(await linesOf("?topic=secret/%2B")).toEqual([line]);
});

test.each([
  ["?nope=1", '"nope" of the trace is not implemented'],
  ["?topic=a/%23/b", 'topic "a/#/b" is no topic filter'],
  ["?outcome=bad", 'outcome "bad" is none of ok, action-failed, where-false, sql-failed, refused'],
  ["?since=yesterday", 'since "yesterday" is no moment'],
  ["?since=line%205", 'since "line 5" is no moment'],
  ["?since=2026-13-01", 'since "2026-13-01" is no moment'],
  ["?limit=-1", 'limit "-1" is no whole number'],
  ["?follow=yes", 'follow "yes" is neither true nor false'],
])("%s is refused", async (query, message) => {
  const answer = await fetch(`${door.url}/_millrace/trace${query}`);
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { message: string }).message).toContain(message);
});

test("only GET is answered", async () => {
  const answer = await fetch(`${door.url}/_millrace/trace`, { method: "POST" });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET"]);
});

/** The parts of the answer as they come, as text. */
async function follow(query: string) {
  const stop = new AbortController();
  const answer = await fetch(`${door.url}/_millrace/trace?follow=true${query}`, stop);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  return {
    stop: () => stop.abort(),
    async read(until: (text: string) => boolean): Promise<string> {
      let text = "";
      while (!until(text)) {
        const { value, done } = await reader.read();
        if (done) return `${text}<end>`;
        text += value;
      }
      return text;
    },
  };
}

test("a follower hears what is executed from now on, and the end", async () => {
  const follower = await follow("&rule=New&limit=3");
  expect(await follower.read((text) => text !== "")).toBe("\n");
  door.trace.record(executionOf({ ruleName: "Old" }));
  door.trace.record(executionOf({ ruleName: "New" }));
  const line = await follower.read((text) => text.includes("New"));
  expect(JSON.parse(line)).toMatchObject({ rule: "New" });
  door.trace.endFollowing();
  expect(await follower.read(() => false)).toBe("<end>");
});

test("a follower that says since when hears what has been since, too", async () => {
  for (const ms of [1, 2, 3]) {
    door.trace.record(executionOf({ ruleName: "Earlier", receivedAtMs: ms, topic: `t/${ms}` }));
  }
  const topicsOf = async (query: string) => {
    const follower = await follow(`&rule=Earlier${query}`);
    const text = await follower.read((read) => read !== "");
    follower.stop();
    return [...text.matchAll(/"topic":"(.*?)"/g)].map(([, topic]) => topic);
  };
  expect(await topicsOf("&since=2")).toEqual(["t/2", "t/3"]);
  expect(await topicsOf("&since=2&limit=1")).toEqual(["t/3"]);
  expect(await topicsOf("&limit=2")).toEqual(["t/2", "t/3"]);
  expect(await topicsOf("")).toEqual([]);
});

test("a follower that waits hears an empty line", async () => {
  const follower = await follow("&rule=Silent");
  expect(await follower.read((text) => text !== "")).toBe("\n");
  // The door's own clock stands still until here.
  const quiet = follower.read((text) => text !== "");
  for (let turn = 0; turn < 50; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    door.clock.advance(20_000);
  }
  expect(await quiet).toMatch(/^\n+$/);
  follower.stop();
});

test("a follower that is too slow is told how many it missed", async () => {
  const slow = await openDoor();
  const stop = new AbortController();
  const answer = await fetch(`${slow.url}/_millrace/trace?follow=true`, stop);
  const reader = answer.body!.getReader();
  await reader.read();
  for (let n = 0; n < followerLinesMax + 7; n += 1) slow.trace.record(executionOf());
  let text = "";
  while (!text.includes("missed")) {
    const { value } = await reader.read();
    text += new TextDecoder().decode(value);
  }
  const lines = text.trim().split("\n");
  expect(lines).toHaveLength(followerLinesMax + 1);
  expect(JSON.parse(lines.at(-1)!)).toEqual({ missed: 7 });
  stop.abort();
  slow.close();
});

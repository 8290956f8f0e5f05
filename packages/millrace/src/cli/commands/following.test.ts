import { expect, spyOn, test } from "bun:test";
import { systemClock } from "../../base/mod.ts";
import { readFlags } from "../flags.ts";
import { watchLines } from "./following.ts";
import { logs } from "./logs.ts";

/** A node that says these lines to each that asks, and goes; then it refuses. */
function startNode(sayings: readonly (string[] | number)[]) {
  const asked: URLSearchParams[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      asked.push(new URL(url).searchParams);
      const saying = sayings[asked.length - 1] ?? 404;
      if (typeof saying === "number") return Response.json({ message: "no" }, { status: saying });
      return new Response(saying.map((line) => `${line}\n`).join(""));
    },
  });
  return {
    asked,
    server,
    url: `http://127.0.0.1:${server.port}/_millrace/logs?limit=5&function=f`,
  };
}

/** It is so late when the lines come. */
const now = Date.parse("2100-01-01T00:00:09Z");
const line = (second: number, message: string) =>
  JSON.stringify({ time: `2100-01-01T00:00:0${second}.000Z`, message });

async function watch(sayings: readonly (string[] | number)[], follows: boolean) {
  const { asked, server, url } = startNode(sayings);
  const read = readFlags(logs.flags, ["--api-port", "1"], {});
  if (!read.ok) throw new Error(read.problem);
  const environment = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "s" };
  const invocation = { given: read.given, environment } as Parameters<typeof logs.run>[0];
  const shown: string[] = [];
  const told = spyOn(process.stderr, "write").mockReturnValue(true);
  const clock = spyOn(systemClock, "now")
    .mockReturnValueOnce(now - 9000)
    .mockReturnValue(now);
  try {
    const show = (lines: readonly string[]) => void shown.push(...lines);
    const code = await watchLines({ url, invocation, gatherMs: 1, follows, show });
    return { code, shown, asked, told: told.mock.calls.map(([text]) => String(text)) };
  } finally {
    told.mockRestore();
    clock.mockRestore();
    await server.stop(true);
  }
}

test("lines are shown to the end of the answer", async () => {
  const { code, shown, told } = await watch([[line(1, "a"), "", line(2, "b")]], false);
  expect([code, shown, told]).toEqual([0, [line(1, "a"), line(2, "b")], []]);
});

test("whoever follows goes on with a node that is back, each line once", async () => {
  const before = [line(1, "a"), line(2, "b"), line(2, "b")];
  const after = [line(2, "b"), line(2, "b"), line(2, "b"), line(2, "c"), line(3, "a")];
  const { code, shown, asked, told } = await watch([before, 503, after], true);
  expect(shown).toEqual([...before, line(2, "b"), line(2, "c"), line(3, "a")]);
  const since = String(Date.parse("2100-01-01T00:00:02Z"));
  expect(asked.map((query) => [query.get("since"), query.get("limit")])).toEqual([
    [null, "5"],
    [since, null],
    [since, null],
    [String(Date.parse("2100-01-01T00:00:03Z")), null],
  ]);
  expect(asked.every((query) => query.get("function") === "f")).toBe(true);
  const gone = "millrace: the node has gone; this goes on when it is back, until Ctrl-C\n";
  expect([code, told]).toEqual([1, [gone, "millrace: the node is back\n", gone, "millrace: no\n"]]);
});

test("a line of a time that is to come hides none that come before it, and is shown once", async () => {
  const ahead = JSON.stringify({ time: "2100-01-01T02:00:00.000Z", message: "ahead" });
  const before = [line(1, "a"), ahead, ahead, line(2, "b")];
  const after = [line(9, "c"), ahead, ahead, ahead];
  const { shown, asked } = await watch([before, after, after], true);
  expect(shown).toEqual([...before, line(9, "c"), ahead]);
  expect(asked.map((query) => query.get("since"))).toEqual([
    null,
    String(now - 7000),
    String(now),
    String(now),
  ]);
});

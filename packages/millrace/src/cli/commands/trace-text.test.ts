import { expect, test } from "bun:test";
import { readFlags } from "../flags.ts";
import { plainStyle, styleFor, visible } from "../terminal.ts";
import { trace, traceUrl } from "./trace.ts";
import { type ExecutionLine, orderByCause, type TraceLine, TraceWriter } from "./trace-text.ts";

function lineOf(more: Partial<ExecutionLine> = {}): ExecutionLine {
  return {
    number: 1,
    time: "2026-01-02T03:04:05.678Z",
    traceId: "842206f6-0000-4000-8000-000000000000",
    rule: "Relay",
    topic: "chat/out",
    depth: 0,
    outcome: "ok",
    durationMs: 0.5,
    actions: [{ kind: "republish", resource: "chat/pub/lobby" }],
    ...more,
  };
}

const shown = (...lines: TraceLine[]) => new TraceWriter(plainStyle).write(lines).split("\n");

test("a line says when, what, which, whose, how long, and what followed", () => {
  const [line] = shown(lineOf({ clientId: "web-1" }));
  const [time, ...columns] = line?.split(/ {2,}/) ?? [];
  expect(time).toMatch(/^\d\d:04:05\.678$/);
  expect(columns).toEqual([
    "✓",
    "Relay",
    "chat/out",
    "web-1",
    "0.50 ms",
    "842206f6",
    "republish chat/pub/lobby",
  ]);
});

test.each<[Partial<ExecutionLine>, RegExp]>([
  [{ outcome: "where-false", actions: [] }, /· {2}Relay.+WHERE was not true$/],
  [{ outcome: "sql-failed", failure: "too large" }, /✗ {2}Relay.+the statement failed: too large$/],
  [
    {
      outcome: "action-failed",
      actions: [{ kind: "lambda", resource: "f", problem: "no such function" }],
      errorAction: { kind: "republish", resource: "errors" },
    },
    /✗.+lambda f failed: no such function, error action republish errors$/,
  ],
  [{ actions: [] }, /no action$/],
  [{ durationMs: 1234.5 }, /1\.23 s/],
  [{ topic: "a\u001b[31m\nb" }, /a\\u\{1b\}\[31m\\u\{a\}b/],
])("%p reads %p", (more, expected) => {
  expect(shown(lineOf(more))[0]).toMatch(expected);
});

test("a refusal says which action on what, whose, why, and what to do", () => {
  const refusal: TraceLine = {
    number: 1,
    time: "2026-01-02T03:04:05.678Z",
    outcome: "refused",
    action: "iot:Publish",
    resource: "arn:aws:iot:eu-central-1:111122223333:topic/secret",
    topic: "secret",
    clientId: "web-1",
    principal: "ann",
    reason: "'iot:Publish' is refused: no 'Allow' matches",
    remedy: { sentence: "add it to the policies", statement: { Effect: "Allow", Action: "a" } },
  };
  const line =
    /✗ {2}iot:Publish {2}secret {8}web-1 {3} .+ - {9}'iot:Publish' is refused: no 'Allow' matches; add it to the policies: \{"Effect":"Allow","Action":"a"\}$/;
  expect(shown(refusal)[0]).toMatch(line);
  const withoutStatement = { ...refusal, remedy: { sentence: "narrow it" } };
  expect(shown(withoutStatement)[0]).toEndWith("'Allow' matches; narrow it");
  const { topic, clientId, remedy, ...rest } = { ...refusal, action: "iot:Connect" };
  const [first, second] = shown(lineOf(), rest);
  expect(first).toContain("Relay");
  expect(second).toMatch(
    /✗ {2}iot:Connect {2}- {13}- .+ - {9}'iot:Publish' is refused: no 'Allow' matches$/,
  );
});

test("what a rule set off stands below it, though it ended before", () => {
  const store = lineOf({ rule: "Store", depth: 1, number: 1 });
  const other = lineOf({ rule: "Other", traceId: "x", number: 2 });
  const relay = lineOf({ rule: "Relay", number: 3 });
  const ordered = orderByCause([store, other, relay]);
  expect(ordered.map((line) => "rule" in line && line.rule)).toEqual(["Relay", "Store", "Other"]);
  const lines = shown(store, other, relay);
  expect(lines[1]).toContain("└ Store");
  expect(lines[0]?.indexOf("chat/out")).toBe(lines[1]?.indexOf("chat/out"));
});

test("colours come on a terminal that wants them", () => {
  const isColoured = (isTTY: boolean, environment: Record<string, string>) =>
    styleFor({ isTTY }, environment).good("x") !== "x";
  expect(isColoured(true, {})).toBe(true);
  expect(isColoured(false, {})).toBe(false);
  expect(isColoured(true, { NO_COLOR: "1" })).toBe(false);
  expect(isColoured(true, { NO_COLOR: "" })).toBe(true);
  expect(isColoured(true, { TERM: "dumb" })).toBe(false);
  expect(visible("é ✓ \u202e\u0007")).toBe("é ✓ \\u{202e}\\u{7}");
});

test("flags become the query of the trace", () => {
  const read = readFlags(
    trace.flags,
    ["-f", "--rule", "a b", "--since", "2m", "--trace-id", "84", "--api-port", "9"],
    {},
  );
  if (!read.ok) throw new Error(read.problem);
  expect(traceUrl(read.given, 200_000)).toBe(
    "http://127.0.0.1:9/_millrace/trace?rule=a+b&traceId=84&since=80000&follow=true",
  );
});

test.each([
  ["--api-port", "x", "--api-port must be a number"],
  ["--since", "yesterday", '--since must be 30s, 10m, 2h, 1d, or a date and time, not "yesterday"'],
  ["--since", "yesterday 5", 'or a date and time, not "yesterday 5"'],
])("%s %s is told before a node is asked", (flag, value, problem) => {
  const read = readFlags(trace.flags, [flag, value], {});
  if (!read.ok) throw new Error(read.problem);
  expect(() => traceUrl(read.given, 0)).toThrow(problem);
});

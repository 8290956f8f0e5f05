import { expect, test } from "bun:test";
import { readFlags } from "../flags.ts";
import { plainStyle, styleFor } from "../terminal.ts";
import { logs, logsUrl } from "./logs.ts";
import { type LogLine, LogWriter } from "./logs-text.ts";

const time = "2026-01-02T03:04:05.678Z";
const requestId = "842206f6-0000-4000-8000-000000000000";

function shown(message: string, more: Partial<LogLine> = {}): string {
  const writer = new LogWriter({ style: plainStyle, namesGroup: more.group !== undefined });
  const text = writer.write({ time, group: "/aws/lambda/f", stream: "s", message, ...more });
  expect(text).toEndWith("\n");
  return text.slice(0, -1).replace(/^\d\d:04:05\.678/, "TIME");
}

test.each([
  [`${time}\t${requestId}\tINFO\tone\ntwo\n`, "TIME INFO  842206f6 one\n    two"],
  [`${time}\tundefined\tERROR\tUncaught\tx\n`, "TIME ERROR - Uncaught  x"],
  [`[WARNING]\t${time}\t${requestId}\tlate\n`, "TIME WARN  842206f6 late"],
  ["raw \u001b[2J line\n", "TIME ·     - raw \\u{1b}[2J line"],
  [
    `START RequestId: ${requestId} Version: $LATEST\n`,
    "TIME ·     842206f6 START Version: $LATEST",
  ],
  [`END RequestId: ${requestId}\n`, "TIME ·     842206f6 END"],
  [
    `REPORT RequestId: ${requestId}\tDuration: 12.30 ms\tBilled Duration: 13 ms\t` +
      "Memory Size: 128 MB\tMax Memory Used: 45 MB\tInit Duration: 60.00 ms\t\n",
    "TIME ·     842206f6 REPORT 12.30 ms, billed 13 ms, 45 of 128 MB, init 60.00 ms",
  ],
  [
    `REPORT RequestId: ${requestId}\tDuration: 1.00 ms\tBilled Duration: 1 ms\t` +
      "Memory Size: 128 MB\tMax Memory Used: 45 MB\tStatus: error\tError Type: Runtime.ExitError\t\n",
    "TIME ·     842206f6 REPORT 1.00 ms, billed 1 ms, 45 of 128 MB, error, Runtime.ExitError",
  ],
  [
    `${time} ${requestId} Task timed out after 3.00 seconds\n`,
    "TIME ERROR 842206f6 Task timed out after 3.00 seconds",
  ],
  [
    `RequestId: ${requestId} Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n`,
    "TIME ERROR 842206f6 Runtime exited with error: exit status 1\n    Runtime.ExitError",
  ],
  [
    `{"timestamp":"${time}","level":"warn","requestId":"${requestId}","message":"m"}\n`,
    "TIME WARN  842206f6 m",
  ],
  ['{"level":"INFO","message":{"a":1}}', 'TIME INFO  - {"a":1}'],
  ['{"level":"INFO","msg":"m"}', 'TIME INFO  - {"level":"INFO","msg":"m"}'],
  [
    `{"level":"INFO","message":"paid\\nat once","timestamp":"${time}","order":7,"service":"shop"}`,
    'TIME INFO  - paid {"order":7,"service":"shop"}\n    at once',
  ],
  [
    '{"level":"ERROR","message":"not paid","logger":"root","location":"app.py:h:7",' +
      '"errorType":"ValueError","errorMessage":"no card","stackTrace":["  File 1"]}',
    "TIME ERROR - not paid\n    ValueError: no card\n      File 1",
  ],
  [
    '{"level":"ERROR","message":"e Error: inner\\n    at a","errorType":"Error",' +
      '"errorMessage":"inner","stackTrace":["Error: inner","    at a"]}',
    "TIME ERROR - e Error: inner\n        at a",
  ],
  [
    `{"time":"${time}","type":"platform.start","record":{"requestId":"${requestId}","version":"1"}}`,
    'TIME ·     842206f6 start {"version":"1"}',
  ],
  [
    `${time}\t${requestId}\tERROR\tInvoke Error \t` +
      '{"errorType":"Error","errorMessage":"boom","trace":["Error: boom","    at app.js:1"]}\n',
    "TIME ERROR 842206f6 Invoke Error: Error: boom\n        at app.js:1",
  ],
  [
    '{"level":"ERROR","message":{"errorType":"E","errorMessage":"m","stackTrace":["    at a"]}}',
    "TIME ERROR - E: m\n        at a",
  ],
  [`${time}\t${requestId}\tERROR\tMy \t{no}\n`, "TIME ERROR 842206f6 My   {no}"],
  ["{broken", "TIME ·     - {broken"],
])("a line says when, how grave, which call, and what: %#", (message, text) => {
  expect(shown(message)).toBe(text);
});

test("what the node knows of a line counts where the line does not say it", () => {
  expect(shown("past the console\n", { requestId })).toBe("TIME ·     842206f6 past the console");
  const own = "11111111-0000-4000-8000-000000000000";
  expect(shown(`${time}\t${own}\tINFO\tm\n`, { requestId })).toBe("TIME INFO  11111111 m");
});

test("lines of several groups say whose they are", () => {
  expect(shown("m", { group: "/aws/lambda/greet" })).toBe("TIME ·     greet - m");
  expect(shown("m", { group: "rules/all" })).toBe("TIME ·     rules/all - m");
});

test("what is not there is said", () => {
  const writer = new LogWriter({ style: plainStyle, namesGroup: false });
  expect(writer.write({ missed: 7 })).toBe(
    "… 7 not shown: they came too quickly, or the filter takes too long on them\n",
  );
  expect(writer.write({ unread: true })).toBe("… older lines are not shown\n");
});

test("colours are for terminals", () => {
  const style = styleFor({ isTTY: true }, {});
  const line = { time, group: "g", stream: "s", message: `${time}\tr\tERROR\tx` };
  const written = new LogWriter({ style, namesGroup: false }).write(line);
  expect(written).toContain("\u001b[31mERROR\u001b[39m");
});

function urlOf(...words: string[]): string {
  const read = readFlags(logs.flags, words, {});
  if (!read.ok) throw new Error(read.problem);
  return logsUrl(read.given, Date.parse(time));
}

test("words and flags come to an address", () => {
  expect(urlOf()).toBe("http://127.0.0.1:4566/_millrace/logs?");
  expect(urlOf("greet", "-f", "--since", "10m", "--api-port", "1")).toBe(
    `http://127.0.0.1:1/_millrace/logs?function=greet&since=${Date.parse(time) - 600_000}&follow=true`,
  );
  expect(
    urlOf("--group", "a b", "--filter", "?x ?y", "--limit", "5", "--since", "2026-01-01"),
  ).toBe(
    "http://127.0.0.1:4566/_millrace/logs?group=a+b&filter=%3Fx+%3Fy&limit=5&since=2026-01-01",
  );
  expect(() => urlOf("one", "two")).toThrow('one function at a time: "two" is another');
  expect(() => urlOf("one", "--group", "g")).toThrow("not asked for together");
});

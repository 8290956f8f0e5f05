import { afterEach, describe, expect, test } from "bun:test";
import type { FunctionDefinition } from "../definition.ts";
import { cleanUp, define, start } from "../house-fixture.ts";
import type { KeptLine } from "../log-line.ts";
import { findPython } from "../runtimes/runtime.ts";
import { readApplicationLine } from "./application-line.ts";
import type { LoggingSettings } from "./settings.ts";

afterEach(cleanUp);

const time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";
const timeForm = new RegExp(`^${time}$`);

async function run(file: string, source: string, changes: Partial<FunctionDefinition> = {}) {
  const kept: KeptLine[] = [];
  const definition = await define({ [file]: source }, changes);
  const house = await start([definition], { keepLine: (line) => kept.push(line) });
  /** What came since the last time, without the newline at its end. */
  const messages = () =>
    kept.splice(0).map(({ message }) => {
      expect(message).toEndWith("\n");
      return message.slice(0, -1);
    });
  /** Those of calls alone: a call that comes quickly may start another process. */
  const ofCalls = () => messages().filter((line) => !/^INIT_START|platform.initStart/.test(line));
  return { ...house, kept, messages, ofCalls };
}

const node = (source: string, changes: Partial<FunctionDefinition> = {}) =>
  run("app.js", source, changes);

const json = (changes: Partial<LoggingSettings> = {}) => ({
  logging: { format: "JSON", ...changes } as const,
});

describe("the log of a function", () => {
  test("has Lambda's group, stream and lines", async () => {
    const { call, kept, messages, ofCalls } = await node(
      `exports.handler = async (event, context) => {
        console.log("one\\ntwo");
        console.warn("careful");
        process.stdout.write("raw\\n");
        return [context.logGroupName, context.logStreamName];
      };`,
    );
    const { requestId, result } = await call();
    const [group, stream] = result as [string, string];
    expect(group).toBe("/aws/lambda/greet");
    expect(stream).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(kept.every((line) => line.group === group && line.stream === stream)).toBe(true);
    const times = kept.map(({ timestampMs }) => timestampMs);
    expect(times).toEqual(times.toSorted());
    const raw = kept.find(({ message }) => message === "raw\n");
    expect([kept[0]!.requestId, raw!.requestId]).toEqual([undefined, requestId]);
    const found = messages();
    const expected = [
      "INIT_START Runtime Version: nodejs:22.x\t" +
        "Runtime Version ARN: arn:aws:lambda:eu-central-1::runtime:nodejs22.x",
      `START RequestId: ${requestId} Version: $LATEST`,
      `${time}\t${requestId}\tINFO\tone\ntwo`,
      `${time}\t${requestId}\tWARN\tcareful`,
      "raw",
      `END RequestId: ${requestId}`,
    ];
    for (const [at, line] of expected.entries()) {
      const escaped = line.startsWith(time) ? line : line.replace(/[$.\\]/g, "\\$&");
      expect(found[at]).toMatch(new RegExp(`^${escaped}$`));
    }
    expect(found[6]!.split("\t").map((field) => field.replace(/[\d.]+(?= ms| MB$)/, "n"))).toEqual([
      `REPORT RequestId: ${requestId}`,
      "Duration: n ms",
      "Billed Duration: n ms",
      "Memory Size: n MB",
      "Max Memory Used: n MB",
      "Init Duration: n ms",
      "",
    ]);
    expect(found).toHaveLength(7);
    await call();
    expect(ofCalls().map((line) => line.split(/[ \t]/)[0]!.slice(0, 6))).toEqual([
      "START",
      expect.any(String),
      expect.any(String),
      "raw",
      "END",
      "REPORT",
    ]);
  });

  test("says how a call ended that was not answered", async () => {
    const { call, messages, ofCalls } = await node(
      `exports.handler = async (event) => {
        if (event.exit) process.exit(3);
        if (event.block) while (true);
        throw new RangeError("boom");
      };`,
      { timeoutSeconds: 1 },
    );
    const thrown = await call();
    expect(thrown.functionError).toBe("Unhandled");
    const error = messages().find((line) => line.includes("\tERROR\t"));
    expect(error).toMatch(new RegExp(`^${time}\t${thrown.requestId}\tERROR\tInvoke Error \t\\{`));
    expect(JSON.parse(error!.split("Invoke Error \t")[1]!)).toMatchObject({
      errorType: "RangeError",
      errorMessage: "boom",
    });
    const late = await call({ block: true });
    expect(ofCalls().slice(1)).toEqual([
      expect.stringMatching(
        new RegExp(`^${time} ${late.requestId} Task timed out after 1.00 seconds$`),
      ),
      `END RequestId: ${late.requestId}`,
      expect.stringMatching(/^REPORT .*\tStatus: timeout\t$/),
    ]);
    const dead = await call({ exit: true });
    expect(ofCalls().slice(1)).toEqual([
      `RequestId: ${dead.requestId} Error: Runtime exited with error: exit status 3\nRuntime.ExitError`,
      `END RequestId: ${dead.requestId}`,
      expect.stringMatching(/^REPORT .*\tStatus: error\tError Type: Runtime.ExitError\t$/),
    ]);
  });

  test("says how a start ended that never came to work", async () => {
    const { call, messages } = await node("throw new TypeError('not today');");
    await call();
    const found = messages();
    expect(found[0]).toStartWith("INIT_START ");
    expect(found[1]).toMatch(/\tundefined\tERROR\tUncaught Exception \t.*not today/);
    expect(found[2]).toMatch(/^INIT_REPORT Init Duration: [\d.]+ ms\tPhase: init\t/);
    expect(found[2]).toEndWith("\tStatus: error\tError Type: TypeError\t");
  });

  test("can be one that functions share, with streams that say whose", async () => {
    const logging = { format: "Text", group: "shared/group" } as const;
    const { call, kept } = await node("exports.handler = async () => 1;", { logging });
    await call();
    expect(kept[0]!.group).toBe("shared/group");
    expect(kept[0]!.stream).toMatch(/^\d{4}\/\d\d\/\d\d\/greet\[\$LATEST\]\[[0-9a-f]{32}\]$/);
  });
});

describe("the log in JSON", () => {
  test("has an object for each line of the console and each event of the platform", async () => {
    const { call, messages } = await node(
      `exports.handler = async () => {
        console.log("plain");
        console.log({ user: 7 });
        console.log("with %s", "values", { a: 1 });
        console.error("bad", new RangeError("boom"));
        console.error(new TypeError("alone"));
        const circle = {}; circle.self = circle;
        console.warn(circle);
        console.debug("not wanted");
        process.stdout.write("raw\\n");
      };`,
      json(),
    );
    const { requestId, logTail } = await call();
    const found = messages();
    expect(found.filter((line) => !line.startsWith("{"))).toEqual(["raw"]);
    const lines = found.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    const line = { timestamp: expect.stringMatching(timeForm), requestId };
    const stackTrace = expect.arrayContaining([expect.stringContaining("app.js")]);
    expect(lines).toEqual([
      {
        time: expect.stringMatching(timeForm),
        type: "platform.initStart",
        record: expect.objectContaining({ initializationType: "on-demand", phase: "init" }),
      },
      {
        time: expect.stringMatching(timeForm),
        type: "platform.start",
        record: { requestId, version: "$LATEST" },
      },
      { ...line, level: "INFO", message: "plain" },
      { ...line, level: "INFO", message: { user: 7 } },
      { ...line, level: "INFO", message: "with values { a: 1 }" },
      {
        ...line,
        level: "ERROR",
        message: expect.stringMatching(/^bad RangeError: boom/),
        errorType: "RangeError",
        errorMessage: "boom",
        stackTrace,
      },
      {
        ...line,
        level: "ERROR",
        message: { errorType: "TypeError", errorMessage: "alone", stackTrace },
      },
      { ...line, level: "WARN", message: expect.stringContaining("[Circular *1]") },
      {
        time: expect.stringMatching(timeForm),
        type: "platform.report",
        record: {
          requestId,
          status: "success",
          metrics: {
            durationMs: expect.any(Number),
            billedDurationMs: expect.any(Number),
            memorySizeMB: 256,
            maxMemoryUsedMB: expect.any(Number),
            initDurationMs: expect.any(Number),
          },
        },
      },
    ]);
    expect(logTail).toContain('"type":"platform.report"');
  });

  test("has what the levels of application and system let through", async () => {
    const source = `exports.handler = async (event) => {
      for (const level of ["trace", "debug", "info", "warn", "error"]) console[level](level);
      if (event.exit) process.exit(1);
    };`;
    const quiet = await node(source, json({ applicationLevel: "ERROR", systemLevel: "WARN" }));
    await quiet.call();
    expect(quiet.messages().map((line) => JSON.parse(line).message)).toEqual(["error"]);
    await quiet.call({ exit: true });
    expect(
      quiet
        .messages()
        .map((line) => JSON.parse(line))
        .slice(1),
    ).toMatchObject([
      { type: "platform.runtimeDone", record: { status: "error" } },
      { type: "platform.report", record: { status: "error", errorType: "Runtime.ExitError" } },
    ]);
    const loud = await node(source, json({ applicationLevel: "TRACE", systemLevel: "DEBUG" }));
    await loud.call();
    expect(
      loud.messages().map((line) => JSON.parse(line).type ?? JSON.parse(line).message),
    ).toEqual([
      "platform.initStart",
      "platform.start",
      ...["trace", "debug", "info", "warn", "error"],
      "platform.runtimeDone",
      "platform.report",
    ]);
  });

  test("tells of an error that a handler threw", async () => {
    const { call, messages } = await node(
      "exports.handler = async () => { throw new RangeError('boom'); };",
      json({ systemLevel: "WARN" }),
    );
    await call();
    expect(messages().map((line) => JSON.parse(line))).toMatchObject([
      {
        level: "ERROR",
        message: {
          errorType: "RangeError",
          errorMessage: "boom",
          stackTrace: expect.arrayContaining(["RangeError: boom"]),
        },
      },
      { type: "platform.runtimeDone", record: { status: "error", errorType: "RangeError" } },
      { type: "platform.report", record: { status: "error", errorType: "RangeError" } },
    ]);
  });
});

describe.skipIf(!findPython())("Python", () => {
  const source = `
import logging
log = logging.getLogger("app")
def handler(event, context):
    log.info("one\\ntwo")
    print("plain")
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("bad", extra={"user": 7})
    log.debug("not wanted")
    raise ValueError("boom")
`;
  const changes = { runtime: "python3.13" };

  test("logs with level, time and request id", async () => {
    const { call, messages } = await run("app.py", source, changes);
    const { requestId } = await call();
    const found = messages().slice(2, -2);
    expect(found).toEqual([
      "plain",
      expect.stringMatching(
        new RegExp(
          `^\\[ERROR\\]\t${time}\t${requestId}\tbad\nTraceback [\\s\\S]*ZeroDivisionError`,
        ),
      ),
      expect.stringMatching(
        /^\[ERROR\] ValueError: boom\nTraceback \(most recent call last\):\n {2}File ".*app\.py"/,
      ),
    ]);
  });

  test("logs objects of JSON where the function asks for it", async () => {
    const { call, messages } = await run("app.py", source, { ...changes, ...json() });
    const { requestId } = await call();
    const found = messages();
    expect(found.filter((line) => !line.startsWith("{"))).toEqual(["plain"]);
    const lines = found.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    const timestamp = expect.stringMatching(timeForm);
    expect(lines.slice(2, -2)).toEqual([
      { timestamp, level: "INFO", message: "one\ntwo", logger: "app", requestId },
      {
        timestamp,
        level: "ERROR",
        message: "bad",
        logger: "app",
        requestId,
        user: 7,
        errorType: "ZeroDivisionError",
        errorMessage: "division by zero",
        stackTrace: [expect.stringContaining("app.py")],
        location: expect.stringMatching(/app\.py:handler:\d+$/),
      },
      {
        timestamp,
        level: "ERROR",
        errorType: "ValueError",
        errorMessage: "boom",
        requestId,
        stackTrace: [expect.stringContaining("app.py")],
      },
    ]);
  });
});

describe("a line of a runtime of one's own", () => {
  const text = { format: "Text" } as const;
  const error = { format: "JSON", applicationLevel: "ERROR" } as const;
  test.each([
    ["plain", text, "INFO", "plain"],
    ["[WARNING]\tt\tid\tx\ty", text, "WARN", "x\ty"],
    ["[CRITICAL] stop", text, "FATAL", "stop"],
    ['{"level":"fatal","message":"m"}', error, "FATAL", "m"],
    ['{"level":"error","msg":"m"}', error, "ERROR", '{"level":"error","msg":"m"}'],
  ] as const)("%s has a level", (line, settings, level, shown) => {
    expect(readApplicationLine(line, settings)).toEqual({ level, text: shown, raw: line });
  });

  test.each(["plain", '{"level":"info"}', '{"level":7}', "{broken"])(
    "%s counts as INFO, or as what it says",
    (line) => {
      expect(readApplicationLine(line, error)).toBeUndefined();
    },
  );
});

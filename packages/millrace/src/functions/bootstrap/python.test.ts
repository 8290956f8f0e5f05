/** Python's bootstrap: what a handler gets, says and leaves. */

import { afterEach, describe, expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { silentLogger, textOf, utf8 } from "../../base/mod.ts";
import { cleanUp, cleanups, define, start } from "../house-fixture.ts";
import { bootstrapFolder, findPython } from "../runtimes/runtime.ts";

afterEach(cleanUp);

async function python(source: string, changes = {}) {
  return start([await define({ "app.py": source }, { runtime: "python3.13", ...changes })]);
}

describe.skipIf(!findPython())("a Python handler", () => {
  test("gets event and context, and keeps its process", async () => {
    const { call } = await python(`
count = 0
def handler(event, context):
    global count
    count += 1
    left = context.get_remaining_time_in_millis()
    return {"event": event, "count": count, "id": context.aws_request_id, "left": left > 0}
`);
    const { result, requestId } = await call({ a: "größer" });
    expect(result).toEqual({ event: { a: "größer" }, count: 1, id: requestId, left: true });
    expect((await call()).result).toMatchObject({ count: 2 });
  });

  test("that raises answers with type, message and trace; the next call runs", async () => {
    const { call } = await python(`
def handler(event, context):
    if event.get("fail"):
        raise ValueError("x")
    return 1
`);
    const { result, functionError, requestId } = await call({ fail: true });
    expect(functionError).toBe("Unhandled");
    expect(result).toMatchObject({ errorType: "ValueError", errorMessage: "x", requestId });
    expect((result as { stackTrace: string[] }).stackTrace.join("")).toContain("app.py");
    expect((await call()).result).toBe(1);
  });

  test("whose answer is no JSON fails in the runtime's words", async () => {
    const { call } = await python("def handler(event, context): return {1, 2}\n");
    expect((await call()).result).toMatchObject({
      errorType: "Runtime.MarshalError",
      errorMessage: "Unable to marshal response: Object of type set is not JSON serializable",
      stackTrace: [],
    });
  });

  test.each(["python3.11", "python3.12"])(
    "whose answer has decimals says them: %s",
    async (runtime) => {
      const { functions } = await python(
        `
from decimal import Decimal
def handler(event, context):
    return {"exact": Decimal("0.12345678901234567890"), "big": [Decimal(10**30)], "text": "1.5 ü"}
`,
        { runtime },
      );
      const called = await functions.invoke("greet", "{}");
      const text = runtime === "python3.11" ? "1.5 \\u00fc" : "1.5 ü";
      const digits = `1${"0".repeat(30)}`;
      expect(called.found && textOf(called.payload)).toBe(
        `{"exact": 0.12345678901234567890, "big": [${digits}], "text": "${text}"}`,
      );
    },
  );

  test.each([
    ["b'abc'", "abc"],
    [
      "{'text': b'a', 'none': float('nan'), 'all': [float('inf')]}",
      '{"text": "a", "none": NaN, "all": [Infinity]}',
    ],
  ])("answers %s as Lambda's own runtime does", async (answer, expected) => {
    const { functions } = await python(`def handler(event, context): return ${answer}\n`);
    const called = await functions.invoke("greet", "{}");
    expect(called.found && [called.functionError, textOf(called.payload)]).toEqual([
      undefined,
      expected,
    ]);
  });

  test("that answers with more than 6 MB fails in Lambda's words, and its process stays", async () => {
    const { call } = await python(`
import os
def handler(event, context):
    return "x" * 6_291_556 if event.get("much") else os.getpid()
`);
    const { result } = await call();
    const { result: failed } = await call({ much: true });
    expect(failed).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" });
    expect((await call()).result).toBe(result);
  });

  test("tells of an error its own trace, as traceback.format_list does, and no cause", async () => {
    const { call } = await python(`
def fail(): raise RuntimeError("outer")
def handler(event, context):
    try:
        1 / 0
    except ZeroDivisionError as error:
        fail()
`);
    const { stackTrace } = (await call()).result as { stackTrace: string[] };
    expect(stackTrace.map((line) => line.replace(/".*\/app.py"/, "app.py"))).toEqual([
      "  File app.py, line 7, in handler\n    fail()\n",
      '  File app.py, line 2, in fail\n    def fail(): raise RuntimeError("outer")\n',
    ]);
  });

  test("that is no Python says where, and one named like a built-in module is refused", async () => {
    const { call } = await python("x = 1\ndef handler(event, context) return 1\n");
    const { result } = await call();
    expect(result).toMatchObject({ errorType: "Runtime.UserCodeSyntaxError" });
    const [place] = (result as { stackTrace: string[] }).stackTrace;
    expect(place).toMatch(
      /^ {2}File ".*\/app.py" Line 2\n {4}def handler\(event, context\) return 1/,
    );
    const source = "def handler(event, context): return 1\n";
    const changes = { runtime: "python3.13", handler: "time.handler" };
    const builtIn = await start([await define({ "time.py": source }, changes)]);
    expect((await builtIn.call()).result).toMatchObject({
      errorType: "Runtime.BuiltInModuleConflict",
      errorMessage: "Cannot use built-in module time as a handler module",
    });
  });

  test("that cannot be loaded fails with the reason", async () => {
    const { call } = await python("import nowhere\n");
    expect((await call()).result).toMatchObject({
      errorType: "Runtime.ImportModuleError",
      errorMessage: "Unable to import module 'app': No module named 'nowhere'",
      requestId: "",
      stackTrace: [],
    });
    const { call: callOther } = await python("x = 1\n");
    expect((await callOther()).result).toMatchObject({
      errorType: "Runtime.HandlerNotFound",
      errorMessage: "Handler 'handler' missing on module 'app'",
    });
  });

  test("writes its lines into the log of its call", async () => {
    const { call } = await python(`
import logging, sys
def handler(event, context):
    print("one")
    logging.getLogger().warning("two")
    print("three", file=sys.stderr)
`);
    const { logTail, requestId } = await call();
    expect(logTail).toMatch(/\none\n\[WARNING\]\t\S+Z\t(.*)\ttwo\nthree\nEND RequestId: \1\n/);
    expect(logTail).toContain(`\t${requestId}\ttwo`);
  });

  test("runs on the Python of the machine, and it is told where that is another", async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (what: string) => void warnings.push(what) };
    const source = "import sys\ndef handler(event, context): return sys.version_info[0]\n";
    const definition = await define({ "app.py": source }, { runtime: "python3.99" });
    const { call } = await start([definition], { logger });
    expect((await call()).result).toBe(3);
    expect(warnings).toEqual([expect.stringMatching(/^"python3.99" runs on Python 3\.\d+/)]);
  });

  test("gets every event as it was, and every answer comes back", async () => {
    const { functions } = await python("def handler(event, context): return event\n");
    for (const length of [0, 1, 5_400, 16_384, 65_400, 65_536, 70_000, 1_000_000]) {
      for (const unit of ["a", "ü", "\u{1f41f}"]) {
        const event = JSON.stringify(unit.repeat(length));
        for (const payload of [event, utf8(event)]) {
          const called = await functions.invoke("greet", payload);
          expect(called.found && JSON.parse(textOf(called.payload)) === JSON.parse(event)).toBe(
            true,
          );
        }
      }
    }
  });

  test("gets the client context, over however many lines, and the event behind it", async () => {
    const { functions } = await python(`
def handler(event, context):
    client, identity = context.client_context, context.identity
    assert identity.cognito_identity_id is None and identity.cognito_identity_pool_id is None
    if client is None: return event
    custom, app = client.custom, client.client
    return [event, custom, client.env, app.app_title, app.installation_id]
`);
    const custom = { fish: "\u{1f41f}\n" };
    const client = { app_title: "pond" };
    const clientContext = JSON.stringify({ custom, client }, undefined, 2);
    const event = '{\n"a":\n1}';
    const answers = [];
    for (const options of [{ clientContext }, {}]) {
      const called = await functions.invoke("greet", event, options);
      answers.push(called.found && JSON.parse(textOf(called.payload)));
    }
    expect(answers).toEqual([[{ a: 1 }, custom, null, "pond", null], { a: 1 }]);
  });

  test("has each line in the log of its own call, however it was written", async () => {
    const { call } = await python(`
import os, subprocess, sys
def handler(event, context):
    number = event["number"]
    if number % 2: print("said", number)
    if number % 3 == 0: sys.stdout.buffer.write(b"bytes %d\\n" % number)
    if number % 5 == 0: os.write(1, b"past %d\\n" % number)
    if number % 25 == 0: subprocess.run(["echo", f"child {number}"])
    if number % 7 == 0: raise ValueError(f"raised {number}")
    return number
`);
    for (let number = 1; number < 100; number += 1) {
      const { result, functionError, logTail } = await call({ number });
      if (number % 7 === 0) expect(functionError).toBe("Unhandled");
      else expect(result).toBe(number);
      const written: [string, number][] = [
        ["said", 2],
        ["bytes", 3],
        ["past", 5],
        ["child", 25],
        ["ValueError: raised", 7],
      ];
      const found = written.map(([what]) => logTail.includes(`${what} ${number}\n`));
      const isOdd = number % 2 === 1;
      const due = written.map(([what, each]) => (what === "said" ? isOdd : number % each === 0));
      expect([number, found]).toEqual([number, due]);
    }
  });

  test("that runs out of time has in its log what it had said", async () => {
    const { call } = await python(
      `
import time
def handler(event, context):
    print("it begins")
    time.sleep(20)
`,
      { timeoutSeconds: 1 },
    );
    const { result, logTail } = await call();
    expect(result).toMatchObject({ errorType: "Sandbox.Timedout" });
    expect(logTail).toContain("it begins\n");
  });

  test.each(['sys.stdout.buffer.write(b"it begins\\n")', 'print("it begins", end="")'])(
    "that is cut short has in its log what it had written: %s",
    async (write) => {
      const { call } = await python(`
import os, sys
def handler(event, context):
    ${write}
    os.kill(os.getpid(), 9)
`);
      expect((await call()).logTail).toContain("it begins\n");
    },
  );

  test.each(["None", "Tee()", "io.StringIO()", "open(os.devnull, 'w')"])(
    "may put %s in the place of its standard output",
    async (stream) => {
      const { call } = await python(`
import io, os, sys
class Tee:
    def write(self, text): sys.__stdout__.write(text)
def handler(event, context):
    sys.stdout = ${stream}
    if event.get("fails"): raise ValueError("it fails")
    return os.getpid()
`);
      const { result } = await call();
      const failed = await call({ fails: true });
      expect(failed.result).toMatchObject({ errorType: "ValueError" });
      expect(failed.logTail).toContain("[ERROR] ValueError: it fails");
      expect((await call()).result).toBe(result);
    },
  );

  test("may take its streams apart, and put a dict in the place of its variables", async () => {
    const { call } = await python(`
import io, os, sys
sys.stdout = io.TextIOWrapper(sys.stdout.detach(), "utf-8")
sys.stderr = io.TextIOWrapper(sys.stderr.detach(), "utf-8")
os.environ = dict(os.environ)
def handler(event, context):
    print("out")
    print("err", file=sys.stderr)
    return os.environ["_X_AMZN_TRACE_ID"]
`);
    const first = await call();
    const second = await call();
    expect(first.result).not.toBe(second.result);
    expect(second.logTail).toMatch(/\nout\nerr\n/);
  });

  test("whose error has half a character says it, and its process stays", async () => {
    const { call } = await python(`
import os
def handler(event, context):
    if event.get("half"): raise ValueError("bad " + event["half"])
    return event.get("answer", os.getpid())
`);
    const { result } = await call();
    const failed = await call({ half: "\ud800" });
    expect(failed.result).toMatchObject({ errorType: "ValueError", errorMessage: "bad \ud800" });
    expect((await call({ answer: "\ud800" })).result).toMatchObject({
      errorType: "Runtime.MarshalError",
    });
    expect((await call()).result).toBe(result);
  });

  test("may start children of every kind; one that falls out of it answers nobody", async () => {
    const { call } = await python(`
import multiprocessing, os
def work(queue, number): queue.put(number * 2)
def handler(event, context):
    if event["how"] == "fork":
        if os.fork() == 0: raise ValueError("a child")
        os.wait()
        return event["number"]
    processes = multiprocessing.get_context(event["how"])
    queue = processes.Queue()
    child = processes.Process(target=work, args=(queue, event["number"]))
    child.start()
    child.join()
    return queue.get(timeout=5)
`);
    for (const [number, how] of ["fork", "fork", "spawn", "forkserver", "fork"].entries()) {
      const { result } = await call({ how, number });
      expect([how, result]).toEqual([how, how === "fork" ? number : number * 2]);
    }
  });

  test("gets an event with a mark of its byte order, and no client context of null", async () => {
    const { functions } = await python(`
def handler(event, context):
    client = context.client_context
    return [event, client if client is None else client.client.app_title]
`);
    const answers = [];
    for (const clientContext of ["null", '{"client":{}}']) {
      const called = await functions.invoke("greet", utf8('\ufeff{"a":1}'), { clientContext });
      answers.push(called.found && JSON.parse(textOf(called.payload)));
    }
    expect(answers).toEqual([
      [{ a: 1 }, null],
      [{ a: 1 }, null],
    ]);
  });

  test("that ends its process fails its call, and what it had said is in the log", async () => {
    const { call } = await python(`
import os, sys
def handler(event, context):
    print("it ends", end="")
    sys.exit() if event["how"] == "exit" else os.abort()
`);
    const exited = await call({ how: "exit" });
    expect(exited.result).toMatchObject({ errorType: "Runtime.ExitError" });
    expect(exited.logTail).toContain("it ends");
    expect((await call({ how: "abort" })).functionError).toBe("Unhandled");
  });

  test.skipIf(process.platform !== "linux")("does not hand its channel on", async () => {
    const { call } = await python(`
import os, subprocess
def handler(event, context):
    own = os.readlink("/proc/self/fd/3")
    inherited = subprocess.run(["ls", "-l", "/proc/self/fd"], capture_output=True).stdout.decode()
    return [own.startswith("socket:"), own in inherited]
`);
    expect((await call()).result).toEqual([true, false]);
  });

  test("ends with the server, also while it works", async () => {
    const { codeFolder } = await define({
      "app.py": "import time\nprint('works')\ntime.sleep(60)\n",
    });
    const names = ["NAME", "VERSION", "MEMORY_SIZE"].map((name) => `FUNCTION_${name}`);
    const ofContext = [...names, "LOG_GROUP_NAME", "LOG_STREAM_NAME"];
    const ticket = openSync("/dev/null", "r");
    cleanups.push(() => closeSync(ticket));
    const child = Bun.spawn([findPython()!.file, join(bootstrapFolder, "python.py")], {
      env: {
        LAMBDA_TASK_ROOT: codeFolder,
        _HANDLER: "app.handler",
        ...Object.fromEntries(ofContext.map((name) => [`AWS_LAMBDA_${name}`, ""])),
      },
      stdio: ["ignore", "pipe", "inherit", "socket-fd", ticket, ticket],
    });
    const reader = child.stdout.getReader();
    expect(textOf((await reader.read()).value!)).toStartWith("works");
    closeSync(child.stdio[3]! as number);
    expect(await child.exited).toBe(0);
  });

  test("sees the trace id of its call, as its children do, and none is kept", async () => {
    const { call } = await python(`
import os, re, subprocess
def handler(event, context):
    seen = os.environ["_X_AMZN_TRACE_ID"]
    if not event.get("looks"): return seen
    child = subprocess.run(["env"], capture_output=True).stdout.decode()
    kept = set()
    for line in open("/proc/self/maps"):
        if "[heap]" not in line: continue
        start, end = (int(at, 16) for at in line.split()[0].split("-"))
        with open("/proc/self/mem", "rb") as memory:
            memory.seek(start)
            kept |= set(re.findall(rb"_X_AMZN_TRACE_ID=Root=1-[0-9a-f-]+", memory.read(end - start)))
    return [seen, re.search("_X_AMZN_TRACE_ID=(.*)", child)[1], len(kept)]
`);
    const ids = new Set<unknown>();
    for (let count = 0; count < 200; count += 1) ids.add((await call()).result);
    expect(ids.size).toBe(200);
    if (process.platform !== "linux") return;
    const [seen, childs, keptCount] = (await call({ looks: true })).result as [
      string,
      string,
      number,
    ];
    expect(childs).toBe(seen);
    expect(keptCount).toBeLessThan(20);
  });
});

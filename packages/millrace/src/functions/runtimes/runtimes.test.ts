import { afterEach, describe, expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { silentLogger } from "../../base/mod.ts";
import { cleanUp, define, start } from "../house-fixture.ts";
import { findPython } from "./runtime.ts";

afterEach(cleanUp);

/** A runtime of its own, in a shell: asks, answers, asks again. */
const bootstrap = `#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  head=$(mktemp)
  event=$(curl -s -D "$head" "$api/next") || exit 1
  id=$(sed -n 's/^lambda-runtime-aws-request-id: *\\([^[:space:]]*\\).*/\\1/Ip' "$head")
  echo "handling with $_HANDLER"
  case "$event" in
    *fail*) curl -s -d '{"errorType":"Shell","errorMessage":"no"}' "$api/$id/error" ;;
    *) curl -s -d "{\\"got\\":$event}" "$api/$id/response" ;;
  esac
done
`;

describe("a provided runtime", () => {
  async function startShell() {
    const shell = { runtime: "provided.al2023", handler: "hello" };
    const definition = await define({ bootstrap }, shell);
    await chmod(join(definition.codeFolder, "bootstrap"), 0o755);
    return start([definition]);
  }

  test("runs the bootstrap of the code, which speaks the Runtime API", async () => {
    const { call } = await startShell();
    const first = await call({ a: 1 });
    expect(first.result).toEqual({ got: { a: 1 } });
    expect(first.logTail).toContain("handling with hello\n");
    expect((await call({ a: 2 })).result).toEqual({ got: { a: 2 } });
  });

  test("reports its errors in its own words", async () => {
    const { call } = await startShell();
    const { result, functionError } = await call("fail");
    expect([functionError, result]).toEqual([
      "Unhandled",
      { errorType: "Shell", errorMessage: "no" },
    ]);
  });
});

describe.skipIf(!findPython())("a Python handler", () => {
  async function python(source: string, changes = {}) {
    return start([await define({ "app.py": source }, { runtime: "python3.13", ...changes })]);
  }

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
});

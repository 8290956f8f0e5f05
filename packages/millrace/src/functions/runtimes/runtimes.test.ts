import { afterEach, describe, expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { cleanUp, define, start } from "../house-fixture.ts";

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

import { afterEach, describe, expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import type { FunctionDefinition } from "../definition.ts";
import { cleanUp, create, define, endpointUrl, newFolder, start } from "../house-fixture.ts";
import { findPython } from "./runtime.ts";
import { findWrapper } from "./wrapper.ts";

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

describe("a wrapper script", () => {
  const script = '#!/bin/sh\nexport WRAPPED="$1 $#"\nexec "$@"\n';
  const source = "exports.handler = async () => [process.env.WRAPPED, process.argv.length];";
  const python = "import os\ndef handler(event, context): return os.environ['WRAPPED']\n";

  async function defineWrapped(path: string, changes: Partial<FunctionDefinition> = {}) {
    const environment = { AWS_LAMBDA_EXEC_WRAPPER: path };
    const files = { "app.js": source, "app.py": python, wrap: script, plain: script };
    const definition = await define(files, { environment, ...changes });
    await chmod(join(definition.codeFolder, "wrap"), 0o755);
    return definition;
  }

  test("of the code starts the runtime", async () => {
    const { call } = await start([await defineWrapped("/var/task/wrap")]);
    expect((await call()).result).toEqual([expect.stringMatching(/\/(node|bun.*) \d$/), 2]);
  });

  test.skipIf(!findPython())("starts Python, too", async () => {
    const runtime = "python3.13";
    const { call } = await start([await defineWrapped("/var/task/wrap", { runtime })]);
    expect((await call()).result).toMatch(/\/python[\d.]* 4$/);
  });

  test("of a layer is found below /opt", async () => {
    const folder = await newFolder({ "bin/wrap": script });
    await chmod(join(folder, "bin/wrap"), 0o755);
    const definition = await defineWrapped("/opt/bin/wrap", { layers: ["arn:layer:1"] });
    const wrapper = findWrapper(definition, definition.codeFolder, [folder]);
    expect(wrapper).toEqual([join(folder, "bin/wrap")]);
  });

  test.each([
    ["/opt/wrap", '"/opt/wrap" is not there'],
    ["/var/task/plain", '"/var/task/plain" is not executable'],
    ["wrap", '"wrap" is not the whole path of a file'],
  ])("that cannot be started is refused by name: %s", async (path, told) => {
    const { functions } = await create([await defineWrapped(path)]);
    expect(await functions.start({ endpointUrl })).toEqual([
      expect.objectContaining({
        message: `environment variable "AWS_LAMBDA_EXEC_WRAPPER": ${told}`,
      }),
    ]);
  });
});

/** Node's bootstrap: which handlers there are, how they end, and what their errors become. */

import { afterEach, describe, expect, test } from "bun:test";
import { cleanUp, define, start } from "../house-fixture.ts";

afterEach(cleanUp);

// The words and cases are those of Lambda's own runtime
// (aws-lambda-nodejs-runtime-interface-client).
describe.each(["node", "bun"] as const)("on %s, a handler", (kind) => {
  const node = { kind, file: kind === "bun" ? process.execPath : Bun.which("node")! };

  async function run(source: string, runtime = "nodejs22.x") {
    return start([await define({ "app.js": source }, { runtime })], { node });
  }

  test.each(["nodejs22.x", "nodejs24.x"])(
    "that is async and whose promise never settles has failed: %s",
    async (runtime) => {
      const { call } = await run(
        `exports.handler = async (event) => {
          if (event.never) await new Promise(() => {});
          return process.pid;
        };`,
        runtime,
      );
      const { result } = await call();
      expect((await call({ never: true })).result).toMatchObject({
        errorType: "Runtime.NodeJsExit",
        errorMessage: expect.stringMatching(/^The Lambda runtime client detected an unexpected/),
        trace: expect.arrayContaining([expect.stringMatching(/^Runtime.NodeJsExit: The Lambda/)]),
      });
      expect((await call()).result).toBe(result);
    },
  );

  test("that is async, has called back and never settles has answered", async () => {
    const { call } = await run(`exports.handler = async (event, context, callback) => {
      callback(null, 7);
      await new Promise(() => {});
    };`);
    expect((await call()).result).toBe(7);
  });

  test("with a callback is none from Node.js 24 on", async () => {
    const source = "exports.handler = (event, context, callback) => callback(null, 7);";
    const { call } = await run(source, "nodejs24.x");
    expect((await call()).result).toMatchObject({
      errorType: "Runtime.CallbackHandlerDeprecated",
      errorMessage: expect.stringMatching(/^ERROR: AWS Lambda has removed support for callback/),
    });
  });

  test.each([
    ["nodejs22.x", null],
    ["nodejs24.x", 7],
  ])("without a promise returns its answer from Node.js 24 on: %s", async (runtime, expected) => {
    const { call } = await run("exports.handler = () => 7;", runtime);
    expect((await call()).result).toBe(expected);
  });

  test("has no context.done from Node.js 24 on", async () => {
    const { call } = await run(
      "exports.handler = (event, { done, fail, succeed }) => [typeof done, typeof fail, typeof succeed];",
      "nodejs24.x",
    );
    expect((await call()).result).toEqual(["undefined", "undefined", "undefined"]);
  });

  test.each([
    ["{ name: 'Mine', message: 'm', stack: 's\\nt' }", "Mine", "m", ["s", "t"]],
    ["{ name: 'Mine', message: 'm' }", "object", "[object Object]", []],
    ["require('node:vm').runInNewContext('new TypeError(1)')", "TypeError", "1", undefined],
    ["Object.assign(new Error('x'), { name: '' })", "", "x", undefined],
    ["Object.create(null)", "handled", /^callback called with Error argument, but there/, []],
    ["Object.assign(new Error(), { message: 7 })", "handled", /^callback called with Error/, []],
  ])("that throws %s", async (thrown, errorType, errorMessage, trace) => {
    const { call } = await run(`exports.handler = async () => { throw ${thrown}; };`);
    const { result } = await call();
    const message =
      typeof errorMessage === "string" ? errorMessage : expect.stringMatching(errorMessage);
    expect(result).toMatchObject({ errorType, errorMessage: message, ...(trace && { trace }) });
  });

  test.each([
    ["nodejs22.x", "Error"],
    ["nodejs24.x", "Runtime.JSONStringifyError"],
  ])("whose answer is no JSON fails in the runtime's words: %s", async (runtime, errorType) => {
    const { call } = await run("exports.handler = async () => ({ n: 1n });", runtime);
    const { result, logTail } = await call();
    expect(result).toMatchObject({
      errorType,
      errorMessage: "Unable to stringify response body",
    });
    expect(logTail).toMatch(/"reason":".*BigInt.*"/);
  });

  test("whose module waits for what never comes ends its process at once, as Node does", async () => {
    const source = "await new Promise(() => {}); export const handler = async () => 7;";
    const { call } = await start([await define({ "app.mjs": source })], { node });
    const { result } = await call();
    expect(result).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringMatching(/exited with error: exit status 13$/),
    });
  });

  test("whose module waits for a moment is called then", async () => {
    const source = `
      await new Promise((resolve) => setTimeout(resolve, 50));
      export const handler = async () => 7;`;
    const { call } = await start([await define({ "app.mjs": source })], { node });
    expect((await call()).result).toBe(7);
  });

  test("that is not there says so in its trace, too", async () => {
    const { call } = await run("exports.other = async () => 7;");
    const { result } = await call();
    expect(result).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
    const [first] = (result as { trace: string[] }).trace;
    expect(first).toStartWith("Runtime.HandlerNotFound: app.handler is undefined");
  });
});

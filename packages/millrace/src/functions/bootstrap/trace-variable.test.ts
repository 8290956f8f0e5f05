import { afterEach, expect, test } from "bun:test";
import { cleanUp, define, start } from "../house-fixture.ts";
import { findNode } from "../runtimes/runtime.ts";

afterEach(cleanUp);

const hasNode = findNode().kind === "node";
const traceId = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/;

/** Answers with what the body returns, where `name` is the variable. */
async function answer(body: string, imports = "") {
  const code = `const name = "_X_AMZN_TRACE_ID";
    ${imports}
    import { once } from "node:events";
    export const handler = async (event) => { ${body} };`;
  return start([await define({ "app.mjs": code })]);
}

test("a handler, its children and its workers see the trace id of the call in hand", async () => {
  const imports = `
    import { execFileSync } from "node:child_process";
    import process, { env } from "node:process";
    import { Worker } from "node:worker_threads";
    const kept = globalThis.process.env;
    const show = 'require("node:worker_threads").parentPort.postMessage(process.env.' +
      '_X_AMZN_TRACE_ID)';
    async function ofWorker(options) {
      const [seen] = await once(new Worker(show, { eval: true, ...options }), "message");
      return seen;
    }
    const atInit = name in process.env;`;
  const body = `return { atInit, seen: [
    process.env[name], env[name], kept[name], { ...env }[name],
    Object.entries(process.env).find(([key]) => key === name)[1],
    Object.getOwnPropertyDescriptor(process.env, name).value,
    execFileSync("/usr/bin/env").toString().match(/^_X_AMZN_TRACE_ID=(.*)$/m)[1],
    await ofWorker(), await ofWorker({ env: process.env }), await ofWorker({ env: { ...env } }),
  ] };`;
  const { call } = await answer(body, imports);
  const ids = new Set<string>();
  for (let count = 0; count < 2; count += 1) {
    const { atInit, seen } = (await call()).result as { atInit: boolean; seen: string[] };
    expect(atInit).toBe(false);
    expect(seen[0]).toMatch(traceId);
    expect(seen).toEqual(seen.map(() => seen[0]!));
    ids.add(seen[0]!);
  }
  expect(ids.size).toBe(2);
});

test.if(hasNode)("a worker that shares the variables sees each new trace id", async () => {
  const imports = `
    import { SHARE_ENV, Worker } from "node:worker_threads";
    const code = 'const { parentPort } = require("node:worker_threads");' +
      'parentPort.on("message", () => parentPort.postMessage(process.env._X_AMZN_TRACE_ID));';
    const worker = new Worker(code, { eval: true, env: SHARE_ENV });
    worker.unref();`;
  const body = `worker.postMessage("look");
    return [process.env[name], ...(await once(worker, "message"))];`;
  const { call } = await answer(body, imports);
  for (let count = 0; count < 2; count += 1) {
    const [own, workers] = (await call()).result as string[];
    expect(own).toMatch(traceId);
    expect(workers).toBe(own!);
  }
});

test("process.env takes, keeps, lists and prints variables as it does without a call", async () => {
  const body = `
    const { env } = process;
    const { inspect } = await import("node:util");
    env.COUNT = 3;
    env[name] = 4;
    const own = [env.COUNT, env[name], name in env, Object.keys(env).includes(name)];
    const printed = inspect(env).includes(name + ": '4'") && inspect(env).includes("COUNT: '3'");
    const message = (act) => { try { act(); } catch ({ message }) { return message; } };
    const thrown = [() => { env[name] = Symbol("s"); }, () => { env.COUNT = Symbol("s"); }]
      .map(message);
    Object.defineProperty(env, name, {
      value: 5, writable: true, enumerable: true, configurable: true,
    });
    const defined = env[name];
    const gone = [delete env[name], delete env.COUNT, name in env, "COUNT" in env, env[name]];
    return { own, printed, thrown, defined, gone };`;
  const { call } = await answer(body);
  const symbolRefused = expect.stringMatching(/^Cannot convert a symbol/i);
  for (let count = 0; count < 2; count += 1) {
    expect((await call()).result).toEqual({
      own: ["3", "4", true, true],
      printed: true,
      thrown: [symbolRefused, symbolRefused],
      defined: "5",
      gone: [true, true, false, false, null],
    });
  }
});

test.if(hasNode)("no trace id reaches the system's library, which would keep it", async () => {
  const body = `
    const { environmentVariables } = process.report.getReport();
    return [process.env[name], environmentVariables.AWS_REGION, environmentVariables[name]];`;
  const { call } = await answer(body);
  const [own, region, native] = (await call()).result as unknown[];
  expect(own).toMatch(traceId);
  expect(region).toBe("eu-central-1");
  expect(native).toBeNull();
});

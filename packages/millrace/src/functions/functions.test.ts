import { afterEach, describe, expect, test } from "bun:test";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Clock,
  type NumberFigure,
  silentLogger,
  systemClock,
  textOf,
  utf8,
} from "../base/mod.ts";
import type { FunctionBuild, FunctionDefinition } from "./definition.ts";
import {
  cleanUp,
  cleanups,
  create,
  define,
  endpointUrl,
  newFolder,
  start,
} from "./house-fixture.ts";

afterEach(cleanUp);

const build: FunctionBuild = {
  entryPoints: ["app.ts"],
  minify: false,
  target: "es2022",
  sourcemap: false,
  format: "cjs",
  external: [],
};

async function startOne(handler: string, changes: Partial<FunctionDefinition> = {}) {
  return start([await define({ "app.js": handler }, changes)]);
}

describe("a call", () => {
  test("runs the handler and keeps its process for the next call", async () => {
    const { call } = await startOne(
      "let count = 0; exports.handler = async (event) => ({ event, count: ++count });",
    );
    expect((await call({ a: 1 })).result).toEqual({ event: { a: 1 }, count: 1 });
    expect((await call("text")).result).toEqual({ event: "text", count: 2 });
  });

  test("is counted by how it ends, and its process is there afterwards", async () => {
    const { call, functions } = await startOne(
      "exports.handler = async (event) => { if (event.fail) throw new Error('no'); };",
    );
    await call({});
    await call({});
    await call({ fail: true });
    const figures = functions.figures();
    const samples = (name: string) => {
      const figure = figures.find((one) => one.name === name) as NumberFigure;
      return figure.samples.map(({ labels, value }) => [...Object.values(labels), value]);
    };
    expect(samples("millrace_function_calls_total")).toEqual([
      ["greet", "succeeded", 2],
      ["greet", "failed", 1],
      ["greet", "throttled", 0],
    ]);
    const [[, processes] = []] = samples("millrace_function_processes");
    expect(processes).toBeWithin(1, 4); // a call may begin before the last process is idle again
    expect(samples("millrace_function_calls_waiting")).toEqual([["greet", 0]]);
    expect(samples("millrace_function_calls_running")).toEqual([["greet", 0]]);
  });

  test("of an unknown function is not found", async () => {
    const { functions } = await startOne("exports.handler = async () => 1;");
    expect(await functions.invoke("nobody", utf8("{}"))).toEqual({ found: false });
    expect(await functions.invokeAsync("nobody", utf8("{}"))).toBeUndefined();
  });

  test("answers null for undefined", async () => {
    const { call } = await startOne("exports.handler = async () => {};");
    expect((await call()).result).toBeNull();
  });

  test("has the whole context", async () => {
    const { call } = await startOne(`exports.handler = async (event, context) => ({
      ...context,
      remaining: context.getRemainingTimeInMillis(),
      trace: process.env._X_AMZN_TRACE_ID,
    });`);
    const { result, requestId } = await call();
    expect(result).toMatchObject({
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: true,
      functionName: "greet",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:greet",
      logGroupName: "/aws/lambda/greet",
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      memoryLimitInMB: "256",
      trace: expect.stringMatching(
        /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
      ),
    });
    const { remaining } = result as { remaining: number };
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(10_000);
  });

  test("carries UTF-8 and megabytes both ways", async () => {
    const { call } = await startOne("exports.handler = async (event) => event;");
    const event = { text: "größer \u{1f41f} ".repeat(100_000) };
    expect((await call(event)).result).toEqual(event);
  });

  test("that answers with more than 6 MB fails in Lambda's words", async () => {
    const { call } = await startOne("exports.handler = async () => 'x'.repeat(6291556);");
    const { result, functionError } = await call();
    expect(functionError).toBe("Unhandled");
    expect(result).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" });
    expect((await call()).functionError).toBe("Unhandled");
  });

  test("grows the number of processes with the load, one call at a time in each", async () => {
    const { call } = await startOne(`let running = 0; exports.handler = async (event) => {
      running += 1;
      const together = running;
      await new Promise((resolve) => setTimeout(resolve, 300));
      running -= 1;
      return { together, pid: process.pid };
    };`);
    const results = await Promise.all([1, 2, 3].map(async () => (await call()).result));
    const pids = new Set(results.map((result) => (result as { pid: number }).pid));
    expect(results.every((result) => (result as { together: number }).together === 1)).toBe(true);
    expect(pids.size).toBeGreaterThan(1);
  });
});

describe.each(["node", "bun"] as const)("on %s, a handler", (kind) => {
  const node = { kind, file: kind === "bun" ? process.execPath : Bun.which("node")! };

  async function run(handler: string, name = "app.js") {
    return start([await define({ [name]: handler })], { node });
  }

  test("in CommonJS and in ES modules is found", async () => {
    const cjs = await run("exports.handler = async () => typeof require;");
    expect((await cjs.call()).result).toBe("function");
    const esm = await run("export const handler = async () => import.meta.url;", "app.mjs");
    expect((await esm.call()).result).toEndWith("/app.mjs");
  });

  test("may use the callback", async () => {
    const { call } = await run(
      "exports.handler = (event, context, callback) => callback(null, 7);",
    );
    expect((await call()).result).toBe(7);
  });

  test.each([
    ["context.succeed({ n: 7 })", { n: 7 }, undefined],
    ["context.succeed()", null, undefined],
    ["context.done(null, 7)", 7, undefined],
    ["context.done()", null, undefined],
    ["context.done('')", { errorMessage: "" }, "Unhandled"],
    [
      "context.done(new RangeError('far'))",
      { errorType: "RangeError", errorMessage: "far" },
      "Unhandled",
    ],
    [
      "context.fail(new RangeError('far'))",
      { errorType: "RangeError", errorMessage: "far" },
      "Unhandled",
    ],
    ["context.fail()", { errorMessage: "handled" }, "Unhandled"],
  ])("may end its call by %s, whatever else waits", async (ending, expected, functionError) => {
    const { call } = await run(`exports.handler = (event, context) => {
      setTimeout(() => {}, 60_000);
      ${ending};
    };`);
    const called = await call();
    if (functionError) expect(called.result).toMatchObject(expected as object);
    else expect(called.result).toEqual(expected);
    expect(called.functionError).toBe(functionError);
  });

  test("may give the callback an error", async () => {
    const { call } = await run(
      "exports.handler = (event, context, callback) => callback(new RangeError('far'));",
    );
    const { result, functionError } = await call();
    expect(functionError).toBe("Unhandled");
    expect(result).toMatchObject({ errorType: "RangeError", errorMessage: "far" });
  });

  test("in callback style answers when its event loop is empty", async () => {
    const { call } = await run(`let done = false; exports.handler = (event, context, callback) => {
      const waited = done;
      context.callbackWaitsForEmptyEventLoop = event.wait;
      setTimeout(() => { done = true; }, 50);
      callback(null, waited);
    };`);
    expect((await call({ wait: true })).result).toBe(false);
    expect((await call({ wait: false })).result).toBe(true);
  });

  test("that never answers is over when its event loop is empty", async () => {
    const { call } = await run("exports.handler = () => {};");
    expect((await call()).result).toBeNull();
    const promised = await run("exports.handler = () => new Promise(() => {});");
    expect((await promised.call()).result).toBeNull();
  });

  test("that throws answers with type, message and trace", async () => {
    const { call } = await run("exports.handler = async () => { throw new TypeError('x'); };");
    const { result, functionError } = await call();
    expect(functionError).toBe("Unhandled");
    expect(result).toMatchObject({ errorType: "TypeError", errorMessage: "x" });
    expect((result as { trace: string[] }).trace[0]).toBe("TypeError: x");
  });

  test("that leaves a rejection unhandled fails the call", async () => {
    const { call } = await run(`exports.handler = async () => {
      void Promise.reject(new Error("lost"));
      await new Promise((resolve) => setTimeout(resolve, 1000));
    };`);
    const { result, logTail } = await call();
    expect(result).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "Error: lost",
    });
    expect((result as { trace: string[] }).trace[0]).toBe(
      "Runtime.UnhandledPromiseRejection: Error: lost",
    );
    expect(logTail).toMatch(
      /\tERROR\tUnhandled Promise Rejection \t.*"reason":\{"errorType":"Error","errorMessage":"lost"/,
    );
  });

  test("that ends its process fails the call, and the next call runs in a new one", async () => {
    const { call } = await run(
      "exports.handler = async (event) => event.exit ? process.exit(event.exit) : 'here';",
    );
    const { result, functionError, requestId } = await call({ exit: 3 });
    expect(functionError).toBe("Unhandled");
    expect(result).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 3`,
    });
    expect((await call()).result).toBe("here");
  });

  test.each([
    ["process.exit(0)", "exited without providing a reason"],
    ["process.abort()", "exited with error: signal: aborted"],
  ])("that ends by %s is worded as on Lambda", async (end, words) => {
    const { call } = await run(`exports.handler = async () => { ${end}; };`);
    const { result, requestId } = await call();
    expect(result).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${requestId} Error: Runtime ${words}`,
    });
  });

  test("that throws leaves in the log what the error carries", async () => {
    const { call } = await run(`exports.handler = async () => {
      throw Object.assign(new TypeError("x"), { code: "E7", self: undefined });
    };`);
    const { logTail } = await call();
    const [, json = ""] = /\tERROR\tInvoke Error \t(\{.*\})/.exec(logTail) ?? [];
    expect(JSON.parse(json)).toEqual({
      errorType: "TypeError",
      errorMessage: "x",
      code: "E7",
      stack: expect.arrayContaining(["TypeError: x"]),
    });
  });

  test("writes its lines, whole and in order, into the tail of the call's log", async () => {
    const { call, lines } = await run(`exports.handler = async () => {
      console.log("one\\ntwo", { a: 1 });
      process.stdout.write("raw\\n");
      console.error("\\u001b[2J");
    };`);
    const { logTail, requestId } = await call();
    const shown = logTail.split("\n").map((line) => line.split("\t").at(-1) || line);
    expect(logTail).toStartWith(`START RequestId: ${requestId} Version: $LATEST\n`);
    expect(shown.slice(1, 6)).toEqual([
      "one",
      "two { a: 1 }",
      "raw",
      "\u001b[2J",
      `END RequestId: ${requestId}`,
    ]);
    expect(shown[6]).toMatch(/^REPORT RequestId: .*\tMax Memory Used: [1-9]\d* MB\tInit Duration/s);
    expect(lines).toContainEqual(expect.stringMatching(/Z INFO greet \S+ two \{ a: 1 \}$/));
    expect(lines).toContainEqual(expect.stringMatching(/Z ERROR greet \S+ \\x1b\[2J$/));
  });
});

describe("a process", () => {
  test("that asks for work several times at once still takes one call at a time", async () => {
    const { call } = await startOne(`exports.handler = async (event) => {
      if (!event.ask) return 1;
      const next = process.env.AWS_LAMBDA_RUNTIME_API + "/2018-06-01/runtime/invocation/next";
      for (const _ of "12") require("node:http").get("http://" + next);
      // After a while, in which these have come, the bootstrap asks too.
      await new Promise((resolve) => setTimeout(resolve, 500));
    };`);
    expect((await call({ ask: true })).result).toMatchObject({
      errorType: "Runtime.InvalidResponse",
    });
    for (const { result, functionError } of await Promise.all([call(), call()])) {
      expect(functionError === "Unhandled" || result === 1).toBe(true); // whoever was asking got it
    }
    expect((await call()).result).toBe(1);
  });

  test("leaves in the log all that it wrote before it ended itself", async () => {
    const node = { kind: "node", file: Bun.which("node")! } as const; // Bun may lose the last lines
    const { call, lines } = await start(
      [
        await define({
          "app.js": `exports.handler = async () => {
            for (let i = 0; i < 2000; i += 1) console.log("x".repeat(1000));
            process.exit(1);
          };`,
        }),
      ],
      { node },
    );
    await call();
    expect(lines.filter((line) => line.endsWith("x".repeat(1000)))).toHaveLength(2000);
  });

  test("that takes too long is killed", async () => {
    const { call } = await startOne(
      "exports.handler = async (event) => { while (event.block); return 1; };",
      { timeoutSeconds: 1 },
    );
    const { result, functionError, requestId, logTail } = await call({ block: true });
    expect(functionError).toBe("Unhandled");
    expect(result).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
    });
    expect(logTail).toContain("Task timed out after 1.00 seconds");
    expect((await call({})).result).toBe(1);
  });

  test("sees the variables of Lambda and none of the server", async () => {
    process.env.SERVER_SECRET = "s3cret";
    cleanups.push(() => delete process.env.SERVER_SECRET);
    const { call, functions } = await startOne("exports.handler = async () => process.env;", {
      environment: { TABLE: "lines" },
    });
    const { result } = await call();
    const credentials = functions.credentialsOf("greet")!;
    expect(result).toMatchObject({
      _HANDLER: "app.handler",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
      AWS_DEFAULT_REGION: "eu-central-1",
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_FUNCTION_NAME: "greet",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_REGION: "eu-central-1",
      TABLE: "lines",
      TZ: ":UTC",
    });
    expect(Object.keys(result as object)).not.toContain("SERVER_SECRET");
  });

  test("ends when the server is killed, also while it works", async () => {
    const definition = await define({
      "app.js": `exports.handler = async (event) => {
        if (event.stay) await new Promise(() => setInterval(() => {}, 1000));
        return process.pid;
      };`,
    });
    const script = `
      import { createFunctions } from ${JSON.stringify(join(import.meta.dir, "functions.ts"))};
      import { openMemoryRecords } from
        ${JSON.stringify(join(import.meta.dir, "../storage/mod.ts"))};
      import { silentLogger, systemClock, systemRandom, textOf, utf8 } from
        ${JSON.stringify(join(import.meta.dir, "../base/mod.ts"))};
      const functions = createFunctions({
        records: openMemoryRecords(),
        definitions: [${JSON.stringify(definition)}],
        workFolder: ${JSON.stringify(await newFolder({}))},
        region: "r", accountId: "1", clock: systemClock, random: systemRandom, logger: silentLogger,
        writeLog: () => {}, atEndOfTurn: setImmediate,
      });
      await functions.start({ endpointUrl: "http://127.0.0.1:1" });
      const first = await functions.invoke("greet", utf8("{}"));
      void functions.invoke("greet", utf8('{"stay":true}'));
      console.log(textOf(first.payload));
      setInterval(() => {}, 1000);
    `;
    const server = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    const reader = server.stdout.getReader();
    const pid = Number(textOf((await reader.read()).value!));
    expect(isAlive(pid)).toBe(true);
    server.kill("SIGKILL");
    await server.exited;
    while (isAlive(pid)) await Bun.sleep(10);
  });

  test("that cannot start fails the call with the reason", async () => {
    const { call } = await startOne("require('./nowhere'); exports.handler = async () => 1;");
    const { result, functionError } = await call();
    expect(functionError).toBe("Unhandled");
    expect(result).toMatchObject({ errorType: "Runtime.ImportModuleError" });
    for (const source of [
      "require('aws-sdk');",
      "exports.handler = async () => require('aws-sdk');",
      "exports.handler = () => import('aws-sdk');",
    ]) {
      const { call: callOld, lines } = await startOne(source);
      expect((await callOld()).functionError).toBe("Unhandled");
      expect(lines.join("\n")).toContain("version 2 of the AWS SDK is not provided here");
    }
    const { call: callOther } = await startOne("exports.other = 1;");
    expect((await callOther()).result).toMatchObject({
      errorType: "Runtime.HandlerNotFound",
      errorMessage: "app.handler is undefined or not exported",
    });
  });

  test("that cannot start over and over is not started again for a while", async () => {
    const folder = await newFolder({});
    const { call } = await startOne(`
      require("node:fs").appendFileSync(${JSON.stringify(join(folder, "starts"))}, "x");
      process.exit(1);`);
    for (let count = 0; count < 8; count += 1) {
      expect((await call()).result).toMatchObject({ errorType: "Runtime.ExitError" });
    }
    const starts = (await Bun.file(join(folder, "starts")).text()).length;
    expect(starts).toBeGreaterThanOrEqual(3);
    expect(starts).toBeLessThan(8);
  });

  test("finishes its call before the functions close", async () => {
    const { call, functions } = await startOne(`exports.handler = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return process.pid;
    };`);
    await call();
    const called = call();
    await functions.close();
    const pid = (await called).result as number;
    expect(isAlive(pid)).toBe(false);
    expect((await call()).result).toMatchObject({ errorType: "ServiceException" });
  });
});

describe("a build", () => {
  const source = `
    import { GetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
    const client = new DynamoDBClient({});
    export async function handler(event: { id: string }) {
      const key = { id: { S: event.id } };
      const { Item } = await client.send(new GetItemCommand({ TableName: "lines", Key: key }));
      return Item;
    }`;

  test.each(["cjs", "esm"] as const)("to %s reaches our endpoints with the SDK", async (format) => {
    const requests: { target: string | null; authorization: string | null; body: unknown }[] = [];
    const endpoint = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch(request) {
        const { headers } = request;
        requests.push({
          target: headers.get("x-amz-target"),
          authorization: headers.get("authorization"),
          body: await request.json(),
        });
        return Response.json({ Item: { text: { S: "hello" } } });
      },
    });
    cleanups.push(() => endpoint.stop(true));
    const definition = await define({ "app.ts": source }, { build: { ...build, format } });
    const { functions, call } = await create([definition]);
    const url = `http://127.0.0.1:${endpoint.port}`;
    expect(await functions.start({ endpointUrl: url })).toEqual([]);
    expect((await call({ id: "a" })).result).toEqual({ text: { S: "hello" } });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      target: "DynamoDB_20120810.GetItem",
      body: { TableName: "lines", Key: { id: { S: "a" } } },
    });
    const { accessKeyId } = functions.credentialsOf("greet")!;
    expect(requests[0]?.authorization).toContain(`Credential=${accessKeyId}/`);
  });

  test.each([
    ["nodejs22.x", "exports.handler = async () => __filename.split('/').at(-1);", "index.js"],
    ["python3.13", "def handler(event, context): return __file__.split('/')[-1]", "index.py"],
  ])("stands in the template for %s", async (runtime, inlineCode, file) => {
    const definition = await define({}, { runtime, inlineCode, handler: "index.handler" });
    const house = await start([definition], { watch: true });
    expect((await house.call()).result).toBe(file);
    const published = await house.functions.control.publish("greet", {});
    expect(published.ok && published.value.definition).not.toHaveProperty("inlineCode");
    const byVersion = await house.functions.invoke("greet", "{}", { qualifier: "1" });
    expect(byVersion.found && textOf(byVersion.payload)).toBe(JSON.stringify(file));
  });

  test("is made as the template's further settings say", async () => {
    const files = {
      "app.ts":
        "import words from './words.sql'; export const handler = async () => [words, mark];",
      "words.sql": "SELECT 1",
    };
    const made: FunctionBuild = {
      ...build,
      format: "esm",
      banner: { js: "const mark = 'before';" },
      loaders: { ".sql": "text" },
      outExtensions: { ".js": ".mjs" },
      mainFields: ["module", "main"],
      sourcesContent: false,
    };
    const { call } = await start([await define(files, { build: made })]);
    expect((await call()).result).toEqual(["SELECT 1", "before"]);
  });

  test("is made again only when a file that went into it has changed", async () => {
    const files = {
      "app.ts": "import { text } from './text.ts'; export const handler = async () => text;",
      "text.ts": "export const text: string = 'first';",
    };
    const definition = await define(files, { build });
    const { workFolder, call } = await start([definition]);
    expect((await call()).result).toBe("first");
    const bundle = join(workFolder, "greet/code/app.js");
    await writeFile(bundle, "exports.handler = async () => 'kept!';".padEnd(Bun.file(bundle).size));
    const record = await Bun.file(join(workFolder, "greet/code.record/bundle.json")).json();
    const made = record.outputs.find((output: { path: string }) => output.path === bundle);
    const madeAt = Number(made.state.split(" ")[1]) / 1000;
    await utimes(bundle, madeAt, madeAt);
    const second = await start([definition], { workFolder });
    expect((await second.call()).result).toBe("kept!");
    await writeFile(join(definition.codeFolder, "text.ts"), "export const text = 'changed';");
    const third = await start([definition], { workFolder });
    expect((await third.call()).result).toBe("changed");
  });

  test("that lacks version 2 of the SDK says what to do", async () => {
    const { functions } = await create([
      await define({ "app.ts": "import 'aws-sdk/clients/s3';" }, { build }),
    ]);
    const [problem] = await functions.start({ endpointUrl });
    expect(problem!.message).toEndWith(
      ": version 2 of the AWS SDK is not provided here, npm install aws-sdk",
    );
  });

  test("that fails names function, file, line and column", async () => {
    const definition = await define(
      { "app.ts": "export const a = 1;\nimport { b } from './nowhere.ts';\nexport const c = b;\n" },
      { build },
    );
    const { functions } = await create([definition]);
    const problems = await functions.start({ endpointUrl });
    expect(problems).toEqual([
      {
        functionName: "greet",
        message: 'Could not resolve "./nowhere.ts"',
        file: join(definition.codeFolder, "app.ts"),
        line: 2,
        column: 19,
      },
    ]);
    expect(await functions.invoke("greet", utf8("{}"))).toEqual({ found: false });
  });
});

describe("what cannot run is refused by name", () => {
  async function problemsOf(files: Record<string, string>, changes: Partial<FunctionDefinition>) {
    const { functions } = await create([await define(files, changes)]);
    return (await functions.start({ endpointUrl })).map((problem) => problem.message);
  }

  test("TypeScript without a build", async () => {
    expect(await problemsOf({ "app.ts": "" }, {})).toEqual([
      'handler "app.handler" is TypeScript and needs BuildMethod: esbuild',
    ]);
  });

  test("a handler whose file is not there", async () => {
    expect(await problemsOf({ "other.js": "" }, {})).toEqual([
      'handler "app.handler": its code does not hold a file "app.js"',
    ]);
    expect(await problemsOf({ "app.js": "" }, { handler: "app" })).toEqual([
      'handler "app" is not of the form "file.export"',
    ]);
  });

  test("a handler that Lambda would not look for, though its file is there", async () => {
    expect(await problemsOf({ "app.js": "" }, { handler: "x/../app.handler" })).toEqual([
      'handler "x/../app.handler" must not hold ".."',
    ]);
  });

  test("another runtime, and reserved variables", async () => {
    const environment = { AWS_REGION: "x", TABLE: "y".repeat(4096) };
    expect(await problemsOf({ "app.js": "" }, { runtime: "ruby3.3", environment })).toEqual([
      'runtime "ruby3.3" is not implemented; nodejs*, python3.* and provided* are',
      'environment variable "AWS_REGION" is reserved',
      "environment variables take 4112 bytes, more than 4096",
    ]);
  });
});

describe("an asynchronous call", () => {
  test("is tried three times with the documented waits, under one request id", async () => {
    const folder = await newFolder({});
    const file = join(folder, "tries");
    const definition = await define({
      "app.js": `exports.handler = async (event, context) => {
        require("node:fs").appendFileSync(${JSON.stringify(file)}, context.awsRequestId + "\\n");
        throw new Error("no");
      };`,
    });
    const waits: number[] = [];
    const hasty: Clock = {
      ...systemClock,
      after(delayMs, callback) {
        if (delayMs === 60_000 || delayMs === 120_000) {
          waits.push(delayMs);
          return systemClock.after(1, callback);
        }
        return systemClock.after(delayMs, callback);
      },
    };
    const { promise: givenUp, resolve } = Promise.withResolvers<void>();
    const logger = { ...silentLogger, error: () => resolve() };
    const { functions } = await start([definition], { clock: hasty, logger });
    expect(await functions.invokeAsync("greet", utf8("{}"))).toBeString();
    await givenUp;
    const tries = (await Bun.file(file).text()).trim().split("\n");
    expect(waits).toEqual([60_000, 120_000]);
    expect(tries).toHaveLength(3);
    expect(new Set(tries).size).toBe(1);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process
  }
}

import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Clock, type Logger, silentLogger, systemClock, textOf, utf8 } from "../base/mod.ts";
import { cleanUp, define, figureOf, isAlive, newFolder, start } from "./house-fixture.ts";
import { environmentAgeMsMax, logLineBytesMax, startMsTypical } from "./limits.ts";
import { ownMemoryOf } from "./memory.ts";

afterEach(cleanUp);

async function startOne(source: string, changes = {}) {
  return start([await define({ "app.js": source }, changes)]);
}

describe("an environment", () => {
  test.skipIf(ownMemoryOf(process.pid) === undefined)(
    "that takes more memory than its function may is killed",
    async () => {
      const source = `const kept = [];
        exports.handler = async (event) => {
          if (!event.fill) return "here";
          for (;;) {
            kept.push(Buffer.alloc(8 * 1024 * 1024, 1));
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        };`;
      const { call } = await startOne(source, { memoryMegabytes: 256, timeoutSeconds: 60 });
      const { result, functionError, requestId } = await call({ fill: true });
      expect(functionError).toBe("Unhandled");
      expect(result).toEqual({
        errorType: "Runtime.ExitError",
        errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
      });
      expect((await call()).result).toBe("here");
    },
  );

  test("begins with the call that waits before the caller of the last has its answer", async () => {
    const seen: string[] = [];
    const { functions } = await start(
      [await define({ "app.js": "exports.handler = async (name) => name;" })],
      {
        processesMax: 1,
        writeLog: (line) => line.includes("START RequestId") && seen.push("start"),
      },
    );
    const call = async (name: string) => {
      const called = await functions.invoke("greet", utf8(JSON.stringify(name)));
      seen.push(`answer ${called.found && textOf(called.payload)}`);
    };
    await call("warm");
    seen.length = 0;
    await Promise.all(["a", "b", "c"].map(call));
    expect(seen).toEqual(["start", "start", 'answer "a"', "start", 'answer "b"', 'answer "c"']);
  });

  test("has a folder for files to itself, which goes with it", async () => {
    const { call, functions } = await startOne(`
      const { tmpdir } = require("node:os");
      const { writeFileSync, readdirSync } = require("node:fs");
      exports.handler = async ({ meeting }) => {
        const before = readdirSync(tmpdir());
        writeFileSync(tmpdir() + "/mine", "x");
        if (meeting) {
          writeFileSync(meeting + "/" + process.pid, "here");
          while (readdirSync(meeting).length < 2) {
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        }
        return { folder: tmpdir(), before };
      };`);
    const meeting = await newFolder({});
    const results = await Promise.all([call({ meeting }), call({ meeting })]);
    const folders = results.map(({ result }) => (result as { folder: string }).folder);
    expect(results.map(({ result }) => (result as { before: string[] }).before)).toEqual([[], []]);
    expect(new Set(folders).size).toBe(2);
    const again = (await call({})).result as { folder: string; before: string[] };
    expect([folders.includes(again.folder), again.before]).toEqual([true, ["mine"]]);
    await functions.close();
    expect(folders.map(existsSync)).toEqual([false, false]);
  });

  test("leaves no folder when its process cannot start, and a start removes what is left", async () => {
    const workFolder = await newFolder({ ".environments/e-before/file": "left by a crash" });
    const definition = await define({ "app.js": "exports.handler = async () => 1;" });
    const node = { kind: "node", file: join(workFolder, "no-node") } as const;
    const { call } = await start([definition], { workFolder, node });
    expect(readdirSync(join(workFolder, ".environments"))).toEqual([]);
    expect((await call()).result).toMatchObject({ errorType: "Runtime.StartError" });
    expect(readdirSync(join(workFolder, ".environments"))).toEqual([]);
  });

  test("tells the log that the code is gone, and its caller nothing of the machine", async () => {
    const definition = await define({ "app.js": "exports.handler = async () => 1;" });
    const reasons: unknown[] = [];
    const error: Logger["error"] = (_, fields) => void reasons.push(fields?.reason);
    const { call } = await start([definition], { logger: { ...silentLogger, error } });
    rmSync(definition.codeFolder, { recursive: true });
    expect((await call()).result).toEqual({
      errorType: "Runtime.StartError",
      errorMessage: "Cannot start a process; the log says why",
    });
    expect(reasons).toEqual([`the folder of its code is gone: "${definition.codeFolder}"`]);
  });

  test("has no home but that folder, where the function does not say another", async () => {
    const source = "exports.handler = async () => [process.env.HOME, process.env.TMPDIR];";
    const { call } = await startOne(source);
    const [home, folder] = (await call()).result as string[];
    expect(home).toBe(folder!);
    const { call: callOther } = await startOne(source, { environment: { HOME: "/srv" } });
    expect(((await callOther()).result as string[])[0]).toBe("/srv");
  });

  test("signs with credentials of its own, and ends before they do", async () => {
    let [aheadMs, given] = [0, 0];
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + aheadMs };
    const credentialsFor = () => {
      given += 1;
      return { accessKeyId: `ASIA${given}`, secretAccessKey: "s", sessionToken: `t${given}` };
    };
    const source = "exports.handler = async () => process.env.AWS_SESSION_TOKEN;";
    const { call } = await start([await define({ "app.js": source })], { clock, credentialsFor });
    expect([(await call()).result, (await call()).result]).toEqual(["t1", "t1"]);
    aheadMs = environmentAgeMsMax + 1;
    await call();
    expect((await call()).result).not.toBe("t1");
  });

  test("is measured from its start, in the report of its first call alone", async () => {
    const { call } = await startOne("exports.handler = async () => 1;");
    const [first, second] = [await call(), await call()];
    expect(first.logTail).toMatch(/REPORT .*\tInit Duration: \d+\.\d\d ms\t\n$/);
    expect(second.logTail).toMatch(/REPORT RequestId: \S+\tDuration: \d+\.\d\d ms\tBilled Dur/);
    expect(second.logTail).not.toContain("Init Duration");
  });

  test("that answers a call twice is heard once", async () => {
    const { call } = await startOne(`exports.handler = async (event, context) => {
      const api = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2018-06-01/runtime/invocation/";
      const answer = (body) =>
        fetch(api + context.awsRequestId + "/response", { method: "POST", body });
      const statuses = [(await answer('"first"')).status, (await answer('"second"')).status];
      console.log("statuses", ...statuses);
      return "third";
    };`);
    const { result, functionError } = await call();
    expect([result, functionError]).toEqual(["first", undefined]);
    expect((await call()).result).toBe("first");
  });

  test("that asks for calls both ways gets each call once", async () => {
    const { call } = await startOne(`const { get } = require("node:http");
    exports.handler = async (event) => {
      if (!event.asks) return "here";
      const api = "http://" + process.env.AWS_LAMBDA_RUNTIME_API;
      get(api + "/2018-06-01/runtime/invocation/next").on("error", () => {});
      await new Promise((resolve) => get(api, resolve)); // the server has the one before
    };`);
    await call();
    const [first, ...others] = await Promise.all([call({ asks: true }), call(), call()]);
    expect(first.result).toMatchObject({ errorType: "Runtime.InvalidResponse" });
    for (const { result } of others) expect(result).toBe("here");
  });

  test("that dies while it answers fails its call", async () => {
    const { call } = await startOne(`exports.handler = async (event, context) => {
      if (!event.die) return "here";
      const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
      const path = "/2018-06-01/runtime/invocation/" + context.awsRequestId + "/response";
      const headers = { "Content-Length": 1000 };
      const request = require("node:http").request({ hostname, port, path, method: "POST", headers });
      request.write('{"half":');
      await new Promise((resolve) => setTimeout(resolve, 50));
      process.exit(7);
    };`);
    const { result, functionError } = await call({ die: true });
    expect(functionError).toBe("Unhandled");
    expect(result).toMatchObject({ errorType: "Runtime.ExitError" });
    expect((await call()).result).toBe("here");
  });

  test("that writes without end is bounded: a line is cut, the tail is the last of it", async () => {
    const { call, lines } = await startOne(`exports.handler = async () => {
      for (let i = 0; i < 40; i += 1) process.stdout.write("y".repeat(1024 * 1024));
    };`);
    const { logTail, functionError } = await call();
    expect(functionError).toBeUndefined();
    expect(logTail.length).toBeLessThanOrEqual(4096);
    expect(logTail).toContain("\nEND RequestId");
    const longest = Math.max(...lines.map((line) => line.length));
    expect(longest).toBeLessThan(logLineBytesMax + 100); // with what stands before it
  });

  test("takes the calls that come one after the other, and no second one is started", async () => {
    // Where the machine is slow, what has answered is waited for all the same.
    const after: Clock["after"] = (delayMs, callback) =>
      delayMs === startMsTypical ? { cancel() {} } : systemClock.after(delayMs, callback);
    const definition = await define({ "app.js": "exports.handler = async () => process.pid;" });
    const house = await start([definition], { clock: { ...systemClock, after } });
    for (let count = 0; count < 50; count += 1) await house.call();
    expect(figureOf(house, "millrace_function_processes")).toBe(1);
  });

  test.each([
    "setImmediate(() => { for (;;); }); resolve(process.pid);",
    "setTimeout(() => resolve(process.pid), 5); setTimeout(() => { for (;;); }, 5);",
  ])(
    "that blocks behind its answer is passed by until the call's time is over: %s",
    async (work) => {
      const source = `exports.handler = (event) => new Promise((resolve) => {
      if (event.block) { ${work} } else resolve(process.pid);
    });`;
      const { call } = await startOne(source, { timeoutSeconds: 2 });
      const blocked = (await call({ block: true })).result as number;
      expect(blocked).toBeNumber();
      expect((await call()).result).not.toBe(blocked);
      while (isAlive(blocked)) await Bun.sleep(20);
    },
  );

  test.each([1, 65_530])(
    "that exits behind its answer of %d characters has answered",
    async (length) => {
      const source = `exports.handler = async () => {
      process.nextTick(() => process.exit(0));
      return "\u20ac".repeat(${length});
    };`;
      const { call } = await startOne(source);
      const { result, functionError } = await call();
      expect(functionError).toBeUndefined();
      expect(result).toBe("\u20ac".repeat(length));
    },
  );
});

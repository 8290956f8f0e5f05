/** Calls that processes have ahead, seen from outside: none is lost, none runs twice. */

import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { textOf, utf8 } from "../../base/mod.ts";
import type { FunctionDefinition } from "../definition.ts";
import { cleanUp, define, figureOf, type House, newFolder, start } from "../house-fixture.ts";
import { quietCallsMin } from "../limits.ts";
import { findPython } from "../runtimes/runtime.ts";

afterEach(cleanUp);

const node = { kind: "node", file: Bun.which("node")! } as const;

async function startOne(
  source: string,
  { processesMax = 1, ...changes }: Partial<FunctionDefinition> & { processesMax?: number } = {},
): Promise<House> {
  return start([await define({ "app.js": source }, changes)], { node, processesMax });
}

/** As in a handler: how many calls its process was given ahead until now. */
const givenSoFar = `(require("node:fs").fstatSync(4).size + require("node:fs").fstatSync(5).size)`;

async function invoke({ functions }: House, event: unknown) {
  const called = await functions.invoke("greet", utf8(JSON.stringify(event)));
  if (!called.found) throw new Error("there is no such function");
  return { result: JSON.parse(textOf(called.payload)), functionError: called.functionError };
}

/** Until a process would be given calls ahead. */
async function warm(house: House, event: unknown = {}, calls = quietCallsMin + 1): Promise<void> {
  for (let count = 0; count < calls; count += 1) await invoke(house, event);
}

describe("a process that is kept busy by quick calls", () => {
  test("gets them ahead, and answers each with its own answer", async () => {
    const house = await startOne(
      `exports.handler = async ({ number }, { awsRequestId, getRemainingTimeInMillis }) =>
        [number, awsRequestId, getRemainingTimeInMillis(), ${givenSoFar}];`,
    );
    await warm(house);
    let given = 0;
    const ids = new Set<string>();
    const callOn = async (number: number) => {
      for (let count = 0; count < 100; count += 1) {
        const { result } = await invoke(house, { number: number + count });
        const [own, requestId, leftMs, givenThere] = result as [number, string, number, number];
        expect(own).toBe(number + count);
        expect(leftMs > 0 && leftMs <= 10_000).toBe(true);
        ids.add(requestId);
        given = Math.max(given, givenThere);
      }
    };
    await Promise.all([0, 1000, 2000, 3000, 4000].map(callOn));
    expect(ids.size).toBe(500);
    expect(given).toBeGreaterThan(50);
  });

  test("has each call's lines under its own id, in the order of the calls", async () => {
    const house = await startOne("exports.handler = async () => 1;");
    await warm(house);
    const reports = () => house.lines.filter((line) => line.includes("REPORT RequestId"));
    while (reports().length <= quietCallsMin) await Bun.sleep(5);
    house.lines.length = 0;
    await Promise.all(Array.from({ length: 50 }, () => invoke(house, {})));
    while (reports().length < 50) await Bun.sleep(5);
    const words = house.lines.flatMap(
      (line) => line.match(/(?:START|END|REPORT) RequestId: \S+/) ?? [],
    );
    expect(words.length).toBe(150);
    for (let at = 0; at < words.length; at += 3) {
      const id = words[at]!.slice("START RequestId: ".length);
      const expected = ["START", "END", "REPORT"].map((word) => `${word} RequestId: ${id}`);
      expect(words.slice(at, at + 3)).toEqual(expected);
    }
  });

  test.each([
    ["logs", 'console.log("said");'],
    ["writes past its console", 'require("node:fs").writeSync(1, "past\\n");'],
    ["has timers", "setTimeout(() => {}, 2);"],
  ])("gets none ahead where it %s", async (_, what) => {
    const house = await startOne(
      `exports.handler = async () => { ${what} return ${givenSoFar}; };`,
    );
    await warm(house);
    const calls = Array.from({ length: 200 }, () => invoke(house, {}));
    for (const { result } of await Promise.all(calls)) expect(result).toBe(0);
  });

  test("gets none ahead where its calls take long", async () => {
    const house = await startOne(`exports.handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return ${givenSoFar};
      };`);
    await warm(house);
    const calls = Array.from({ length: 20 }, () => invoke(house, {}));
    for (const { result } of await Promise.all(calls)) expect(result).toBe(0);
  });
});

test.skipIf(!findPython())("a Python process gets calls ahead too", async () => {
  const source = `import os
def handler(event, context):
    left = context.get_remaining_time_in_millis()
    assert 0 < left <= 10_000
    return [event.get("number"), os.fstat(4).st_size + os.fstat(5).st_size]
`;
  const definition = await define({ "app.py": source }, { runtime: "python3.12" });
  const house = await start([definition], { processesMax: 1 });
  await warm(house);
  const numbers = Array.from({ length: 300 }, (_, number) => number);
  const answers = await Promise.all(numbers.map((number) => invoke(house, { number })));
  const results = answers.map(({ result }) => result as [number, number]);
  expect(results.map(([number]) => number)).toEqual(numbers);
  expect(Math.max(...results.map(([, given]) => given))).toBeGreaterThan(50);
});

/** Asks the Runtime API for another call too, when the one behind it lies there. */
const askingBeside = `import os, socket, time
connections = []
before = 0
def given():
    return os.fstat(4).st_size + os.fstat(5).st_size
def request(path):
    host = os.environ["AWS_LAMBDA_RUNTIME_API"]
    name, port = host.split(":")
    connections.append(socket.create_connection((name, int(port))))
    connections[-1].sendall(f"GET {path} HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n".encode())
def handler(event, context):
    global before
    if event.get("asks"):
        while given() == before:
            time.sleep(0.001)
        request("/2018-06-01/runtime/invocation/next")
        request("/")
        connections[-1].recv(1)  # the server has the one before
    if event.get("stays"):
        time.sleep(0.2)
    before = given()
    return event.get("number")
`;

test.skipIf(!findPython())(
  "a process that asks both ways for calls harms its own alone",
  async () => {
    const changes = { runtime: "python3.12", timeoutSeconds: 1 };
    const house = await start([await define({ "app.py": askingBeside }, changes)], {
      processesMax: 1,
    });
    for (let round = 0; round < 5; round += 1) {
      await warm(house, {}, 10 * quietCallsMin);
      const calls = [invoke(house, { asks: true }), invoke(house, { stays: true })];
      for (let later = 0; later < 20; later += 1) {
        await Bun.sleep(10);
        calls.push(invoke(house, {}));
      }
      const [first, second] = await Promise.all(calls);
      expect(first!.result).toMatchObject({ errorType: "Runtime.InvalidResponse" });
      const id = /RequestId: \S+/.exec(second!.result?.errorMessage ?? "")?.[0];
      for (const word of ["START", "END", "REPORT"]) {
        while (id && !house.lines.some((line) => line.includes(`${word} ${id}`)))
          await Bun.sleep(5);
      }
      expect(await invoke(house, { number: 3 })).toEqual({ result: 3, functionError: undefined });
    }
  },
  60_000,
);

/** Waits while a file is there; else answers at once. Writes down what it has begun. */
const waiting = `const fs = require("node:fs");
  exports.handler = async ({ number, file, does }) => {
    if (number !== undefined) fs.appendFileSync(process.env.BEGUN, number + "\\n");
    while (file && fs.existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
    if (does === "exit") process.exit(3);
    if (does === "throw") throw new Error("thrown");
    if (does === "reject") Promise.reject(new Error("rejected"));
    if (does === "log") console.log("said");
    if (does === "spin") for (;;);
    if (does === "exit behind") setImmediate(() => process.exit(4));
    if (does === "exit later") setTimeout(() => process.exit(4), 1).unref();
    if (does === "block") for (const end = Date.now() + 20; Date.now() < end; );
    if (does === "long") return "x".repeat(100_000);
    return does === "say who" ? process.pid : number;
  };`;

async function startWaiting(changes: Parameters<typeof startOne>[1] = {}) {
  const folder = await newFolder({ held: "", begun: "" });
  const environment = { BEGUN: join(folder, "begun") };
  const house = await startOne(waiting, { environment, ...changes });
  const begun = () =>
    readFileSync(join(folder, "begun"), "utf8").split("\n").slice(0, -1).map(Number);
  return { house, held: join(folder, "held"), folder, begun };
}

/** Until there are two processes, and both would be given calls ahead. */
async function warmTwo(house: House, held: string): Promise<void> {
  writeFileSync(held, "");
  const both = [1, 2].map(() => invoke(house, { file: held }));
  while (figureOf(house, "millrace_function_calls_running") < 2) await Bun.sleep(5);
  rmSync(held);
  await Promise.all(both);
  await warm(house, {}, 10 * quietCallsMin); // what those took is no longer to be seen
  await Promise.all(Array.from({ length: 20 * quietCallsMin }, () => invoke(house, {})));
}

test("calls behind one that turns out to be slow go to a process that is free", async () => {
  const { house, held, begun } = await startWaiting({ processesMax: 2 });
  await warmTwo(house, held);
  writeFileSync(held, "");
  // Each finds both busy, and is behind a call of which nobody knows yet that it is slow.
  const slow = invoke(house, { number: -1, file: held });
  const quick = Array.from({ length: 200 }, (_, number) => invoke(house, { number }));
  for (const [number, answer] of (await Promise.all(quick)).entries()) {
    expect(answer).toEqual({ result: number, functionError: undefined });
  }
  expect(existsSync(held)).toBe(true);
  rmSync(held);
  expect((await slow).result).toBe(-1);
  expect(begun().toSorted((a, b) => a - b)).toEqual([-1, ...Array(200).keys()]);
});

test.each([
  ["is given calls ahead", undefined],
  ["is given none, as its calls log", "log"],
])(
  "no call stays behind a slow one while later ones go to a busy process that %s",
  async (_, does) => {
    const { house, held, begun } = await startWaiting({ processesMax: 2 });
    await warmTwo(house, held);
    writeFileSync(held, "");
    const slow = invoke(house, { number: -1, file: held });
    let left = 40;
    const first = Array.from({ length: left }, (_, number) => invoke(house, { number, does }));
    for (const call of first) void call.then(() => (left -= 1));
    let number = left;
    const callOn = async () => {
      while (left > 0) await invoke(house, { number: number++, does });
    };
    await Promise.all(Array.from({ length: 12 }, callOn));
    rmSync(held);
    expect((await slow).result).toBe(-1);
    expect(begun().toSorted((a, b) => a - b)).toEqual([-1, ...Array(number).keys()]);
  },
);

test("a call behind one that runs into its time limit has its own time, and its answer", async () => {
  const { house, begun } = await startWaiting({ timeoutSeconds: 1 });
  await warm(house);
  const calls = [{ number: 0 }, { number: 1, does: "spin" }, { number: 2 }, { number: 3 }];
  const answers = await Promise.all(calls.map((event) => invoke(house, event)));
  expect(answers.map(({ functionError }) => functionError)).toEqual([
    undefined,
    "Unhandled",
    undefined,
    undefined,
  ]);
  expect(answers[1]!.result).toMatchObject({ errorType: "Sandbox.Timedout" });
  expect(begun()).toEqual([0, 1, 2, 3]);
});

test("calls that have not begun when all closes are told so, and do not run", async () => {
  const { house, held, begun } = await startWaiting();
  await warm(house);
  const calls = [invoke(house, { number: 0, file: held })];
  for (let number = 1; number < 4; number += 1) calls.push(invoke(house, { number }));
  while (begun().length === 0) await Bun.sleep(5);
  const closed = house.functions.close();
  rmSync(held);
  const [first, ...others] = await Promise.all(calls);
  expect(first).toEqual({ result: 0, functionError: undefined });
  for (const { functionError } of others) expect(functionError).toBe("Unhandled");
  await closed;
  expect(begun()).toEqual([0]);
});

test.each([1, 3])(
  "whatever calls do, none is lost and none runs twice: %d processes",
  async (processesMax) => {
    const { house, begun } = await startWaiting({ processesMax, timeoutSeconds: 2 });
    const does = ["exit", "throw", "reject", "log", "exit behind", "exit later", "block", "long"];
    await warm(house);
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    let number = 0;
    const count = 4000;
    const callOn = async () => {
      while (number < count) {
        const own = number++;
        const what = random() < 0.02 ? does[Math.floor(random() * does.length)]! : undefined;
        const { result, functionError } = await invoke(house, { number: own, does: what });
        if (what === "exit") expect(result).toMatchObject({ errorType: "Runtime.ExitError" });
        else if (what === "throw") expect(result).toMatchObject({ errorMessage: "thrown" });
        else if (what === "reject") expect([undefined, "Unhandled"]).toContain(functionError);
        else if (what === "long") expect(result).toHaveLength(100_000);
        else if (functionError) {
          // Only one that ran when another's timer ended its process.
          expect(result).toMatchObject({ errorType: "Runtime.ExitError" });
        } else expect(result).toBe(own);
      }
    };
    await Promise.all(Array.from({ length: 12 }, callOn));
    const seen = begun();
    expect(seen.toSorted((a, b) => a - b)).toEqual([...Array(count).keys()]);
  },
  60_000,
);

test("a process that is killed fails the call it has begun, and no other", async () => {
  const { house, begun } = await startWaiting();
  let number = 0;
  const failed: number[] = [];
  let isOver = false;
  const callOn = async () => {
    while (!isOver) {
      const own = number++;
      const { result, functionError } = await invoke(house, { number: own });
      if (functionError) failed.push(own);
      else expect(result).toBe(own);
    }
  };
  const callers = Array.from({ length: 12 }, callOn);
  for (let kills = 0; kills < 40; kills += 1) {
    const before = number;
    while (number < before + 300) await Bun.sleep(1);
    const { result: pid } = await invoke(house, { does: "say who" });
    for (let spins = 0; spins < kills * 5000; spins += 1);
    process.kill(pid as number, "SIGKILL");
  }
  isOver = true;
  await Promise.all(callers);
  expect(failed.length).toBeLessThanOrEqual(40);
  const seen = begun();
  const ran = new Set(seen);
  expect(ran.size).toBe(seen.length);
  for (let own = 0; own < number; own += 1) if (!ran.has(own)) expect(failed).toContain(own);
}, 60_000);

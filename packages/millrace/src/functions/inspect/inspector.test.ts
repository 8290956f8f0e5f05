import { afterEach, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ManualClock } from "../../base/mod.ts";
import { cleanUp, cleanups, define, portForLater, start } from "../house-fixture.ts";
import { findNode } from "../runtimes/runtime.ts";
import { inspected, inspectorsOf, patientTimer } from "./inspector.ts";

afterEach(cleanUp);

const slow = (word: string) => `exports.handler = async ({ ms = 1500 }) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ${JSON.stringify(word)};
};`;

/** Connects as a debugger does, and asks the process for its id. */
async function attach(port: number) {
  const targets = await until(() => fetch(`http://127.0.0.1:${port}/json/list`));
  const [{ webSocketDebuggerUrl }] = (await targets.json()) as [{ webSocketDebuggerUrl: string }];
  const socket = new WebSocket(webSocketDebuggerUrl);
  cleanups.push(() => socket.close());
  const pid = await new Promise<number>((resolve) => {
    socket.onopen = () =>
      socket.send(
        JSON.stringify({
          id: 1,
          method: "Runtime.evaluate",
          params: { expression: "process.pid" },
        }),
      );
    socket.onmessage = ({ data }) => {
      const { id, result } = JSON.parse(String(data));
      if (id === 1) resolve(result.result.value);
    };
  });
  const gone = new Promise<void>((resolve) => {
    socket.onclose = () => resolve();
  });
  return { socket, pid, gone };
}

async function until<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 250; tries += 1) {
    const found = await attempt().catch(() => undefined); // not up yet
    if (found !== undefined) return found;
    await Bun.sleep(20);
  }
  return attempt();
}

test.skipIf(findNode().kind !== "node")(
  "a debugger finds the function before its first call and after a reload, and may take its time",
  async () => {
    const port = portForLater();
    const definition = await define({ "app.js": slow("old") }, { timeoutSeconds: 1 });
    const { call, functions } = await start([definition], { inspectPort: port, watch: true });
    expect(functions.inspectors()).toEqual([{ functionName: "greet", port }]);
    const first = await attach(port);
    expect((await call()).result).toBe("old"); // longer than its limit
    await writeFile(join(definition.codeFolder, "app.js"), slow("reloaded"));
    await first.gone; // its process has ended
    const second = await attach(port);
    expect(second.pid).not.toBe(first.pid);
    const calls = await Promise.all([call(), call()]);
    expect(calls.map(({ result }) => result)).toEqual(["reloaded", "reloaded"]);
    second.socket.close();
    await second.gone;
    expect((await call({ ms: 60_000 })).result).toMatchObject({ errorType: "Sandbox.Timedout" });
  },
);

test("only functions on Node have a port, in their order", async () => {
  const definitions = [
    await define({}, { name: "a" }),
    await define({}, { name: "b", runtime: "python3.12" }),
    await define({}, { name: "c" }),
  ];
  const node = { kind: "node", file: "node" } as const;
  expect(inspectorsOf(definitions, 9000, node)).toEqual([
    { functionName: "a", port: 9000 },
    { functionName: "c", port: 9001 },
  ]);
  expect(inspectorsOf(definitions, 9000, { kind: "bun", file: "bun" })).toEqual([]);
  expect(inspectorsOf(definitions, undefined, node)).toEqual([]);
  expect(inspected(["node", "a.mjs"], 9000)).toEqual(["node", "--inspect=127.0.0.1:9000", "a.mjs"]);
});

test("a limit begins anew while somebody looks, and ends when nobody does", () => {
  const clock = new ManualClock();
  let isDebugged = true;
  let ends = 0;
  const options = { clock, ms: 100, port: 9000, isDebugged: () => isDebugged };
  patientTimer(options, () => {
    ends += 1;
  });
  clock.advance(350);
  expect(ends).toBe(0);
  isDebugged = false;
  clock.advance(49);
  expect(ends).toBe(0);
  clock.advance(1);
  expect(ends).toBe(1);
  const timer = patientTimer({ clock, ms: 100, port: undefined }, () => {
    ends += 1;
  });
  timer.cancel();
  clock.advance(1000);
  expect(ends).toBe(1);
});

import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import { cleanUp, define, newFolder, start } from "../house-fixture.ts";
import type { Program } from "../program.ts";
import { startProcess } from "./process.ts";
import { findPython } from "./runtime.ts";

afterEach(cleanUp);

/** Of this process, by the system's numbers. */
function openPipes(): Set<string> {
  const links = readdirSync("/proc/self/fd").map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return ""; // it was the listing itself
    }
  });
  return new Set(links.filter((link) => link.startsWith("pipe:")));
}

describe.skipIf(process.platform !== "linux")("what a handler writes to", () => {
  const say = "echo out > /dev/stdout; echo err > /dev/stderr; echo both | tee /dev/stderr";

  test("its outputs by their names is in the log of its call", async () => {
    const { call } = await start([
      await define({
        "app.js": `const { appendFileSync } = require("node:fs");
          exports.handler = async () => {
            appendFileSync("/dev/stdout", "node's out\\n");
            appendFileSync("/dev/stderr", "node's err\\n");
            require("node:child_process").execSync("${say}", { stdio: "inherit" });
          };`,
      }),
    ]);
    const { logTail, functionError } = await call();
    expect(functionError).toBeUndefined();
    for (const line of ["node's out", "node's err", "out", "err", "both"]) {
      expect(logTail).toContain(`\n${line}\n`);
    }
  });

  test.skipIf(!findPython())("the same, in Python", async () => {
    const source = `
def handler(event, context):
    for name in ["stdout", "stderr"]:
        with open("/dev/" + name, "w") as stream: stream.write("to " + name + "\\n")
`;
    const { call } = await start([await define({ "app.py": source }, { runtime: "python3.13" })]);
    const { logTail } = await call();
    expect(logTail).toContain("\nto stdout\n");
    expect(logTail).toContain("\nto stderr\n");
  });

  test("leaves no descriptor behind, nor does a process that cannot be started", async () => {
    const folder = await newFolder({});
    const run = async (command: string[]) => {
      const program = { command, folder, hasChannel: false } as Partial<Program> as Program;
      const { stdout, stderr, exited } = startProcess({}, program, {
        address: "127.0.0.1:1",
        descriptors: [],
      });
      const texts = [stdout, stderr].map(async (stream) => (await Array.fromAsync(stream)).length);
      return Promise.all([exited, ...texts]);
    };
    const before = openPipes();
    for (let count = 0; count < 5; count += 1) {
      expect(await run(["/bin/sh", "-c", "echo a; echo b >&2"])).toEqual([0, 1, 1]);
      await expect(run(["/nowhere"])).rejects.toThrow("ENOENT");
    }
    expect([...openPipes()].filter((pipe) => !before.has(pipe))).toEqual([]);
  });
});

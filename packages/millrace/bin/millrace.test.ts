/** The launcher, under Node, before a main module that stands in for the server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const node = Bun.which("node") ?? "node";
const standIn = `
  const [what, value] = process.argv.slice(2);
  if (what === "exit") process.exit(Number(value));
  if (what === "drain") process.on(value, () => process.exit(7));
  console.log(JSON.stringify({ pid: process.pid, bun: process.versions.bun, what }));
  if (what !== "say") setInterval(() => undefined, 1_000);
`;

let root = "";
let launcher = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "millrace-launcher-"));
  launcher = join(root, "bin", "millrace.js");
  await mkdir(join(root, "src", "cli"), { recursive: true });
  await mkdir(join(root, "node_modules"));
  await cp(join(import.meta.dir, "millrace.js"), launcher);
  await writeFile(join(root, "package.json"), '{ "type": "module" }');
  await writeFile(join(root, "src", "cli", "main.ts"), standIn);
  await symlink(join(import.meta.dir, "../../../node_modules/bun"), join(root, "node_modules/bun"));
});

afterAll(() => rm(root, { recursive: true, force: true }));

function start(runtime: string[], ...words: string[]) {
  const [command = "", ...first] = runtime;
  const child = spawn(command, [...first, launcher, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    ended: once(child, "exit") as Promise<[number | null, string | null]>,
    firstLine: async () => JSON.parse((await lines.next()).value as string),
    /** True once nobody holds our end of the child's output any more. */
    outputEnds: async () => (await lines.next()).done === true,
  };
}

/** A Node that cannot replace its process, whatever its version. */
const parentNode = [node, "--import", "data:text/javascript,delete process.execve"];

describe.each([
  ["a Node that stays as parent", parentNode],
  ["the Node of this machine", [node]],
  ["Bun", [process.execPath]],
])("the launcher under %s", (_name, runtime) => {
  test("runs the server's main module on Bun, with the same arguments", async () => {
    const run = start(runtime, "say", "more");
    expect(await run.firstLine()).toMatchObject({ bun: Bun.version, what: "say" });
    expect(await run.ended).toEqual([0, null]);
  });

  test("ends with the exit code of the server", async () => {
    expect(await start(runtime, "exit", "3").ended).toEqual([3, null]);
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("passes %s on", async (signal) => {
    const run = start(runtime, "drain", signal);
    await run.firstLine();
    run.child.kill(signal);
    expect(await run.ended).toEqual([7, null]);
  });

  test("ends by the signal that ended the server", async () => {
    const run = start(runtime, "wait");
    const { pid } = await run.firstLine();
    process.kill(pid, "SIGKILL");
    expect(await run.ended).toEqual([null, "SIGKILL"]);
  });

  test("leaves no server behind when it is killed", async () => {
    const run = start(runtime, "wait");
    await run.firstLine();
    run.child.kill("SIGKILL");
    await run.ended;
    expect(await run.outputEnds()).toBe(true);
  });
});

test("a Node that can replace its own process does so", async () => {
  const said = "process.execve = (...all) => (console.log(JSON.stringify(all)), process.exit(5))";
  const run = start([node, "--import", `data:text/javascript,${said}`], "start", "--port");
  const [file, words, environment] = await run.firstLine();
  expect(words).toEqual([file, "--no-env-file", join(root, "src/cli/main.ts"), "start", "--port"]);
  expect(environment).toMatchObject({ PATH: process.env.PATH });
  expect(await run.ended).toEqual([5, null]);
});

describe("finding Bun", () => {
  test("takes the platform's package where install scripts did not run", async () => {
    const bare = await mkdtemp(join(tmpdir(), "millrace-launcher-"));
    await cp(root, bare, { recursive: true, verbatimSymlinks: true });
    await rm(join(bare, "node_modules/bun"));
    await mkdir(join(bare, "node_modules/bun/bin"), { recursive: true });
    await writeFile(join(bare, "node_modules/bun/package.json"), "{}");
    await writeFile(join(bare, "node_modules/bun/bin/bun.exe"), "not installed yet");
    const machine = process.arch === "arm64" ? "aarch64" : process.arch;
    const platform = join(bare, `node_modules/@oven/bun-${process.platform}-${machine}`);
    await mkdir(join(platform, "bin"), { recursive: true });
    await writeFile(join(platform, "package.json"), "{}");
    await symlink(process.execPath, join(platform, "bin/bun"));
    const child = spawn(node, [join(bare, "bin/millrace.js"), "exit", "4"]);
    expect(await once(child, "exit")).toEqual([4, null]);
    await rm(bare, { recursive: true });
  });

  test("says what to do where there is none", async () => {
    const bare = await mkdtemp(join(tmpdir(), "millrace-launcher-"));
    await cp(join(root, "bin"), join(bare, "bin"), { recursive: true });
    await writeFile(join(bare, "package.json"), '{ "type": "module" }');
    const child = spawn(node, [join(bare, "bin/millrace.js")]);
    const [text] = await once(child.stderr, "data");
    expect(String(text)).toStartWith("millrace: no Bun for");
    expect(String(text)).toContain('run "npm install" again');
    expect(await once(child, "exit")).toEqual([1, null]);
    await rm(bare, { recursive: true });
  });
});

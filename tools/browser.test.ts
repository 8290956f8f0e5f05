import { expect, test } from "bun:test";
import { provideBrowser } from "./browser.ts";
import type { Machine } from "./machine.ts";

/** A machine with these files and commands, and a log of what was run on it. */
function machine(is: Partial<Machine> & { files?: string[]; commands?: string[] }) {
  const { files = [], commands = [], ...rest } = is;
  const ran: string[] = [];
  const one: Machine = {
    platform: "linux",
    env: {},
    exists: (path) => files.includes(path),
    which: (command) => (commands.includes(command) ? `/usr/bin/${command}` : null),
    isRoot: () => false,
    run: async (command) => {
      ran.push(command.join(" "));
      if (command.at(-1) === "chromium") commands.push("chromium");
      return { exitCode: 0, output: "" };
    },
    ...rest,
  };
  return { one, ran };
}

const silent = () => {};

test("the named browser wins, and must exist", async () => {
  const there = machine({ env: { CHROMIUM: "/b" }, files: ["/b"], commands: ["chromium"] });
  expect(await provideBrowser(there.one, silent)).toEqual({ path: "/b" });
  const gone = machine({ env: { CHROMIUM: "/b" }, commands: ["chromium"] });
  expect(await provideBrowser(gone.one, silent)).toEqual({ why: 'no file "/b"' });
});

test("a browser on PATH is taken", async () => {
  const { one } = machine({ commands: ["google-chrome"] });
  expect(await provideBrowser(one, silent)).toEqual({ path: "/usr/bin/google-chrome" });
});

test("macOS has its applications", async () => {
  const path = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  const { one } = machine({ platform: "darwin", files: [path] });
  expect(await provideBrowser(one, silent)).toEqual({ path });
});

test("root on Debian gets one installed, and is told", async () => {
  const { one, ran } = machine({ isRoot: () => true, commands: ["apt-get"] });
  const told: string[] = [];
  const browser = await provideBrowser(one, (line) => told.push(line));
  expect(browser).toEqual({ path: "/usr/bin/chromium" });
  expect(ran.map((command) => command.split("apt-get ")[1])).toEqual([
    "update",
    "install -y --no-install-recommends chromium",
  ]);
  expect(told).toEqual(["installing with apt-get: chromium"]);
});

test("a failed installation says so", async () => {
  const run = async () => ({ exitCode: 100, output: "no network" });
  const { one } = machine({ isRoot: () => true, commands: ["apt-get"], run });
  expect(await provideBrowser(one, silent)).toEqual({
    why: '"apt-get update" failed:\nno network',
  });
});

test.each([
  [{ platform: "darwin" as const }, "brew install --cask chromium"],
  [{ platform: "win32" as const }, "install Google Chrome"],
  [{ commands: ["apt-get"] }, "sudo apt-get install chromium"],
  [{}, "package manager"],
])("elsewhere it says what to install: %j", async (is, advice) => {
  const browser = await provideBrowser(machine(is).one, silent);
  expect(browser).toMatchObject({ why: expect.stringContaining(advice) });
});

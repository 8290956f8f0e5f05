import { afterEach, describe, expect, test } from "bun:test";
import { mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type LogFields,
  ManualClock,
  silentLogger,
  systemClock,
  WorldError,
} from "../../base/mod.ts";
import { bundleFunction } from "../bundle.ts";
import type { FunctionBuild } from "../definition.ts";
import { cleanUp, cleanups, define, type House, newFolder, start } from "../house-fixture.ts";
import type { Program } from "../program.ts";
import { findPython } from "../runtimes/runtime.ts";
import { Reload } from "./reload.ts";
import { WatchedFolders } from "./watched-folders.ts";

afterEach(cleanUp);

const build: FunctionBuild = {
  entryPoints: ["app.ts"],
  minify: false,
  target: "es2022",
  sourcemap: false,
  format: "cjs",
  external: [],
};

async function startWatched(files: Record<string, string>, changes = {}) {
  const logged: LogFields[] = [];
  const log = (what: string, fields: LogFields = {}) => void logged.push({ what, ...fields });
  const definition = await define(files, changes);
  const logger = { ...silentLogger, debug: log, info: log, error: log };
  const house = await start([definition], { watch: true, logger });
  const at = (name: string) => join(definition.codeFolder, name);
  const save = async (name: string, text: string) => {
    await mkdir(dirname(at(name)), { recursive: true });
    await writeFile(at(name), text);
  };
  const told = async (what: string) => {
    while (!logged.some((one) => one.what === what)) await Bun.sleep(5);
    return logged.find((one) => one.what === what)!;
  };
  return { house, at, save, told, logged, definition };
}

async function callUntil(house: House, expected: unknown): Promise<void> {
  while ((await house.call()).result !== expected) await Bun.sleep(5);
}

describe("a function whose file is saved", () => {
  test("runs the new code, also of what it imports", async () => {
    const { house, save } = await startWatched(
      {
        "app.ts": "import { text } from './text.ts'; export const handler = async () => text;",
        "text.ts": "export const text: string = 'first';",
      },
      { build },
    );
    expect((await house.call()).result).toBe("first");
    await save("text.ts", "export const text: string = 'second';");
    await callUntil(house, "second");
    await save("app.ts", "export const handler = async () => 'third';");
    await callUntil(house, "third");
  });

  test("without a build runs it too", async () => {
    const { house, save } = await startWatched({
      "app.js": "exports.handler = async () => require('./lib/text.js');",
      "lib/text.js": "module.exports = 'first';",
    });
    expect((await house.call()).result).toBe("first");
    await save("lib/text.js", "module.exports = 'second';");
    await callUntil(house, "second");
  });

  test.skipIf(!findPython())("in Python runs it too, twice in one second", async () => {
    const files = {
      "app.py": "from words import TEXT\ndef handler(event, context):\n    return TEXT\n",
      "words.py": "TEXT = 'first'\n",
    };
    const { house, at, save } = await startWatched(files, { runtime: "python3.12" });
    const secondMs = Math.floor(Date.now() / 1000) * 1000;
    for (const [text, ms] of [["again", 100] as const, ["later", 200] as const]) {
      await save("words.py", `TEXT = '${text}'\n`);
      const time = new Date(secondMs + ms);
      await utimes(at("words.py"), time, time);
      await callUntil(house, text);
    }
  });

  test("ends the calls in flight in the old code", async () => {
    const source = (text: string) => `exports.handler = async (event) => {
      await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0));
      return "${text}";
    };`;
    const { house, save, told } = await startWatched({ "app.js": source("old") });
    await house.call();
    const inFlight = house.call({ ms: 1500 });
    await save("app.js", source("new"));
    await told("function reloaded");
    expect((await house.call()).result).toBe("new");
    expect((await inFlight).result).toBe("old");
    expect((await house.call()).result).toBe("new");
  });

  test("with a mistake in it keeps the code before, and says where the mistake is", async () => {
    const { house, save, told, definition } = await startWatched(
      { "app.ts": "export const handler = async () => 'good';" },
      { build },
    );
    expect((await house.call()).result).toBe("good");
    await save("app.ts", "export const handler = async () =>\n  'bad;\n");
    expect(await told("function not reloaded, the code before stays")).toMatchObject({
      function: "greet",
      place: `${join(definition.codeFolder, "app.ts")}:2:8`,
      reason: "Unterminated string literal",
    });
    expect((await house.call()).result).toBe("good");
    await save("app.ts", "export const handler = async () => 'mended';");
    await callUntil(house, "mended");
  });

  test("with a mistake in a folder that is new to it runs once that is mended", async () => {
    const { house, save, told } = await startWatched(
      {
        "app.ts": "export const handler = async () => 'good';",
        "beside/text.ts": "export konst text = 'mended';",
      },
      { build },
    );
    expect((await house.call()).result).toBe("good");
    await save(
      "app.ts",
      `import { text } from "./beside/text.ts";
      export const handler = async () => text;`,
    );
    await told("function not reloaded, the code before stays");
    await save("beside/text.ts", "export const text = 'mended';");
    await callUntil(house, "mended");
  });

  test("is left alone by what editors keep beside it", async () => {
    const source = "exports.handler = async () => process.pid;";
    const { house, save, told, logged } = await startWatched({ "app.js": source });
    const { result } = await house.call();
    const names = [".app.js.swp", "4913", "app.js~", "#app.js#", ".#app.js", "app.js___jb_tmp___"];
    for (const name of names) await save(name, "not yet");
    await told("function as it was, left alone");
    expect((await house.call()).result).toBe(result);
    expect(logged.every(({ what }) => what === "function as it was, left alone")).toBe(true);
  });

  test("as it was before is left alone", async () => {
    const source = "export const handler = async () => process.pid;";
    const { house, save, told, logged } = await startWatched({ "app.ts": source }, { build });
    const { result } = await house.call();
    await save("other.txt", "nothing that runs");
    await told("function as it was, left alone");
    expect((await house.call()).result).toBe(result);
    expect(logged).toHaveLength(1);
  });
});

describe("a folder", () => {
  test("that is removed and made again, as builds do with their output, is watched again", async () => {
    const source = (text: string) => `exports.handler = async () => "${text}";`;
    const { house, at, save, told } = await startWatched({ "app.js": source("first") });
    expect((await house.call()).result).toBe("first");
    await rm(at("."), { recursive: true });
    await told("function not reloaded, the code before stays");
    expect((await house.call()).result).toBe("first");
    await save("app.js", source("second"));
    await callUntil(house, "second");
    await save("app.js", source("third"));
    await callUntil(house, "third");
  });

  test("that another takes the place of is no longer the one that is watched", async () => {
    const source = 'import { text } from "./lib/text.ts"; export const handler = async () => text;';
    const text = (value: string) => `export const text = "${value}";`;
    const files = { "app.ts": source, "lib/text.ts": text("first"), "new/text.ts": text("second") };
    const { house, at, save } = await startWatched(files, { build });
    expect((await house.call()).result).toBe("first");
    await rename(at("lib"), at("old"));
    await rename(at("new"), at("lib"));
    await callUntil(house, "second");
    await save("lib/text.ts", text("third"));
    await callUntil(house, "third");
  });

  test("behind a link is watched, and so is a file", async () => {
    const elsewhere = await newFolder({ "a.js": "exports.a = 1;", "lib/b.js": "exports.b = 1;" });
    const source = `exports.handler = async () => require("./a.js").a + require("./lib/b.js").b;`;
    const definition = await define({ "app.js": source });
    await symlink(join(elsewhere, "a.js"), join(definition.codeFolder, "a.js"));
    await symlink(join(elsewhere, "lib"), join(definition.codeFolder, "lib"));
    await symlink("..", join(elsewhere, "lib", "round"));
    const house = await start([definition], { watch: true });
    expect((await house.call()).result).toBe(2);
    await writeFile(join(elsewhere, "lib/b.js"), "exports.b = 10;");
    await callUntil(house, 11);
    await writeFile(join(elsewhere, "a.js"), "exports.a = 20;");
    await callUntil(house, 30);
  });
});

describe("an import that leads nowhere", () => {
  const source = (name: string) =>
    `import { text } from "${name}"; export const handler = async () => text;`;

  async function startInside() {
    const definition = await define({ "src/app.ts": "export const handler = async () => 'good';" });
    const codeFolder = join(definition.codeFolder, "src");
    return startWatched({}, { build, codeFolder });
  }

  test("is found once its file is there, in folders that were not", async () => {
    const { house, save, told } = await startInside();
    await save("app.ts", source("../other/deep/text.ts"));
    await told("function not reloaded, the code before stays");
    await save("../other/deep/text.ts", "export const text = 'there';");
    await callUntil(house, "there");
  });

  test("is found once its package is installed", async () => {
    const { house, save, told } = await startInside();
    await save("app.ts", source("@some/words"));
    await told("function not reloaded, the code before stays");
    await save("../node_modules/@some/words/index.js", "exports.text = 'installed';");
    await callUntil(house, "installed");
  });
});

test("what is saved while a bundle is made is not taken for what it was made from", async () => {
  const { codeFolder } = await define({
    "app.ts": "export { text as handler } from './text.ts';",
    "text.ts": "import './late.ts'; export const text = 'old';",
  });
  const outFolder = join(await newFolder({}), "out");
  // Once it is read, "text.ts" has been: it is saved then.
  const save = `echo "import './late.ts'; export const text = 'new';" > text.ts`;
  Bun.spawnSync(["mkfifo", "late.ts"], { cwd: codeFolder });
  const script = `exec 3> late.ts; ${save}; echo 'console.log();' >&3`;
  for (let times = 0; times < 2; times += 1) {
    const feeding = Bun.spawn(["sh", "-c", script], { cwd: codeFolder });
    cleanups.push(() => feeding.kill("SIGKILL"));
    expect(await bundleFunction({ build, sourceFolder: codeFolder, outFolder })).toEqual([]);
  }
  expect(await Bun.file(join(outFolder, "app.js")).text()).toContain('"new"');
});

test("settings of TypeScript above the code are part of it", async () => {
  const settings = (folder: string) =>
    JSON.stringify({ compilerOptions: { paths: { words: [`./${folder}/words.ts`] } } });
  const { codeFolder } = await define({
    "src/app.ts": 'import { text } from "words"; export const handler = async () => text;',
    "old/words.ts": "export const text = 'old';",
    "new/words.ts": "export const text = 'new';",
    "tsconfig.json": settings("old"),
  });
  const { house, save } = await startWatched({}, { build, codeFolder: join(codeFolder, "src") });
  expect((await house.call()).result).toBe("old");
  await save("../tsconfig.json", settings("new"));
  await callUntil(house, "new");
});

test("what a full disk does not take is tried again by itself", async () => {
  const definition = await define({ "app.js": "first" });
  const program = { folder: definition.codeFolder } as Program;
  const clock = new ManualClock();
  const told: LogFields[] = [];
  let preparedCount = 0;
  let deployedCount = 0;
  const reload = new Reload({
    definition,
    clock,
    logger: { ...silentLogger, error: (_, fields = {}) => void told.push(fields) },
    dataFolder: undefined,
    folders: new WatchedFolders({ logger: silentLogger }),
    prepare: async () => {
      preparedCount += 1;
      if (preparedCount === 1) throw new WorldError("FUNCTION_NOT_PREPARED", "the disk is full");
      return program;
    },
    deploy: async () => {
      deployedCount += 1;
    },
  });
  await reload.begin(program);
  await writeFile(join(definition.codeFolder, "app.js"), "second");
  while (told.length === 0) {
    clock.advance(50);
    await Bun.sleep(5);
  }
  expect(told).toEqual([{ function: "greet", reason: "the disk is full" }]);
  while (deployedCount === 0) {
    clock.advance(1000);
    await Bun.sleep(5);
  }
  await reload.close();
});

test("a failure of one reload is told, and ends none after it", async () => {
  const definition = await define({ "app.js": "first" });
  const program = { folder: definition.codeFolder } as Program;
  const told: LogFields[] = [];
  let deployedCount = 0;
  const reload = new Reload({
    definition,
    clock: systemClock,
    logger: { ...silentLogger, error: (_, fields = {}) => void told.push(fields) },
    dataFolder: undefined,
    folders: new WatchedFolders({ logger: silentLogger }),
    prepare: async () => program,
    deploy: async () => {
      deployedCount += 1;
      if (deployedCount === 1) throw new Error("the disk is full");
    },
  });
  await reload.begin(program);
  await writeFile(join(definition.codeFolder, "app.js"), "second");
  while (told.length === 0) await Bun.sleep(5);
  expect(told).toEqual([{ function: "greet", reason: "the disk is full" }]);
  await writeFile(join(definition.codeFolder, "app.js"), "second");
  while (deployedCount < 2) await Bun.sleep(5);
  await reload.close();
});

import { afterEach, describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type LogFields, silentLogger, systemClock } from "../../base/mod.ts";
import type { FunctionBuild } from "../definition.ts";
import { cleanUp, define, type House, start } from "../house-fixture.ts";
import type { Program } from "../program.ts";
import { Reload } from "./reload.ts";

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
  const save = (name: string, text: string) => writeFile(join(definition.codeFolder, name), text);
  const told = async (what: string) => {
    while (!logged.some((one) => one.what === what)) await Bun.sleep(5);
    return logged.find((one) => one.what === what)!;
  };
  return { house, save, told, logged, definition };
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

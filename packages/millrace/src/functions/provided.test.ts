import { afterEach, expect, test } from "bun:test";
import { cleanUp, create, define } from "./house-fixture.ts";

afterEach(cleanUp);

const build = {
  entryPoints: ["app.ts"],
  target: "es2022",
  minify: false,
  sourcemap: false,
  format: "cjs",
  external: [],
} as const;
const source = `import { send } from "@aws-sdk/client-rare";
export const handler = async () => send();`;

test("a client that is not provided, and is installed, becomes part of the bundle", async () => {
  const definition = await define(
    {
      "app.ts": source,
      "node_modules/@aws-sdk/client-rare/index.js": `
        const { word } = require("@smithy/core");
        exports.send = () => "sent by " + word;`,
      "node_modules/@smithy/core/index.js": "exports.word = 'its own core';",
    },
    { build },
  );
  const { functions, call } = await create([definition]);
  expect(await functions.start({ endpointUrl: "http://127.0.0.1:1" })).toEqual([]);
  expect((await call()).result).toBe("sent by its own core");
});

test("one that is not installed either is an error, with its place", async () => {
  const definition = await define({ "app.ts": source }, { build });
  const { functions } = await create([definition]);
  const [problem, ...others] = await functions.start({ endpointUrl: "http://127.0.0.1:1" });
  expect(others).toEqual([]);
  expect(problem?.message).toContain('Could not resolve "@aws-sdk/client-rare"');
  expect(problem).toMatchObject({ line: 1 });
});

test("what the template leaves out by name stays an import", async () => {
  const external = ["@aws-sdk/*"];
  const definition = await define({ "app.ts": source }, { build: { ...build, external } });
  const { functions, call } = await create([definition]);
  expect(await functions.start({ endpointUrl: "http://127.0.0.1:1" })).toEqual([]);
  expect((await call()).result).toMatchObject({ errorType: "Runtime.ImportModuleError" });
});

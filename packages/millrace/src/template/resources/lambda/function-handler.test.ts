import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTemplate } from "../../mod.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-handlers-"));
mkdirSync(join(folder, "code/lib"), { recursive: true });
for (const name of ["app.js", "lib/app.js", "lib/app.py"]) {
  writeFileSync(join(folder, "code", name), "");
}
afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(handler: string, runtime: string, metadata = "{}"): string[] {
  const text = `Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Metadata: ${metadata}
    Properties: { CodeUri: code, Handler: "${handler}", Runtime: ${runtime} }
`;
  const result = readTemplate(text, {
    path: join(folder, "template.yaml"),
    stackName: "test",
    parameters: {},
    region: "eu-central-1",
    accountId: "111122223333",
  });
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

const esbuild = "{ BuildMethod: esbuild }";

test.each([
  ["app.handler", "nodejs22.x", "{}"],
  ["lib/app.default.run", "nodejs22.x", "{}"],
  ["./lib/app.run", "nodejs22.x", "{}"],
  ["app.default.run", "nodejs22.x", esbuild],
  ["./app.run", "nodejs22.x", esbuild],
  ["lib.app.run", "python3.13", "{}"],
  ["lib/app.run", "python3.13", "{}"],
])("the handler %s of %s is found (Metadata: %s)", (handler, runtime, metadata) => {
  expect(problemsOf(handler, runtime, metadata)).toEqual([]);
});

test.each([
  ["app", "nodejs22.x", "'app' is not like 'file.export'"],
  ["../code/app.handler", "nodejs22.x", "'../code/app.handler' is not like 'file.export'"],
  ["lib/../app.handler", "nodejs22.x", "'lib/../app.handler' must not hold '..'"],
  ["lib/other.default.run", "nodejs22.x", "there is no file 'other.js', 'other.mjs', 'other.cjs'"],
  ["other.app.run", "python3.13", "there is no file 'other/app.py' in the code"],
])("the handler %s of %s is refused", (handler, runtime, told) => {
  expect(problemsOf(handler, runtime).join("\n")).toContain(told);
});

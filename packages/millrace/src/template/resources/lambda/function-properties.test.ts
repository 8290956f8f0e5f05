import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readTemplate } from "../../mod.ts";

function read(properties: string, rest = "") {
  return readTemplate(
    `Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild }
    Properties:
      CodeUri: handlers
      Handler: app.handler
      Runtime: nodejs22.x
      ${properties}
${rest}`,
    {
      path: join(import.meta.dir, "../../fixtures/chat/inline.yaml"),
      stackName: "test",
      parameters: {},
      region: "eu-central-1",
      accountId: "111122223333",
    },
  );
}

function applicationOf(properties: string, rest = "") {
  const result = read(properties, rest);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join("\n"));
  return result.application;
}

describe("tracing", () => {
  test.each([
    ["Tracing: Active", "Active", true],
    ["Tracing: PassThrough", undefined, true],
    ["Tracing: Disabled", undefined, false],
    ["Timeout: 3", undefined, false],
  ])("%s", (line, tracing, mayWrite) => {
    const { functions, roles, notes } = applicationOf(line);
    expect(functions[0]!.tracing).toBe(tracing as "Active" | undefined);
    const names = roles[0]!.policies.map(({ name }) => name);
    expect(names.includes("AWSXrayWriteOnlyAccess")).toBe(mayWrite);
    expect(notes.join().includes("no traces are kept")).toBe(tracing !== undefined);
  });

  test("of an API is taken, and said to be without effect", () => {
    const { notes } = applicationOf(
      "Timeout: 3",
      `  Web:
    Type: AWS::Serverless::Api
    Properties: { StageName: v1, TracingEnabled: true }
`,
    );
    expect(notes.join()).toContain("TracingEnabled (no traces are kept)");
  });
});

test("EphemeralStorage is told, and said to bound nothing", () => {
  const { functions, notes } = applicationOf("EphemeralStorage: { Size: 2048 }");
  expect(functions[0]!.storageMegabytes).toBe(2048);
  expect(notes.join()).toContain("EphemeralStorage");
});

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readTemplate } from "./mod.ts";

const fixtures = join(import.meta.dir, "fixtures/chat");

function read(resources: string) {
  return readTemplate(`Transform: AWS::Serverless-2016-10-31\nResources:\n${resources}`, {
    path: join(fixtures, "inline.yaml"),
    stackName: "test",
    parameters: {},
    region: "eu-central-1",
    accountId: "111122223333",
  });
}

const hello = (layers: string) => `  Hello:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild }
    Properties: { CodeUri: handlers, Handler: app.handler, Runtime: nodejs22.x, Layers: ${layers} }
`;
const layer = (more = "ContentUri: web") => `  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: { ${more} }
`;

function problemsOf(resources: string): string {
  const result = read(resources);
  return result.ok ? "" : result.problems.map(({ message }) => message).join("\n");
}

describe("a layer of the template", () => {
  test("is a folder, and its functions name it by its version's ARN", () => {
    const lambda = `  Other:
    Type: AWS::Lambda::LayerVersion
    Properties: { Content: ./web, LayerName: other, Description: the other }
`;
    const result = read(layer() + lambda + hello("[!Ref Shared, !Ref Other]"));
    if (!result.ok) throw new Error(problemsOf(layer()));
    const { layers, functions } = result.application;
    expect(layers).toMatchObject([
      { name: "Shared", folder: join(fixtures, "web") },
      { name: "other", folder: join(fixtures, "web"), description: "the other" },
    ]);
    const prefix = "arn:aws:lambda:eu-central-1:111122223333:layer";
    expect(functions[0]?.layers).toEqual([`${prefix}:Shared:1`, `${prefix}:other:1`]);
  });

  test("is refused for what is not there or not implemented", () => {
    expect(problemsOf(layer("ContentUri: absent"))).toContain("there is no folder 'absent'");
    expect(problemsOf(layer("ContentUri: web/app.ts"))).toContain("is a file: unpack it");
    expect(problemsOf(layer("ContentUri: s3://b/k"))).toContain("is not a folder");
    const built = `${layer()}    Metadata: { BuildMethod: nodejs22.x }\n`;
    expect(problemsOf(built)).toContain("'BuildMethod'");
    const foreign = "arn:aws:lambda:eu-central-1:017000801446:layer:AWSLambdaPowertools:1";
    expect(problemsOf(hello(`["${foreign}"]`))).toContain("there is no layer");
    const many = Array.from({ length: 6 }, () => "!Ref Shared").join(", ");
    expect(problemsOf(layer() + hello(`[${many}]`))).toContain("5");
  });
});

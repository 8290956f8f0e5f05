import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readTemplate } from "../../mod.ts";
import { account, applicationOf, hello, lambdaArn, problemsOf, role } from "../plain-fixture.ts";

const fixtures = join(import.meta.dir, "../../fixtures");

describe("AWS::Lambda::Function", () => {
  test("ends in the same definition as SAM's, where both say the same", () => {
    const properties = `
      Handler: app.handler
      Runtime: nodejs22.x
      Role: arn:aws:iam::111122223333:role/other
      Description: greets
      Timeout: 7
      MemorySize: 256
      ReservedConcurrentExecutions: 2
      EphemeralStorage: { Size: 1024 }
      Environment: { Variables: { WORD: hello } }
      LoggingConfig: { LogFormat: JSON, SystemLogLevel: WARN }`;
    const read = (head: string) => {
      const options = { path: join(fixtures, "plain/x.yaml"), stackName: "test", ...account };
      const result = readTemplate(`${head}${properties}\n`, options);
      if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join("\n"));
      return result.application.functions[0]!;
    };
    const plain = read(`Resources:
  Hello:
    Type: AWS::Lambda::Function
    Properties:
      Code: handlers
      TracingConfig: { Mode: Active }
      Tags: [{ Key: team, Value: blue }]`);
    const serverless = read(`Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: handlers
      Tracing: Active
      Tags: { team: blue }`);
    expect(plain.timeoutSeconds).toBe(7);
    expect(plain.tags).toEqual({ team: "blue" });
    expect(plain).toEqual({ ...serverless, tags: { team: "blue" } });
  });

  test("has the defaults of CloudFormation, and the role of the template", () => {
    const { functions, roles } = applicationOf(hello());
    expect(functions).toMatchObject([
      {
        name: "test-Hello",
        timeoutSeconds: 3,
        memoryMegabytes: 128,
        role: "arn:aws:iam::111122223333:role/test-Role",
        codeFolder: join(fixtures, "plain/handlers"),
        environment: {},
      },
    ]);
    expect(roles.map(({ name }) => name)).toEqual(["test-Role"]);
  });

  test("is referred to by its name and its ARN", () => {
    const { outputs } = applicationOf(`${hello()}
Outputs:
  Name: { Value: !Ref Hello }
  Arn: { Value: !GetAtt Hello.Arn }
`);
    const Arn = `${lambdaArn}:function:test-Hello`;
    expect(outputs).toEqual({ Name: "test-Hello", Arn });
  });

  test("shares its names with SAM's functions", () => {
    const other = hello("      FunctionName: same\n").replace("  Hello:", "  Other:");
    const both = `${hello("      FunctionName: same\n")}${other.replace(role, "")}`;
    expect(problemsOf(both)).toEqual(["the function name 'same' is taken by 'Hello'"]);
  });

  test("is invoked by rules, and by whom permissions name", () => {
    const { rules, permissions, notes } = applicationOf(`${hello()}
  MayCall:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !GetAtt Hello.Arn
      Action: lambda:InvokeFunction
      Principal: iot.amazonaws.com
  Lines:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        Sql: SELECT * FROM 'lines'
        Actions: [{ Lambda: { FunctionArn: !GetAtt Hello.Arn } }]
`);
    expect(permissions).toMatchObject([{ functionName: "test-Hello" }]);
    expect(rules).toHaveLength(1);
    expect(notes.join()).not.toContain("cannot invoke");
  });
});

describe("Code", () => {
  const withCode = (code: string, metadata = "") =>
    `${hello(metadata, code).replace("app.handler", "index.handler")}`;
  const inS3 = "{ S3Bucket: !Ref AWS::StackName, S3Key: 5f0c.zip }";
  const asset = (path: string, property = "Code") => `    Metadata:
      aws:cdk:path: Stack/Hello/Resource
      aws:asset:path: ${path}
      aws:asset:is-bundled: false
      aws:asset:property: ${property}
`;

  test("may stand in the template", () => {
    const [made] = applicationOf(withCode("{ ZipFile: 'exports.handler = () => 1' }")).functions;
    expect(made!.inlineCode).toBe("exports.handler = () => 1");
  });

  test("is the CDK's asset, beside the template", () => {
    const [made] = applicationOf(withCode(inS3, asset("asset.5f0c"))).functions;
    expect(made!.codeFolder).toBe(join(fixtures, "plain/asset.5f0c"));
  });

  test.each([
    [inS3, "", "code in S3 cannot be had here"],
    [inS3, asset("asset.5f0c", "Other"), "code in S3 cannot be had here"],
    [inS3, asset("asset.gone"), "there is no folder 'asset.gone' beside the template"],
    [
      inS3,
      asset("handlers/app.mjs"),
      "the asset 'handlers/app.mjs' is one file, and no archive is",
    ],
    ["{ S3Bucket: a, S3Key: b, ZipFile: c }", "", "'ZipFile' does not go with 'S3Bucket'"],
    ["{ ZipFile: c }", "    Metadata: { BuildMethod: esbuild }\n", "'ZipFile' is not built"],
    ["{}", "", "'ZipFile' is missing, or a path in the place of the map"],
    ["s3://bucket/key", "", "'s3://bucket/key' is not a folder"],
    ["{ folder: handlers }", "", "the property 'folder' is not supported here"],
    ["{ ImageUri: a }", "", "the property 'ImageUri' is not supported here"],
  ])("%s with %j is refused", (code, metadata, told) => {
    expect(problemsOf(withCode(code, metadata)).join("\n")).toContain(told);
  });

  test("in TypeScript is built as SAM builds it, and not without being asked to", () => {
    const typescript = (metadata: string) => hello(metadata, "../chat/handlers");
    const [made] = applicationOf(typescript("    Metadata: { BuildMethod: esbuild }\n")).functions;
    expect(made!.build).toMatchObject({ entryPoints: ["app.ts"], target: "es2020" });
    expect(problemsOf(typescript("")).join()).toContain("TypeScript needs 'BuildMethod: esbuild'");
  });
});

test("Metadata may hold what others read, but no method of building misspelled", () => {
  expect(applicationOf(hello("    Metadata: { Comment: a, guard: {} }\n")).functions).toHaveLength(
    1,
  );
  const [problem] = problemsOf(hello("    Metadata: { BuildMethd: esbuild }\n"));
  expect(problem).toBe(
    "the property 'BuildMethd' is not supported here (did you mean 'BuildMethod'?)",
  );
});

test("what changes nothing here is taken, and named in one note", () => {
  const { notes } = applicationOf(
    hello(`      TracingConfig: { Mode: Active }
      Architectures: [arm64]
      KmsKeyArn: "arn:aws:kms:::key/a"
      PackageType: Zip
      DeadLetterConfig: {}
`),
  );
  const [idle = ""] = notes.filter((note) => note.startsWith("Without effect here"));
  for (const name of ["TracingConfig (no traces are kept)", "Architectures", "KmsKeyArn"]) {
    expect(idle).toContain(name);
  }
});

test.each([
  ["VpcConfig: { SubnetIds: [a] }", "the property 'VpcConfig' is not supported here"],
  ["FileSystemConfigs: []", "the property 'FileSystemConfigs' is not supported here"],
  ["ImageConfig: {}", "the property 'ImageConfig' is not supported here"],
  ["PackageType: Image", "'Image' is not one of Zip"],
  ["Tracing: Active", "the property 'Tracing' is not supported here"],
  ["DeadLetterConfig: { TargetArn: 'arn:aws:sqs:a:1:b' }", "dead letters are not implemented"],
])("%s is refused by name", (line, told) => {
  expect(problemsOf(hello(`      ${line}\n`)).join("\n")).toContain(told);
});

test("a role's name is no role's ARN", () => {
  const named = hello().replace("!GetAtt Role.Arn", "!Ref Role");
  expect(problemsOf(named)).toEqual([
    "'test-Role' is not the ARN of a role: 'Ref' gives a role's name, 'Fn::GetAtt' of 'Arn' its ARN",
  ]);
});

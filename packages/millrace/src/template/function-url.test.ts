import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { functionUrlId } from "../functions/mod.ts";
import { readTemplate } from "./mod.ts";
import { applicationOf, hello as plainHello } from "./resources/plain-fixture.ts";

const account = { region: "eu-central-1", accountId: "111122223333" };

function read(resources: string) {
  return readTemplate(
    `Transform: AWS::Serverless-2016-10-31\nResources:\n${resources}
Outputs:
  Address: { Value: !GetAtt HelloUrl.FunctionUrl }
`,
    {
      path: join(import.meta.dir, "fixtures/chat/inline.yaml"),
      stackName: "test",
      parameters: {},
      ...account,
    },
  );
}

const hello = (more = "") => `  Hello:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild }
    Properties:
      CodeUri: handlers
      Handler: app.handler
      Runtime: nodejs22.x
${more}`;

const id = functionUrlId({ ...account, functionName: "test-Hello" });

describe("a function's own address", () => {
  test("is made by FunctionUrlConfig", () => {
    const result = read(
      hello(`      FunctionUrlConfig:
        AuthType: AWS_IAM
        InvokeMode: RESPONSE_STREAM
        Cors: { AllowOrigins: ["*"], MaxAge: 5 }
`),
    );
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join());
    const { urls, outputs } = result.application;
    expect(urls).toMatchObject([
      {
        functionName: "test-Hello",
        settings: {
          signed: true,
          streamed: true,
          cors: { allowOrigins: ["*"], maxAgeSeconds: 5 },
        },
      },
    ]);
    expect(outputs.Address).toBe(`https://${id}.lambda-url.eu-central-1.on.aws/`);
  });

  test("lets in no origin that would fit no page", () => {
    const result = read(
      hello(`      FunctionUrlConfig:
        AuthType: NONE
        Cors: { AllowOrigins: ["https://a.example:8443", "http://a.example:80"] }
`),
    );
    expect(result.ok ? [] : result.problems).toMatchObject([
      {
        line: 12,
        message:
          "'http://a.example:80' fits no page, as browsers leave a default port out: " +
          "it is 'http://a.example'",
      },
    ]);
  });

  test.each(["!Ref Hello", "!GetAtt Hello.Arn"])("is made by a resource of %s", (target) => {
    const url = `  HelloUrl:
    Type: AWS::Lambda::Url
    Properties: { AuthType: NONE, TargetFunctionArn: ${target} }
`;
    const result = read(hello() + url);
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join());
    const settings = { signed: false, streamed: false };
    expect(result.application.urls).toEqual([{ functionName: "test-Hello", settings }]);
    expect(result.application.outputs.Address).toContain(id);
  });

  test.each([
    ["FunctionUrlConfig: { AuthType: OPEN }", "'OPEN'"],
    ["FunctionUrlConfig: { InvokeMode: BUFFERED }", "'AuthType' is missing"],
    ["FunctionUrlConfig: { AuthType: NONE, Other: 1 }", "'Other'"],
    ["FunctionUrlConfig: { AuthType: NONE, Cors: { ExposeHeaders: ['a b'] } }", "'a b' is not a"],
    ["FunctionUrlConfig: { AuthType: NONE, Cors: { AllowHeaders: [''] } }", "'' is not a header's"],
    ["FunctionUrlConfig: !Ref AWS::NoValue", "HelloUrl"],
    ["FunctionUrlConfig: yes", "a map"],
  ])("is refused for %s", (line, told) => {
    const result = read(hello(`      ${line}\n`));
    const messages = result.ok ? [] : result.problems.map(({ message }) => message);
    expect(messages.join("\n")).toContain(told);
  });

  test("is the function's only one", () => {
    const url = `  Second:
    Type: AWS::Lambda::Url
    Properties: { AuthType: NONE, TargetFunctionArn: !Ref Hello }
`;
    const config = "      FunctionUrlConfig: { AuthType: NONE }\n";
    const result = read(hello(config) + url);
    const messages = result.ok ? [] : result.problems.map(({ message }) => message);
    expect(messages.join("\n")).toContain("has a URL already");
  });

  test("has the permission that goes with it on AWS", () => {
    const permission = `  HelloUrl:
    Type: AWS::Lambda::Url
    Properties: { AuthType: NONE, TargetFunctionArn: !Ref Hello }
  Everybody:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunctionUrl
      Principal: "*"
      FunctionName: !Ref Hello
      FunctionUrlAuthType: NONE
`;
    const result = read(hello() + permission);
    const permissions = result.ok ? result.application.permissions : [];
    expect(permissions).toMatchObject([{ principal: "*", urlAuthType: "NONE" }]);
  });

  const everybody = (more: string) => `  Everybody:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Hello
      Principal: "*"
      ${more}
`;
  const plainUrl = (authType = "NONE") => `  Address:
    Type: AWS::Lambda::Url
    Properties: { AuthType: ${authType}, TargetFunctionArn: !Ref Hello }
`;
  const invokeUrl = "Action: lambda:InvokeFunctionUrl";
  const invoke = everybody(
    "Action: lambda:InvokeFunction\n      InvokedViaFunctionUrl: true",
  ).replace("Everybody", "Through");
  test.each([
    [plainUrl(), true],
    [plainUrl("AWS_IAM"), false],
    [plainUrl() + everybody(invokeUrl), true],
    [plainUrl() + everybody(invokeUrl) + invoke, false],
    [plainUrl() + everybody(`${invokeUrl}\n      FunctionUrlAuthType: NONE`) + invoke, false],
    [plainUrl() + everybody(`${invokeUrl}\n      FunctionUrlAuthType: AWS_IAM`) + invoke, true],
    [plainUrl() + everybody(`${invokeUrl}\n      SourceAccount: "111122223333"`) + invoke, true],
    [plainUrl() + everybody("Action: lambda:InvokeFunction"), true],
    [plainUrl() + everybody("Action: lambda:*"), false],
  ])("that AWS would let nobody to is named: %j, %p", (resources, isNamed) => {
    const { notes } = applicationOf(`${plainHello()}${resources}`);
    expect(notes.join().includes("The URL of 'test-Hello' would let nobody in")).toBe(isNamed);
  });

  test("has no permission of its kind for another action", () => {
    const kind = "Action: lambda:InvokeFunction\n      FunctionUrlAuthType: NONE";
    const result = read(hello("      FunctionUrlConfig: { AuthType: NONE }\n") + everybody(kind));
    expect(result.ok ? [] : result.problems).toMatchObject([
      {
        path: "Resources.Everybody.Properties.FunctionUrlAuthType",
        message: "a kind of URL goes with the action lambda:InvokeFunctionUrl alone",
      },
    ]);
  });

  test("comes from SAM with its permission", () => {
    const result = read(hello("      FunctionUrlConfig: { AuthType: NONE }\n"));
    expect(result.ok && result.application.notes.join()).not.toContain("would let nobody in");
  });
});

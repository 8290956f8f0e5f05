import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { functionUrlId } from "../../../functions/mod.ts";
import { readTemplate } from "../../mod.ts";

const account = { region: "eu-central-1", accountId: "111122223333" };
const arn = "arn:aws:lambda:eu-central-1:111122223333:function:test-Hello";

function read(properties: string, rest = "", head = "") {
  return readTemplate(
    `Transform: AWS::Serverless-2016-10-31
${head}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild }
    Properties:
      CodeUri: handlers
      Handler: app.handler
      Runtime: nodejs22.x
${properties}${rest}`,
    {
      path: join(import.meta.dir, "../../fixtures/chat/inline.yaml"),
      stackName: "test",
      parameters: {},
      ...account,
    },
  );
}

function applicationOf(...texts: Parameters<typeof read>) {
  const result = read(...texts);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join("\n"));
  return result.application;
}

function problemsOf(...texts: Parameters<typeof read>): string[] {
  const result = read(...texts);
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

const live = "      AutoPublishAlias: live\n";

describe("AutoPublishAlias", () => {
  test("asks for a version, with all that may be said of it", () => {
    const { functions } = applicationOf(`${live}
      AutoPublishAliasAllProperties: true
      AutoPublishCodeSha256: abc
      VersionDescription: the first
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 }
      DeploymentPreference: { Type: AllAtOnce }
`);
    expect(functions[0]!.autoPublish).toEqual({
      alias: "live",
      description: "the first",
      allProperties: true,
      codeMark: "abc",
      provisioned: 2,
    });
    expect(applicationOf("").functions[0]!.autoPublish).toBeUndefined();
  });

  test("may come from Globals, and from a parameter", () => {
    const head = `Parameters: { Stage: { Type: String, Default: beta } }
Globals: { Function: { AutoPublishAlias: !Ref Stage, AutoPublishAliasAllProperties: true } }`;
    const outputs = "\nOutputs: { Alias: { Value: !Ref HelloAliasbeta } }\n";
    const application = applicationOf("", outputs, head);
    expect(application.functions[0]!.autoPublish).toMatchObject({
      alias: "beta",
      allProperties: true,
    });
    expect(application.outputs).toEqual({ Alias: `${arn}:beta` });
  });

  test("makes an alias that is referred to as SAM documents it", () => {
    const outputs = `
Outputs:
  Named: { Value: !Ref Hello.Alias }
  Inserted: { Value: !Sub "\${Hello.Alias}!" }
  ById: { Value: !Ref HelloAliaslive }
  Itself: { Value: !GetAtt Hello.Arn }
`;
    expect(applicationOf(live, outputs).outputs).toEqual({
      Named: `${arn}:live`,
      Inserted: `${arn}:live!`,
      ById: `${arn}:live`,
      Itself: arn,
    });
  });

  test("with a hyphen or an underscore has the logical id that SAM gives it", () => {
    const named = "      AutoPublishAlias: blue-green_2\n";
    const outputs = "\nOutputs: { Alias: { Value: !Ref HelloAliasblueDgreenU2 } }\n";
    expect(applicationOf(named, outputs).outputs.Alias).toEndWith(":blue-green_2");
  });

  test("is what all of the function's events lead to", () => {
    const { apis, rules, eventRules, triggers, permissions } = applicationOf(`${live}
      Events:
        Page: { Type: HttpApi, Properties: { Path: /, Method: GET } }
        Old: { Type: Api, Properties: { Path: /, Method: GET } }
        Said: { Type: IoTRule, Properties: { Sql: "SELECT * FROM 'a'" } }
        Hourly: { Type: Schedule, Properties: { Schedule: rate(1 hour) } }
        Made: { Type: EventBridgeRule, Properties: { Pattern: { source: [a] } } }
        Stored:
          Type: DynamoDB
          Properties: { Stream: !GetAtt Told.StreamArn, StartingPosition: LATEST }
  Told:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: told
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_IMAGE }
`);
    const called = { functionName: "test-Hello", qualifier: "live" };
    expect(apis.flatMap(({ routes }) => routes)).toMatchObject([called, called]);
    expect(rules[0]!.actions).toEqual([{ lambda: { functionArn: `${arn}:live` } }]);
    const targets = eventRules.flatMap((rule) => rule.targets.map((target) => target.arn));
    expect(targets).toEqual([`${arn}:live`, `${arn}:live`]);
    expect(triggers).toMatchObject([{ ...called, tableName: "told" }]);
    expect(permissions).toHaveLength(3);
    for (const permission of permissions) expect(permission).toMatchObject(called);
  });

  test("has the function's URL, as SAM makes it", () => {
    const outputs = "\nOutputs: { Url: { Value: !GetAtt HelloUrl.FunctionUrl } }\n";
    const url = "      FunctionUrlConfig: { AuthType: NONE }\n";
    const application = applicationOf(live + url, outputs);
    expect(application.urls).toMatchObject([{ functionName: "test-Hello", qualifier: "live" }]);
    const owner = { ...account, functionName: "test-Hello", qualifier: "live" };
    expect(application.outputs.Url).toContain(functionUrlId(owner));
  });

  test("can be named by permissions, rules and mappings of their own", () => {
    const application = applicationOf(
      live,
      `
  Allowed:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Hello.Alias
      Principal: iot.amazonaws.com
  Rule:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        Sql: SELECT * FROM 'a'
        Actions: [{ Lambda: { FunctionArn: !Ref Hello.Alias } }]
`,
    );
    expect(application.permissions).toMatchObject([{ qualifier: "live" }]);
    expect(application.notes.filter((note) => note.includes("cannot invoke"))).toEqual([]);
  });

  test("is another function than the newest to permissions", () => {
    const { notes } = applicationOf(
      live,
      `
  Allowed:
    Type: AWS::Lambda::Permission
    Properties: { Action: "lambda:*", FunctionName: !Ref Hello, Principal: iot.amazonaws.com }
  Rule:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        Sql: SELECT * FROM 'a'
        Actions: [{ Lambda: { FunctionArn: !Ref Hello.Alias } }]
`,
    );
    expect(notes.join()).toContain("cannot invoke 'test-Hello:live'");
  });
});

describe("what is refused of versions and aliases", () => {
  const output = (value: string) => `\nOutputs: { Value: { Value: ${value} } }\n`;

  test.each([
    ["AutoPublishAlias: '12'", "'12' is not an alias"],
    ["AutoPublishAlias: !Sub 'live'", "a text or the Ref of a parameter"],
    ["DeploymentPreference: { Type: AllAtOnce }", "needs 'AutoPublishAlias'"],
    [
      "ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 }",
      "needs 'AutoPublishAlias'",
    ],
  ])("%s", (line, told) => {
    expect(problemsOf(`      ${line}\n`).join("\n")).toContain(told);
  });

  test.each([
    ["{ Type: Canary10Percent5Minutes }", "the deployment 'Canary10Percent5Minutes' is not"],
    ["{ Type: AllAtOnce, Hooks: { PreTraffic: !Ref Hello } }", "'Hooks' of a deployment"],
    ["{ Role: some }", "'Type' is missing"],
  ])("DeploymentPreference: %s", (value, told) => {
    const problems = problemsOf(`${live}      DeploymentPreference: ${value}\n`);
    expect(problems.join("\n")).toContain(told);
  });

  test("but a deployment that is not enabled is none", () => {
    const off =
      "      DeploymentPreference: { Enabled: false, Type: Linear10PercentEvery1Minute }\n";
    expect(problemsOf(live + off)).toEqual([]);
    expect(problemsOf(off)).toEqual([]);
  });

  test.each([
    ["!Ref Hello.Version", "known only once it is published"],
    ["!GetAtt Hello.Alias", "the attribute 'Alias'"],
    ["!Ref Hello.Other", "there is no parameter or resource 'Hello.Other'"],
  ])("%s", (value, told) => {
    expect(problemsOf(live, output(value)).join("\n")).toContain(told);
  });

  test("an alias of a function that asks for none", () => {
    const problems = problemsOf("", output("!Ref Hello.Alias"));
    expect(problems).toEqual(["'Hello.Alias' needs 'AutoPublishAlias' of 'Hello'"]);
  });

  test("an alias that the function has not", () => {
    const rest = `
  Allowed:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Sub "\${Hello}:beta"
      Principal: iot.amazonaws.com
`;
    const told = "the function 'test-Hello' has no alias 'beta' in this template";
    expect(problemsOf(live, rest)).toEqual([told]);
  });

  test("an alias written out, of the name that SAM's has", () => {
    const rest = `
  Other:
    Type: AWS::Lambda::Alias
    Properties: { FunctionName: !Ref Hello, Name: live, FunctionVersion: $LATEST }
`;
    expect(problemsOf(live, rest)).toEqual([
      "the function 'test-Hello' has an alias 'live' already",
    ]);
  });

  test.each([
    [live, "live", ["'test-Hello:live' has such settings already"]],
    [live, "$LATEST", []],
    ["", "$LATEST", ["'test-Hello:$LATEST' has such settings already"]],
  ])("settings of asynchronous calls beside those of SAM: %j, %s", (alias, qualifier, told) => {
    const rest = `
  Tries:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: { FunctionName: !Ref Hello, Qualifier: ${qualifier} }
`;
    const own = "      EventInvokeConfig: { MaximumRetryAttempts: 0 }\n";
    expect(problemsOf(alias + own, rest)).toEqual(told);
  });
});

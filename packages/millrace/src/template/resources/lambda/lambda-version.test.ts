// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${...}` is what the templates hold
import { describe, expect, test } from "bun:test";
import { applicationOf, hello, lambdaArn, problemsOf } from "../plain-fixture.ts";

const version = (logicalId: string, more = "") => `  ${logicalId}:
    Type: AWS::Lambda::Version
    Properties: { FunctionName: !Ref Hello${more} }
`;
const live = (more = "", version = "!GetAtt First.Version") => `  Live:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !GetAtt Hello.Arn
      FunctionVersion: ${version}
      Name: live
${more}`;
const config = (qualifier: string, more = "") => `  Tries:
    Type: AWS::Lambda::EventInvokeConfig
    Properties:
      FunctionName: !Ref Hello
      Qualifier: ${qualifier}
${more}`;

const writtenOf = (resources: string) => applicationOf(resources).functions[0]!.written;

describe("versions and aliases", () => {
  test("are the function's, with all that may be said of them", () => {
    const versions = `${version("First")}${version(
      "Second",
      ", Description: two, CodeSha256: abc, ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 3 }",
    )}`;
    const alias = live(`      Description: what users get
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 }
      RoutingConfig:
        AdditionalVersionWeights:
          - { FunctionVersion: !GetAtt Second.Version, FunctionWeight: 0.25 }
`);
    const { functions, notes } = applicationOf(`${hello()}${versions}${alias}`);
    expect(notes.join()).toContain("CodeSha256 of AWS::Lambda::Version (not compared)");
    expect(functions[0]!.written).toEqual({
      versions: [
        { key: "First", description: undefined, codeSha256: undefined, provisioned: undefined },
        { key: "Second", description: "two", codeSha256: "abc", provisioned: 3 },
      ],
      aliases: [
        {
          name: "live",
          description: "what users get",
          version: "First",
          weights: { Second: 0.25 },
          provisioned: 2,
        },
      ],
      asyncSettings: {},
    });
  });

  test("are referred to by the alias's ARN, as whom others call", () => {
    const { outputs, permissions, urls, rules, notes } =
      applicationOf(`${hello()}${live("", "$LATEST")}
  MayCall:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Live
      Action: lambda:InvokeFunction
      Principal: iot.amazonaws.com
  Address:
    Type: AWS::Lambda::Url
    Properties: { TargetFunctionArn: !Ref Hello, Qualifier: live, AuthType: NONE }
  Lines:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        Sql: SELECT * FROM 'lines'
        Actions: [{ Lambda: { FunctionArn: !GetAtt Live.AliasArn } }]
Outputs:
  Live: { Value: !Ref Live }
`);
    expect(outputs).toEqual({ Live: `${lambdaArn}:function:test-Hello:live` });
    expect(permissions).toMatchObject([{ functionName: "test-Hello", qualifier: "live" }]);
    expect(urls).toMatchObject([{ functionName: "test-Hello", qualifier: "live" }]);
    expect(rules).toHaveLength(1);
    expect(notes.join()).not.toContain("cannot invoke");
  });

  test.each([
    [live("", '"7"'), "'7' is no version of this template: give one with !GetAtt Version.Version"],
    [`${version("First")}${live()}${live().replace("Live:", "Other:")}`, "has an alias 'live'"],
    [
      live(
        "      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 }\n",
        "$LATEST",
      ),
      "'$LATEST' has nothing provisioned",
    ],
    [
      `${version("First")}${live(`      RoutingConfig:
        AdditionalVersionWeights: [{ FunctionVersion: $LATEST, FunctionWeight: 0.5 }]
`)}`,
      "'$LATEST' does not share calls",
    ],
    [
      `${version("First")}${live(`      RoutingConfig:
        AdditionalVersionWeights: [{ FunctionVersion: !GetAtt First.Version, FunctionWeight: 0.5 }]
`)}`,
      "the alias leads to this version already",
    ],
    [
      `${version("First")}Outputs: { Number: { Value: !GetAtt First.Version } }\n`,
      "'First' cannot be referred to here: the number of a version is given once it is published",
    ],
    [
      `${version("First")}  Address:
    Type: AWS::Lambda::Url
    Properties: { TargetFunctionArn: !Ref First, AuthType: NONE }
`,
      "'First' cannot be referred to here",
    ],
    ...[
      live('      Description: !Sub "version ${First.Version}"\n'),
      live().replace("Name: live", 'Name: !Sub "v${First.Version}"'),
      live().replace("!GetAtt Hello.Arn", "!Ref First"),
    ].map((wrong) => [version("First") + wrong, "'First' cannot be referred to here"] as const),
    [version("First").replace("!Ref Hello", "other"), "there is no function 'other'"],
    [
      live("", "$LATEST") + version("First").replace("!Ref Hello", "!Ref Live"),
      "the function itself is needed here, not its alias 'live'",
    ],
  ])("are refused in what could not be: %j", (resources, told) => {
    expect(problemsOf(`${hello()}${resources}`).join("\n")).toContain(told);
  });

  test("of one function are none of another", () => {
    const other = hello().slice(hello().indexOf("  Hello:")).replace("Hello:", "Other:");
    const of = version("First").replace("!Ref Hello", "!Ref Other");
    expect(problemsOf(`${hello()}${other}${of}${live()}`).join()).toContain(
      "is a version of 'test-Other'",
    );
  });
});

describe("AWS::Lambda::EventInvokeConfig", () => {
  test("is for its qualifier, with Lambda's defaults", () => {
    const more = `      MaximumRetryAttempts: 0
      DestinationConfig:
        OnFailure: { Destination: !GetAtt Hello.Arn }
        OnSuccess: { Destination: !GetAtt Bus.Arn }
`;
    const bus = "  Bus: { Type: AWS::Events::EventBus, Properties: { Name: b } }\n";
    const written = writtenOf(`${hello()}${bus}${live("", "$LATEST")}${config("live", more)}`);
    expect(written!.asyncSettings).toEqual({
      live: {
        retryAttemptsMax: 0,
        eventAgeSecondsMax: 21_600,
        onFailure: { functionName: "test-Hello" },
        onSuccess: { busArn: "arn:aws:events:eu-central-1:111122223333:event-bus/b" },
      },
    });
  });

  const to = (arn: string) => `      DestinationConfig: { OnFailure: { Destination: '${arn}' } }\n`;
  test.each([
    [config("live"), "the function 'test-Hello' has no alias 'live' in this template"],
    [config("$LATEST") + config("$LATEST").replace("Tries", "Again"), "has such settings already"],
    [config("$LATEST", to("test-Hello")), "'test-Hello' is no ARN, which is needed here"],
    [config("$LATEST", to("arn:aws:sqs:a:1:q")), "destinations of the service 'sqs' are not"],
    [config("$LATEST", to("arn:aws:events:a:1:event-bus/b")), "there is no event bus"],
    [config("$LATEST", "      MaximumRetryAttempts: 3\n"), "3 is not between 0 and 2"],
  ])("is refused in what could not be: %j", (resources, told) => {
    expect(problemsOf(`${hello()}${resources}`).join("\n")).toContain(told);
  });
});

describe("AWS::Lambda::LayerVersion", () => {
  const layer = (content: string, metadata = "{}") => `  Shared:
    Type: AWS::Lambda::LayerVersion
    Properties: { Content: ${content} }
    Metadata: ${metadata}
`;
  const inS3 = "{ S3Bucket: b, S3Key: k }";

  test("is the CDK's asset, which functions name by its ARN", () => {
    const asset = layer(inS3, "{ 'aws:asset:path': asset.5f0c, 'aws:asset:property': Content }");
    const { layers, functions } = applicationOf(
      `${hello("      Layers: [!Ref Shared]\n")}${asset}`,
    );
    expect(layers[0]!.folder).toEndWith("plain/asset.5f0c");
    expect(functions[0]!.layers).toEqual([`${lambdaArn}:layer:test-Shared:1`]);
  });

  test.each([
    [layer(inS3), "code in S3 cannot be had here: name its folder as 'Content'"],
    [layer("handlers", "{ BuildMethod: nodejs22.x }"), "'nodejs22.x' is not built here"],
    [layer("gone"), "there is no folder 'gone' beside the template"],
    [layer("handlers/app.mjs"), "'handlers/app.mjs' is a file: unpack it where it is an archive"],
  ])("is refused: %j", (resources, told) => {
    expect(problemsOf(resources).join("\n")).toContain(told);
  });
});

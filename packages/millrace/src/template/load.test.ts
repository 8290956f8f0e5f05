// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${...}` is what the templates hold
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import type { Application } from "./mod.ts";
import { formatProblems, loadTemplate, readTemplate, type TemplateResult } from "./mod.ts";

const surroundings = { region: "eu-central-1", accountId: "111122223333" };
const chatFunction = "arn:aws:lambda:eu-central-1:111122223333:function:chat-Chat";
const ruleRole = "arn:aws:iam::111122223333:role/chat-RuleRole";
const fixtures = join(import.meta.dir, "fixtures");

function read(text: string, parameters: Record<string, string> = {}): TemplateResult {
  return readTemplate(text, {
    path: join(fixtures, "chat/inline.yaml"),
    stackName: "test",
    parameters,
    ...surroundings,
  });
}

function application(result: TemplateResult): Application {
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.application;
}

function messages(result: TemplateResult): string[] {
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

/** The value of one output, in a template with something to refer to. */
function evaluate(expression: string, parameters: Record<string, string> = {}): string {
  const template = `
Parameters:
  Stage: { Type: String, Default: dev }
  Words: { Type: CommaDelimitedList, Default: "a, b" }
  Ports: { Type: List<Number>, Default: "80, 20.5" }
Mappings:
  Sizes: { dev: { memory: 128 }, prod: { memory: 1024 } }
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Both: !And [!Condition Prod, !Not [{ Condition: Prod }]]
  Either: !Or [!Condition Prod, !Not [{ Condition: Prod }]]
Resources:
  Files: { Type: AWS::S3::Bucket }
  Lines:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: n, AttributeType: N }]
      KeySchema: [{ AttributeName: n, KeyType: HASH }]
Outputs:
  Result: { Value: ${expression} }
`;
  return application(read(template, parameters)).outputs.Result!;
}

describe("functions", () => {
  const cases: [expression: string, value: string][] = [
    ["!Ref Stage", "dev"],
    ["{ Ref: Stage }", "dev"],
    ["!Ref AWS::Region", "eu-central-1"],
    ["!Ref AWS::AccountId", "111122223333"],
    ["!Ref AWS::Partition", "aws"],
    ["!Ref AWS::URLSuffix", "amazonaws.com"],
    ["!Ref AWS::StackName", "test"],
    ["!Ref Files", "test-files"],
    ["!GetAtt Files.Arn", "arn:aws:s3:::test-files"],
    ["!GetAtt [Files, DomainName]", "test-files.s3.amazonaws.com"],
    ["!GetAtt Files.RegionalDomainName", "test-files.s3.eu-central-1.amazonaws.com"],
    ["!Ref Lines", "test-Lines"],
    [
      '{ "Fn::GetAtt": [Lines, Arn] }',
      "arn:aws:dynamodb:eu-central-1:111122223333:table/test-Lines",
    ],
    ['!Sub "${Stage}/${Files.Arn}/${!Stage}/$x"', "dev/arn:aws:s3:::test-files/${Stage}/$x"],
    ['!Sub ["${a}-${Stage}", { a: !Ref Lines, Stage: over }]', "test-Lines-over"],
    ["!Join ['-', [a, !Ref Stage, 3]]", "a-dev-3"],
    ["!Join ['+', !Ref Words]", "a+b"],
    ["!Join ['+', !Ref Ports]", "80+20.5"],
    ["!Join ['+', !Split ['.', a.b.]]", "a+b+"],
    ["!Join ['+', [a, !Ref AWS::NoValue, b]]", "a+b"],
    ["!Select [1, !Ref Words]", "b"],
    ["!Select ['0', [x, y]]", "x"],
    ["!FindInMap [Sizes, !Ref Stage, memory]", "128"],
    ["!Base64 häh", "aMOkaA=="],
    ["!If [Prod, big, small]", "small"],
    ["!If [Both, yes-yes, no-no]", "no-no"],
    ["!If [Either, yes-yes, no-no]", "yes-yes"],
    ["N", "N"],
    ["3", "3"],
    ["true", "true"],
  ];
  for (const [expression, value] of cases) {
    test(`${expression} gives ${value}`, () => expect(evaluate(expression)).toBe(value));
  }

  test("a given parameter wins over its default", () => {
    expect(evaluate("!FindInMap [Sizes, !Ref Stage, memory]", { Stage: "prod" })).toBe("1024");
  });
});

test("JSON with tabs is read as well", () => {
  const json = JSON.stringify({ Resources: { Files: { Type: "AWS::S3::Bucket" } } }, null, "\t");
  expect(application(read(json)).buckets).toEqual([{ name: "test-files" }]);
});

test("a table comes with its indexes and what it is described by", () => {
  const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
  const Properties = {
    TableName: "threads",
    AttributeDefinitions: ["forum", "subject", "author"].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S",
    })),
    KeySchema: [key("forum", "HASH"), key("subject", "RANGE")],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byAuthor",
        KeySchema: [key("author", "HASH")],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["title"] },
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      },
    ],
    ProvisionedThroughput: { ReadCapacityUnits: 2, WriteCapacityUnits: 3 },
    StreamSpecification: { StreamViewType: "NEW_IMAGE" },
    Tags: [{ Key: "team", Value: "chat" }],
  };
  const Threads = { Type: "AWS::DynamoDB::Table", Properties };
  const { tables } = application(read(JSON.stringify({ Resources: { Threads } })));
  const forum = { name: "forum", type: "S" } as const;
  expect(tables).toEqual([
    {
      name: "threads",
      partitionKey: forum,
      sortKey: { name: "subject", type: "S" },
      indexes: [
        {
          name: "byAuthor",
          scope: "global",
          partitionKey: { name: "author", type: "S" },
          projection: { type: "INCLUDE", attributes: ["title"] },
          throughput: { readUnits: 1, writeUnits: 1 },
        },
      ],
      throughput: { readUnits: 2, writeUnits: 3 },
      tags: { team: "chat" },
      streamView: "NEW_IMAGE",
    },
  ]);
});

test("the chat becomes tables, rules, a function, a bucket and a distribution", async () => {
  const path = join(fixtures, "chat/template.yaml");
  const chat = application(await loadTemplate({ path, ...surroundings }));
  expect(chat.name).toBe("chat");
  expect(chat.tables).toEqual([
    {
      name: "chat-Lines",
      partitionKey: { name: "room", type: "S" },
      sortKey: { name: "at", type: "S" },
      ttlAttribute: "ttl",
    },
    { name: "chat-Rooms", partitionKey: { name: "room", type: "S" } },
  ]);
  expect(chat.rules.map(({ name, actions }) => [name, actions])).toEqual([
    ["ChatHello", [{ lambda: { functionArn: chatFunction } }]],
    ["chat_Republish", [{ republish: { topic: "chat/pub/${room}", roleArn: ruleRole, qos: 1 } }]],
    ["chat_Store", [{ dynamoDBv2: { putItem: { tableName: "chat-Lines" }, roleArn: ruleRole } }]],
  ]);
  expect(chat.functions).toEqual([
    {
      name: "chat-Chat",
      role: "arn:aws:iam::111122223333:role/chat-ChatRole",
      handler: "app.handler",
      codeFolder: join(fixtures, "chat/handlers"),
      runtime: "nodejs22.x",
      timeoutSeconds: 10,
      memoryMegabytes: 128,
      tags: { "lambda:createdBy": "SAM" },
      environment: {
        HISTORY_HOURS: "24",
        LINES: "chat-Lines",
        GREETING: "Welcome to chat",
        NODE_OPTIONS: "--enable-source-maps",
      },
      build: {
        entryPoints: ["app.ts"],
        minify: false,
        target: "es2022",
        sourcemap: true,
        format: "esm",
        external: [],
      },
    },
  ]);
  expect(chat.apis).toMatchObject([
    {
      name: "Web",
      apiId: expect.stringMatching(/^[a-z0-9]{10}$/),
      kind: "http",
      stage: "$default",
      routes: [{ method: "ANY", path: "$default", functionName: "chat-Chat" }],
    },
  ]);
  expect(chat.buckets).toEqual([
    {
      name: "chat-assets",
      sourceFolder: join(fixtures, "chat/web"),
      build: { entryPoints: ["app.ts"], minify: true, target: "es2022", sourcemap: false },
    },
  ]);
  expect(chat.distributions).toEqual([
    {
      name: "Site",
      behaviors: [
        { pathPattern: "/assets/*", origin: { kind: "bucket", bucketName: "chat-assets" } },
      ],
      defaultOrigin: { kind: "api", apiName: "Web" },
    },
  ]);
  expect(chat.devices.policies.map(({ name }) => name)).toEqual(["chat-Guest"]);
  expect(chat.roles.map(({ name }) => name)).toEqual(["chat-RuleRole", "chat-ChatRole"]);
  expect(chat.outputs.LinesTable).toBe("chat-Lines");
});

test("the chat's function has SAM's role, and lets the rule of its event call it", async () => {
  const path = join(fixtures, "chat/template.yaml");
  const chat = application(await loadTemplate({ path, ...surroundings }));
  const [, role] = chat.roles;
  expect(chat.functions[0]!.role).toBe(role!.arn);
  expect(role!.policies.map(({ name }) => name)).toContain("AWSLambdaBasicExecutionRole");
  const [rule] = chat.permissions;
  expect(rule).toMatchObject({ functionName: "chat-Chat", principal: "iot.amazonaws.com" });
  expect(rule!.sourceArn).toEndWith(":rule/ChatHello");
});

test("the place of a character in the SQL is known, in literal, folded and plain texts", async () => {
  const path = join(fixtures, "chat/template.yaml");
  const { positions } = application(await loadTemplate({ path, ...surroundings }));
  const block = positions.get("rule:chat_Republish:sql")!;
  expect(block.at(0).sourceLine.slice(block.at(0).column - 1)).toStartWith("SELECT *, clientid()");
  const sql = "SELECT *, clientid() AS author, timestamp() AS at\nFROM 'chat/out'";
  const from = block.at(sql.indexOf("FROM"));
  expect(from.sourceLine.slice(from.column - 1)).toStartWith("FROM 'chat/out'");
  const folded = "SELECT *, clientid() AS clientId FROM 'chat/out' WHERE type = 'hello'";
  const where = positions.get("rule:ChatHello:sql")!.at(folded.indexOf("type ="));
  expect(where.sourceLine.slice(where.column - 1)).toBe("type = 'hello'");
  const plain = positions.get("rule:chat_Store:sql")!.at(7);
  expect(plain.sourceLine.slice(plain.column - 1)).toStartWith("*, topic(3)");
});

describe("Globals", () => {
  const template = (own: string) => `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Handler: app.handler
    CodeUri: handlers
    Runtime: nodejs22.x
    Timeout: 5
    Environment: { Variables: { SHARED: global, ONLY: global } }
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild }
    Properties:
      ${own}
`;
  test("maps are merged and values of the resource win", () => {
    const own = "{ Timeout: 7, Environment: { Variables: { SHARED: own, MORE: own } } }";
    const [f] = application(read(template(own))).functions;
    expect(f?.timeoutSeconds).toBe(7);
    expect(f?.environment).toEqual({ SHARED: "own", ONLY: "global", MORE: "own" });
  });

  test("a function call is one value and is not merged into", () => {
    const call = "!If [Never, { Variables: {} }, { Variables: { MORE: own } }]";
    const text = `Conditions: { Never: !Equals [a, b] }${template(`{ Environment: ${call} }`)}`;
    expect(application(read(text)).functions[0]?.environment).toEqual({ MORE: "own" });
  });

  test("esbuild's defaults are SAM's: the handler's file, minified, es2020, cjs", () => {
    expect(application(read(template("{}"))).functions[0]?.build).toEqual({
      entryPoints: ["app.ts"],
      minify: true,
      target: "es2020",
      sourcemap: false,
      format: "cjs",
      external: [],
    });
  });
});

describe("what SAM implies", () => {
  const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild }
    Properties:
      Handler: app.handler
      CodeUri: handlers
      Runtime: nodejs22.x
      Events:
        Get: { Type: Api, Properties: { Path: "/rooms/{id}", Method: get } }
        Any: { Type: HttpApi }
        Said: { Type: IoTRule, Properties: { Sql: "SELECT * FROM 'a'" } }
Outputs:
  Role: { Value: !GetAtt FRole.Arn }
  Rule: { Value: !GetAtt FSaid.Arn }
  Url: { Value: !Sub "\${ServerlessRestApi} \${ServerlessHttpApi}" }
`;
  test("APIs without a resource, roles and rules can be referred to", () => {
    const { apis, rules, outputs } = application(read(template));
    expect(apis.map(({ name, kind, stage, routes }) => [name, kind, stage, routes])).toEqual([
      [
        "ServerlessRestApi",
        "rest",
        "Prod",
        [{ method: "GET", path: "/rooms/{id}", functionName: "test-F" }],
      ],
      [
        "ServerlessHttpApi",
        "http",
        "$default",
        [{ method: "ANY", path: "$default", functionName: "test-F" }],
      ],
    ]);
    expect(rules).toMatchObject([{ name: "FSaid", sqlVersion: "2015-10-08", enabled: true }]);
    expect(outputs.Role).toBe("arn:aws:iam::111122223333:role/test-FRole");
    expect(outputs.Rule).toBe("arn:aws:iot:eu-central-1:111122223333:rule/FSaid");
    expect(outputs.Url).toBe(apis.map(({ apiId }) => apiId).join(" "));
  });
});

test("a resource whose condition is false is not there", () => {
  const text = `
Conditions: { Never: !Equals [a, b] }
Resources:
  A: { Type: AWS::S3::Bucket, Condition: Never, Properties: { BucketName: !Ref Gone } }
  B: { Type: AWS::S3::Bucket, DependsOn: A }
Outputs:
  A: { Condition: Never, Value: !Ref A }
`;
  const { buckets, outputs } = application(read(text));
  expect(buckets.map(({ name }) => name)).toEqual(["test-b"]);
  expect(outputs).toEqual({});
});

test("a rule that may not invoke its function is noted", () => {
  const template = (permission: string) => `
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild }
    Properties: { Handler: app.handler, CodeUri: handlers, Runtime: nodejs22.x }
  R:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        Sql: SELECT * FROM 'a'
        Actions: [{ Lambda: { FunctionArn: !GetAtt F.Arn } }]
${permission}`;
  const permission = `
  P:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref F
      Action: lambda:InvokeFunction
      Principal: iot.amazonaws.com
      SourceArn: !GetAtt R.Arn
`;
  const missing = /cannot invoke 'test-F'/;
  expect(application(read(template(""))).notes.some((note) => missing.test(note))).toBe(true);
  const allowed = application(read(template(permission)));
  expect(allowed.notes.some((note) => missing.test(note))).toBe(false);
  expect(allowed.permissions).toHaveLength(1);
});

test("what a rule's messages name need not be in the template", () => {
  const role = "arn:aws:iam::000000000000:role/r";
  const rule = (dollar: string) => `
Resources:
  R:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        Sql: SELECT * FROM '#'
        Actions:
          - Lambda: { FunctionArn: !Sub "arn:aws:lambda:us-east-1:000000000000:function:${dollar}" }
          - S3: { BucketName: !Sub "b-${dollar}", Key: k, RoleArn: ${role} }
          - DynamoDBv2: { PutItem: { TableName: !Sub "t-${dollar}" }, RoleArn: ${role} }
`;
  const [definition] = application(read(rule("${!topic(1)}"))).rules;
  expect(definition?.actions[2]).toMatchObject({
    dynamoDBv2: { putItem: { tableName: "t-${topic(1)}" } },
  });
  expect(messages(read(rule("gone")))).toHaveLength(3);
});

test("a value for a parameter that does not exist is a problem", () => {
  const text = "Parameters: { Stage: { Type: String } }\nResources: {}";
  expect(messages(read(text, { Stag: "x", Stage: "y" }))).toEqual([
    "a value is given for 'Stag', which is no parameter (did you mean 'Stage'?)",
  ]);
});

test("a file that cannot be read is an error of the world", () => {
  const loading = loadTemplate({ path: join(fixtures, "gone.yaml"), ...surroundings });
  expect(loading).rejects.toMatchObject({ code: "TEMPLATE_NOT_READ" });
});

describe("hostile files are refused", () => {
  const cases: [name: string, text: string, message: RegExp][] = [
    ["empty", "", /is empty/],
    ["a list", "- a", /is a map of sections/],
    ["two documents", "Resources: {}\n---\nResources: {}", /a second one begins/],
    ["a bomb of anchors", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", /the alias '\*a'/],
    ["deep nesting", `Resources: ${"[".repeat(200)}${"]".repeat(200)}`, /nested deeper than/],
    ["very deep nesting", "[".repeat(100_000), /nested too deeply|cannot be read/],
    ["a large file", `# ${"x".repeat(1_100_000)}`, /is larger than/],
  ];
  for (const [name, text, message] of cases) {
    test(name, () => expect(messages(read(text)).join("\n")).toMatch(message));
  }
});

test("any text gives an application or problems, and never throws", () => {
  const word = fc.constantFrom(
    ...["Resources:", "Type:", "Properties:", "Globals:", "Function:", "Outputs:", "Conditions:"],
    ...[
      "AWS::S3::Bucket",
      "AWS::Serverless::Function",
      "AWS::IoT::TopicRule",
      "!Ref",
      "!Sub",
      "!If",
    ],
    ...[
      "Fn::Join:",
      "Ref:",
      "A",
      "A:",
      "- ",
      "[",
      "]",
      "{",
      "}",
      ",",
      "&a",
      "*a",
      "|",
      ">",
      '"',
      "'",
    ],
    ...[
      "Events:",
      "Policies:",
      "Metadata:",
      "${A}",
      "null",
      "0123",
      "yes",
      "__proto__:",
      "\n",
      "\n  ",
    ],
    ...[
      "\n    ",
      "\n      ",
      "\n        ",
      "Condition:",
      "DependsOn:",
      "Value:",
      "!GetAtt",
      "A.Arn",
    ],
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 60 }).map((words) => words.join(" ")),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (random) => {
      const result = read(random);
      return result.ok || (result.problems.length > 0 && formatProblems(result.problems) !== "");
    }),
    { numRuns: 500 },
  );
});

test("the policies inside a role are counted together", () => {
  const role = (characters: number): TemplateResult => {
    const statement = (size: number): string =>
      `{ Effect: Allow, Action: "*", Resource: "arn:aws:s3:::${"a".repeat(size)}" }`;
    const policy = (name: string, size: number): string =>
      `{ PolicyName: ${name}, PolicyDocument: { Statement: ${statement(size)} } }`;
    const trust = `{ Statement: { Effect: Allow, Action: "*", Principal: "*" } }`;
    return read(
      ["Resources:", "  R:", "    Type: AWS::IAM::Role", "    Properties:"]
        .concat(`      AssumeRolePolicyDocument: ${trust}`)
        .concat(`      Policies: [${policy("p", characters)}, ${policy("q", characters)}]`)
        .join("\n"),
    );
  };
  expect(messages(role(5_000))).toEqual([]);
  expect(messages(role(5_100))).toEqual([
    expect.stringMatching(/the policies together have 103\d\d of 10240 characters/),
  ]);
});

test("any tree under a resource gives an application or problems, and never throws", async () => {
  const chat = await Bun.file(join(fixtures, "chat/template.yaml")).text();
  const lines = chat.split("\n");
  fc.assert(
    fc.property(
      fc.nat({ max: lines.length - 1 }),
      fc.nat({ max: lines.length - 1 }),
      fc.constantFrom("swap", "drop", "null", "list"),
      (from, to, change) => {
        const changed = [...lines];
        if (change === "swap") [changed[from], changed[to]] = [lines[to]!, lines[from]!];
        if (change === "drop") changed.splice(from, 1 + (to % 5));
        if (change === "null") changed[from] = lines[from]!.replace(/:.*/, ":");
        if (change === "list") changed[from] = lines[from]!.replace(/: .*/, ": [!Ref Lines, {}]");
        const result = read(changed.join("\n"));
        return result.ok || result.problems.length > 0;
      },
    ),
    { numRuns: 100 },
  );
});

test("a destination is known by an ARN that stays", () => {
  const template = `
Resources:
  Hook:
    Type: AWS::IoT::TopicRuleDestination
    Properties:
      HttpUrlProperties: { ConfirmationUrl: "https://example.com/in" }
Outputs:
  Hook: { Value: !Ref Hook }
  Same: { Value: !GetAtt Hook.Arn }
`;
  const { destinations, outputs } = application(read(template));
  const id = destinations[0]?.id ?? "";
  expect(destinations).toEqual([{ id, confirmationUrl: "https://example.com/in" }]);
  expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const arn = `arn:aws:iot:eu-central-1:111122223333:ruledestination/http/${id}`;
  expect(outputs).toEqual({ Hook: arn, Same: arn });
  expect(application(read(template)).destinations[0]?.id).toBe(id);
});

test("log groups have a retention and tags, and functions write where and how they are told", () => {
  const { logGroups, functions, outputs } = application(
    read(`
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Handler: app.handler
    Runtime: nodejs22.x
    CodeUri: handlers
    LoggingConfig: { LogFormat: JSON, ApplicationLogLevel: WARN }
Resources:
  Mine:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild }
  Own:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild }
    Properties: { LoggingConfig: { LogGroup: !Ref Group, SystemLogLevel: DEBUG } }
  Group: { Type: AWS::Logs::LogGroup }
  Kept:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub /aws/lambda/\${Mine}
      RetentionInDays: 7
      Tags: [{ Key: a, Value: b }]
Outputs:
  Arn: { Value: !GetAtt Group.Arn }
`),
  );
  expect(logGroups).toEqual([
    { name: "test-Group", retentionDays: undefined, tags: {} },
    { name: "/aws/lambda/test-Mine", retentionDays: 7, tags: { a: "b" } },
  ]);
  expect(functions.map(({ name, logging }) => [name, logging])).toEqual([
    ["test-Mine", { format: "JSON", applicationLevel: "WARN" }],
    [
      "test-Own",
      { format: "JSON", applicationLevel: "WARN", systemLevel: "DEBUG", group: "test-Group" },
    ],
  ]);
  expect(outputs.Arn).toBe("arn:aws:logs:eu-central-1:111122223333:log-group:test-Group:*");
});

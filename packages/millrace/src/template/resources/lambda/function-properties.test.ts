import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readTemplate } from "../../mod.ts";

function read(properties: string, rest = "", metadata = "{ BuildMethod: esbuild }") {
  return readTemplate(
    `Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Metadata: ${metadata}
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

function applicationOf(...texts: Parameters<typeof read>) {
  const result = read(...texts);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join("\n"));
  return result.application;
}

function problemsOf(...texts: Parameters<typeof read>): string[] {
  const result = read(...texts);
  return result.ok ? [] : result.problems.map(({ message }) => message);
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

test("what changes nothing here is taken, and named in one note", () => {
  const { notes, functions } = applicationOf(`Tags: { team: blue }
      PropagateTags: true
      PackageType: Zip
      SnapStart: { ApplyOn: None }
      KmsKeyArn: "arn:aws:kms:::key/a"
      CodeSigningConfigArn: "arn:aws:lambda:::code-signing-config:a"
      RecursiveLoop: Allow
      RuntimeManagementConfig: { UpdateRuntimeOn: Auto }
      Architectures: [arm64]`);
  const [idle = ""] = notes.filter((note) => note.startsWith("Without effect here"));
  expect(functions[0]!.tags).toEqual({ "lambda:createdBy": "SAM", team: "blue" });
  const named = ["KmsKeyArn", "CodeSigningConfigArn"];
  for (const name of [...named, "RecursiveLoop", "RuntimeManagementConfig", "Architectures"]) {
    expect(idle).toContain(name);
  }
});

test.each([
  ["SnapStart: { ApplyOn: PublishedVersions }", "'PublishedVersions' is not one of None"],
  ["PackageType: Image", "'Image' is not one of Zip"],
  ["VpcConfig: { SubnetIds: [a] }", "the property 'VpcConfig' is not supported here"],
  ["PermissionsBoundary: a", "the property 'PermissionsBoundary' is not supported here"],
  ["RolePath: /a/", "the property 'RolePath' is not supported here"],
  ["FileSystemConfigs: []", "the property 'FileSystemConfigs' is not supported here"],
])("%s is refused by name", (line, told) => {
  expect(problemsOf(line).join("\n")).toContain(told);
});

describe("the role that SAM makes", () => {
  const trust = `AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          Effect: Allow
          Principal: { Service: [lambda.amazonaws.com, scheduler.amazonaws.com] }
          Action: sts:AssumeRole`;

  test("is trusted as the template says", () => {
    expect(JSON.stringify(applicationOf(trust).roles[0]!.trust)).toContain("scheduler.amazonaws");
    expect(applicationOf("Timeout: 3").roles[0]!.trust).toBeUndefined();
  });

  test("is not made beside another, whose own trust counts", () => {
    const role = "Role: arn:aws:iam::111122223333:role/other";
    const { notes, roles } = applicationOf(`${trust}\n      ${role}`);
    expect(roles).toEqual([]);
    expect(notes.join()).toContain("AssumeRolePolicyDocument (beside Role)");
  });
});

describe("Metadata of a function", () => {
  const build = (properties: string) => `
      BuildMethod: esbuild
      BuildProperties:
        ${properties}`;
  const buildOf = (properties: string) =>
    applicationOf("Timeout: 3", "", build(properties)).functions[0]!.build;

  test("says to esbuild what SAM lets it say", () => {
    const given = `Format: esm
        MainFields: module,main
        OutExtension: [.js=.mjs]
        Loader: [.png=dataurl, .sql=text]
        SourcesContent: false
        UseNpmCi: true
        Banner: ["js=import { createRequire } from 'module'; const a = 1;"]`;
    expect(buildOf(given)).toMatchObject({
      format: "esm",
      mainFields: ["module", "main"],
      outExtensions: { ".js": ".mjs" },
      loaders: { ".png": "dataurl", ".sql": "text" },
      sourcesContent: false,
      banner: { js: "import { createRequire } from 'module'; const a = 1;" },
    });
    expect(buildOf("MainFields: [module, main]")?.mainFields).toEqual(["module", "main"]);
  });

  test.each([
    ["Loader: [.png=picture]", "'.png=picture' is not like '.png=dataurl'"],
    ["OutExtension: [mjs]", "'mjs' is not like '.js=.mjs'"],
    ["Banner: [import x]", "'import x' is not like 'js=import ...'"],
    ["Plugins: [a]", "the property 'Plugins' is not supported here"],
  ])("refuses %s", (line, told) => {
    expect(problemsOf("Timeout: 3", "", build(line)).join("\n")).toContain(told);
  });

  test("may say that nothing is built, where nothing is", () => {
    expect(problemsOf("Timeout: 3", "", "{ SkipBuild: true }").join()).toContain("TypeScript");
    const both = "{ SkipBuild: true, BuildMethod: esbuild }";
    expect(problemsOf("Timeout: 3", "", both)).toEqual([
      "'SkipBuild' does not go with 'BuildMethod'",
    ]);
  });
});

test("an event may say that nobody is asked for leave, or name an authorizer of its API", () => {
  const event = (auth: string) => `Events:
        Page: { Type: HttpApi, Properties: { Path: /, Method: GET, Auth: ${auth} } }`;
  expect(applicationOf(event("{ Authorizer: NONE }")).apis[0]!.routes).toHaveLength(1);
  expect(problemsOf(event("{ Authorizer: Mine }"))).toEqual(["the API has no authorizer 'Mine'"]);
});

test("what does nothing may come from Globals, too", () => {
  const globals = "Globals: { Function: { RecursiveLoop: Allow } }\n";
  expect(applicationOf("Timeout: 3", globals).notes.join()).toContain("RecursiveLoop");
});

describe("IgnoreGlobals", () => {
  const memoryOf = (ignored: string) => {
    const globals = "Globals: { Function: { MemorySize: 512, Timeout: 9 } }";
    const text = `    IgnoreGlobals: ${ignored}\n${globals}\n`;
    const { memoryMegabytes, timeoutSeconds } = applicationOf("Description: a", text).functions[0]!;
    return [memoryMegabytes, timeoutSeconds];
  };

  test.each([
    ["[MemorySize]", [128, 9]],
    ["'*'", [128, 3]],
    ["Timeout", [512, 3]],
  ])("%s leaves %j", (ignored, left) => {
    expect(memoryOf(ignored)).toEqual(left as number[]);
  });

  test("names what is there", () => {
    const rest = `    IgnoreGlobals: [Timeout, MemorySise]
  Files: { Type: AWS::S3::Bucket, IgnoreGlobals: Tags }
Globals: { Function: { MemorySize: 512, Timeout: 9 } }
`;
    expect(problemsOf("Description: a", rest)).toEqual([
      "'MemorySise' is not in the Globals of 'AWS::Serverless::Function' " +
        "(did you mean 'MemorySize'?)",
      "'Tags' is not in the Globals of 'AWS::S3::Bucket'",
    ]);
  });
});

test("a SimpleTable has tags and can be brought back to a moment", () => {
  const table = `  Told:
    Type: AWS::Serverless::SimpleTable
    Properties:
      Tags: { team: blue }
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
`;
  const { tables } = applicationOf("Timeout: 3", table);
  expect(tables).toMatchObject([{ tags: { team: "blue" }, recoveryDays: 35 }]);
});

describe("InlineCode", () => {
  const inline = (more = "") => `InlineCode: |
        exports.handler = async () => 1;
      ${more}`;
  const readInline = (properties: string, handler = "index.handler", runtime = "nodejs22.x") =>
    readTemplate(
      `Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: ${handler}
      Runtime: ${runtime}
      ${properties}
`,
      {
        path: join(import.meta.dir, "../../fixtures/chat/inline.yaml"),
        stackName: "test",
        region: "eu-central-1",
        accountId: "111122223333",
      },
    );
  const said = (result: ReturnType<typeof readInline>) =>
    result.ok ? [] : result.problems.map(({ message }) => message);

  test("stands for the code, and before CodeUri", () => {
    for (const more of ["", "CodeUri: nowhere"]) {
      const result = readInline(inline(more));
      expect(said(result)).toEqual([]);
      const [definition] = result.ok ? result.application.functions : [];
      expect(definition!.inlineCode).toBe("exports.handler = async () => 1;\n");
    }
  });

  test("is refused where it could not run, and so is a function without any code", () => {
    expect(said(readInline(inline(), "app.handler")).join()).toContain("a file 'index'");
    expect(said(readInline(inline(), "index.handler", "provided.al2023")).join()).toContain(
      "python",
    );
    expect(said(readInline("Timeout: 3"))).toEqual(["the property 'CodeUri' is missing"]);
  });
});

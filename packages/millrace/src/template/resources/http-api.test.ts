import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readTemplate } from "../mod.ts";

function read(api: string, rest = "", head = "") {
  return readTemplate(
    `Transform: AWS::Serverless-2016-10-31
${head}
Resources:
${api}${rest}`,
    {
      path: join(import.meta.dir, "../fixtures/chat/inline.yaml"),
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

const http = (properties: string) => `  Web:
    Type: AWS::Serverless::HttpApi
    Properties:
      ${properties}
`;

const hello = (event: string) => `  Hello:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild }
    Properties:
      CodeUri: handlers
      Handler: app.handler
      Runtime: nodejs22.x
      Events:
        Page: { Type: HttpApi, Properties: { ApiId: !Ref Web, Path: /, Method: get, ${event} } }
`;

describe("CorsConfiguration", () => {
  const corsOf = (value: string) =>
    applicationOf(http(`CorsConfiguration: ${value}`)).apis[0]!.cors;

  test("has all its members", () => {
    const value = `
        AllowCredentials: true
        AllowHeaders: [authorization]
        AllowMethods: [get, POST]
        AllowOrigins: ["https://example.org", "http://*"]
        ExposeHeaders: [date]
        MaxAge: 600`;
    expect(corsOf(value)).toEqual({
      allowCredentials: true,
      allowHeaders: ["authorization"],
      allowMethods: ["GET", "POST"],
      allowOrigins: ["https://example.org", "http://*"],
      exposeHeaders: ["date"],
      maxAgeSeconds: 600,
    });
  });

  test.each([
    ["true", ["*"]],
    ['"https://example.org"', ["https://example.org"]],
    ["{ AllowOrigins: ['HTTPS://Example.org', 'Http://*'] }", ["https://example.org", "http://*"]],
    ["false", undefined],
    ["{}", undefined],
  ])("as %s lets in %j", (value, allowOrigins) => {
    expect(corsOf(value)?.allowOrigins).toEqual(allowOrigins);
  });

  test("of Globals is that of the API that SAM makes, too", () => {
    const head = "Globals: { HttpApi: { CorsConfiguration: { AllowOrigins: ['*'] } } }";
    const event = hello("").replace("ApiId: !Ref Web, ", "");
    expect(applicationOf("", event, head).apis[0]!.cors?.allowOrigins).toEqual(["*"]);
  });

  test.each([
    ["{ AllowOrigins: ['https://example.org/'] }", "'https://example.org/' is not an origin"],
    ["{ AllowOrigins: [example.org] }", "'example.org' is not an origin"],
    ["{ AllowOrigins: ['https://me@example.org'] }", "is not an origin"],
    ["{ AllowOrigins: ['https://*.example.org'] }", "is not an origin"],
    ["{ AllowOrigins: ['http://a.example:443', 'HTTPS://b.example:443'] }", "it is 'HTTPS://b.exa"],
    ["'http://a.example:80'", "'http://a.example:80' fits no page"],
    ["{ AllowOrigins: ['*'], AllowCredentials: true }", "does not go with the origin '*'"],
    ["{ AllowHeaders: ['x-own, x-other'] }", "'x-own, x-other' is not a header's name or '*'"],
    ['{ ExposeHeaders: ["x\\n"] }', "is not a header's name or '*'"],
    ["{ MaxAge: 90000 }", "90000 is not between -1 and 86400"],
    ["{ AllowOrigin: '*' }", "(did you mean 'AllowOrigins'?)"],
    ["[a]", "a map is needed"],
  ])("is refused as %s", (value, told) => {
    expect(problemsOf(http(`CorsConfiguration: ${value}`)).join("\n")).toContain(told);
  });
});

describe("how many requests a route takes", () => {
  test("is set for all routes, for one, and by the event of one", () => {
    const api = http(`DefaultRouteSettings: { ThrottlingRateLimit: 0.5, ThrottlingBurstLimit: 3 }
      RouteSettings:
        GET /: { ThrottlingRateLimit: 20, DetailedMetricsEnabled: true }`);
    const event = "RouteSettings: { ThrottlingBurstLimit: 9 }";
    const { apis, notes } = applicationOf(api, hello(event));
    expect(apis[0]).toMatchObject({
      throttle: { ratePerSecond: 0.5, burst: 3 },
      routeThrottles: { "GET /": { ratePerSecond: 20 } },
      routes: [{ throttle: { burst: 9 } }],
    });
    expect(Object.keys(apis[0]!.routeThrottles!)).toEqual(["GET /"]);
    expect(notes.join()).toContain("DetailedMetricsEnabled");
  });

  test.each([
    ["100.0", 100],
    ["'0.5'", 0.5],
    ["1e3", 1000],
  ])("may be the rate %s", (written, ratePerSecond) => {
    const api = http(`DefaultRouteSettings: { ThrottlingRateLimit: ${written} }`);
    expect(applicationOf(api).apis[0]!.throttle).toEqual({ ratePerSecond });
  });

  test.each([
    ["GET /rooms", "the API has no route 'GET /rooms'"],
    ["GET  /", "the API has no route 'GET  /' (did you mean 'GET /'?)"],
    ["'* /'", "the API has no route '* /'"],
    ["$default", "the API has no route '$default'"],
  ])("is for a route that is there, not %s", (key, told) => {
    const result = read(http(`RouteSettings: { ${key}: { ThrottlingRateLimit: 1 } }`), hello(""));
    const problems = result.ok ? [] : result.problems;
    expect(problems.map(({ message }) => message.slice(0, told.length))).toEqual([told]);
    expect(problems).toMatchObject([{ line: 7, column: 24 }]);
  });

  test.each([
    ["{ ThrottlingRateLimit: many }", "'many' is not a number"],
    ["{ ThrottlingRateLimit: '' }", "'' is not a number"],
    ["{ ThrottlingRateLimit: [1] }", "a number is needed, not a list"],
    ["{ ThrottlingRateLimit: -1 }", "-1 is not between 0 and"],
    ["{ LoggingLevel: INFO }", "the property 'LoggingLevel' is not supported here"],
  ])("is refused as %s", (value, told) => {
    expect(problemsOf(http(`DefaultRouteSettings: ${value}`)).join("\n")).toContain(told);
  });
});

test("the event of an HTTP API says its version and how long an answer may take", () => {
  const event = 'PayloadFormatVersion: "1.0", TimeoutInMillis: 5000';
  const [api] = applicationOf(http("StageName: v1"), hello(event)).apis;
  expect(api!.routes).toMatchObject([{ payloadVersion: "1.0", timeoutMs: 5000, method: "GET" }]);
});

test("what changes no answer is taken, and what does nothing is noted", () => {
  const { apis, notes } = applicationOf(
    `${http(`Description: a web
      Name: web
      FailOnWarnings: true
      Tags: { team: blue }
      PropagateTags: true
      StageVariables: { color: red }
      AccessLogSettings: { DestinationArn: "arn:aws:logs:::x", Format: $context.requestId }`)}
  Old:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      OpenApiVersion: 3.0.1
      EndpointConfiguration: REGIONAL
      BinaryMediaTypes: [image~1png, "*~1*"]
      Variables: { color: blue }
      AlwaysDeploy: true
`,
  );
  expect(apis).toMatchObject([
    { name: "Old", binaryMediaTypes: ["image/png", "*/*"], stageVariables: { color: "blue" } },
    { name: "Web", stageVariables: { color: "red" } },
  ]);
  const said = notes.join();
  for (const idle of [
    "Tags",
    "EndpointConfiguration of AWS::Serverless::Api",
    "access logs of AWS::Serverless::HttpApi (none is written)",
  ]) {
    expect(said).toContain(idle);
  }
});

test("the stage of an API is referred to as SAM documents it", () => {
  const api = `${http("StageName: v1")}
  Old: { Type: AWS::Serverless::Api, Properties: { StageName: prod } }
  Plain: { Type: AWS::Serverless::HttpApi }
Outputs:
  Http: { Value: !Ref Web.Stage }
  Rest: { Value: !Sub "/\${Old.Stage}/" }
  Default: { Value: !Ref Plain.Stage }
`;
  expect(applicationOf(api).outputs).toEqual({ Http: "v1", Rest: "/prod/", Default: "$default" });
});

test("the stage of an API is referred to by the logical id that SAM gives it", () => {
  const api = `${http("StageName: v1")}
  Old: { Type: AWS::Serverless::Api, Properties: { StageName: prod } }
  Plain: { Type: AWS::Serverless::HttpApi }
  Made: { Type: AWS::Serverless::Api, Properties: { StageName: !Join ["", [a, b]] } }
  Named: { Type: AWS::Serverless::Api, Properties: { StageName: !Ref AWS::AccountId } }
  Files: { Type: AWS::S3::Bucket, DependsOn: [OldprodStage, PlainApiGatewayDefaultStage] }
Outputs:
  Http: { Value: !Ref Webv1Stage }
  Rest: { Value: !Sub "/\${OldprodStage}/" }
  Default: { Value: !Ref PlainApiGatewayDefaultStage }
  Made: { Value: !Ref MadeStage }
  Named: { Value: !Ref NamedStage }
`;
  const outputs = {
    Http: "v1",
    Rest: "/prod/",
    Default: "$default",
    Made: "ab",
    Named: "111122223333",
  };
  expect(applicationOf(api).outputs).toEqual(outputs);
  expect(problemsOf(api.replace("MadeStage", "MadeabStage")).join()).toContain(
    "there is no parameter or resource 'MadeabStage'",
  );
});

test.each([
  ["Auth: { EnableIamAuthorizer: true }", "'true' is not one of false"],
  ["DefinitionUri: openapi.yaml", "the property 'DefinitionUri' is not supported here"],
  ["Domain: { DomainName: a }", "the property 'Domain' is not supported here"],
])("%s is refused by name", (line, told) => {
  expect(problemsOf(http(line)).join("\n")).toContain(told);
});

describe("Cors of a REST API", () => {
  const rest = (value: string) => `  Old:
    Type: AWS::Serverless::Api
    Properties: { StageName: v1, Cors: ${value} }
`;

  test.each([
    [`"'*'"`, { allowOrigin: "*" }],
    [
      `{ AllowOrigin: "'https://a.example'", AllowMethods: "'GET,POST'", AllowHeaders: "'X-Own'",
        MaxAge: "'600'", AllowCredentials: true }`,
      {
        allowOrigin: "https://a.example",
        allowMethods: "GET,POST",
        allowHeaders: "X-Own",
        maxAge: "600",
        allowCredentials: true,
      },
    ],
  ])("as %s", (value, restCors) => {
    expect(applicationOf(rest(value)).apis[0]!.restCors).toEqual(restCors);
  });

  test.each([
    ["'*'", "'*' is not printable ASCII, quoted once more"],
    [`"'https://\u4f8b.example'"`, "is not printable ASCII, quoted once more"],
    [`{ AllowOrigin: "'*'", AllowHeaders: "'a\\nb'" }`, "is not printable ASCII, quoted once more"],
    [`{ AllowMethods: "'GET'" }`, "the property 'AllowOrigin' is missing"],
    [`{ AllowOrigin: "'*'", AllowCredentials: true }`, "does not go with the origin '*'"],
  ])("is refused as %s", (value, told) => {
    expect(problemsOf(rest(value)).join("\n")).toContain(told);
  });
});

describe("MethodSettings of a REST API", () => {
  const rest = (value: string) => `  Old:
    Type: AWS::Serverless::Api
    Properties: { StageName: v1, MethodSettings: ${value} }
`;
  const events = hello("").replace(
    /Page: .*/,
    `Room: { Type: Api, Properties: { RestApiId: !Ref Old, Path: "/rooms/{id}", Method: GET } }
        Root: { Type: Api, Properties: { RestApiId: !Ref Old, Path: /, Method: POST } }`,
  );

  test("bound all methods, or those of a path", () => {
    const value = `[
      { HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 5, LoggingLevel: INFO },
      { HttpMethod: GET, ResourcePath: "/~1rooms~1{id}", ThrottlingBurstLimit: 2 },
      { HttpMethod: "*", ResourcePath: "/", ThrottlingBurstLimit: 3 },
      { HttpMethod: POST, ResourcePath: "/~1a", MetricsEnabled: true }]`;
    const { apis, notes } = applicationOf(rest(value), events);
    expect(apis[0]).toMatchObject({ throttle: { ratePerSecond: 5 } });
    expect(apis[0]!.routeThrottles).toEqual({
      "GET /rooms/{id}": { burst: 2 },
      "* /": { burst: 3 },
    });
    expect(notes.join()).toContain("logs and metrics of AWS::Serverless::Api");
  });

  test.each([
    ["LoggingLevel: ERROR", true],
    ["DataTraceEnabled: true", true],
    ["MetricsEnabled: true", true],
    ["ThrottlingRateLimit: 5, LoggingLevel: 'OFF', MetricsEnabled: false", false],
  ])("of %s: logs and metrics are noted as without effect, %j", (settings, noted) => {
    const value = `[{ HttpMethod: "*", ResourcePath: "/*", ${settings} }]`;
    expect(applicationOf(rest(value)).notes.join().includes("logs and metrics")).toBe(noted);
  });

  test.each([
    ['[{ HttpMethod: GET, ResourcePath: "/*", ThrottlingBurstLimit: 1 }]', "is not implemented"],
    ['[{ HttpMethod: "*", ResourcePath: "/~1b", ThrottlingBurstLimit: 1 }]', "no route '* /b'"],
    ['[{ HttpMethod: GET, ResourcePath: "/", ThrottlingBurstLimit: 1 }]', "no route 'GET /'"],
    ['[{ HttpMethod: GET, ResourcePath: "/a", MetricsEnabled: true }]', "'/a' is not '/*', or"],
    [
      '[{ HttpMethod: "*", ResourcePath: "/*", CachingEnabled: true }]',
      "caches are not implemented",
    ],
  ])("are refused as %s", (value, told) => {
    expect(problemsOf(rest(value), events).join("\n")).toContain(told);
  });

  test("may be beside a cache that is switched off", () => {
    const cached = (value: boolean) => rest(`[], CacheClusterEnabled: ${value}`);
    expect(problemsOf(cached(false), events)).toEqual([]);
    expect(problemsOf(cached(true), events)).toEqual(["caches are not implemented"]);
  });
});

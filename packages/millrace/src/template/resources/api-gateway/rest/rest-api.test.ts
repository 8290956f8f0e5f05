// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${...}` is what the templates hold
import { describe, expect, test } from "bun:test";
import { applicationOf, hello, lambdaArn, problemsOf } from "../../plain-fixture.ts";

const mayCall = `  MayCall:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Hello
      Action: lambda:InvokeFunction
      Principal: apigateway.amazonaws.com
`;
const api = (more = "") => `  Web:
    Type: AWS::ApiGateway::RestApi
    Properties: { Name: web${more} }
`;
const root = "!GetAtt Web.RootResourceId";
const resource = (logicalId: string, part: string, parent = root) => `  ${logicalId}:
    Type: AWS::ApiGateway::Resource
    Properties: { RestApiId: !Ref Web, ParentId: ${parent}, PathPart: "${part}" }
`;
const invocation =
  "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Hello.Arn}/invocations";
interface Given {
  readonly uri?: string;
  readonly integration?: string;
  readonly more?: string;
  readonly logicalId?: string;
}
function method(verb: string, on = root, given: Given = {}): string {
  const { uri = `!Sub "${invocation}"`, integration = "", more = "", logicalId = "Method" } = given;
  return `  ${logicalId}:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Web
      ResourceId: ${on}
      HttpMethod: ${verb}
      AuthorizationType: NONE
      Integration: { Type: AWS_PROXY, IntegrationHttpMethod: POST, Uri: ${uri}${integration} }
${more}`;
}
const deployment = (more = "", after = "Method") => `  Deployed:
    Type: AWS::ApiGateway::Deployment
    DependsOn: ${after}
    Properties: { RestApiId: !Ref Web${more} }
`;
const stage = (more = "") => `  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Web
      DeploymentId: !Ref Deployed
      StageName: v1
${more}`;

const served = `${deployment()}${stage()}`;
const whole = `${hello()}${mayCall}${api()}${method("GET")}${served}`;

describe("AWS::ApiGateway", () => {
  test("makes a REST API of its resources", () => {
    const tree = `${resource("Rooms", "rooms")}${resource("Room", "{id}", "!Ref Rooms")}
${resource("Rest", "{proxy+}", "!GetAtt Room.ResourceId")}`;
    const settings = `      Variables: { a: b }
      CacheClusterEnabled: false
      MethodSettings:
        - { HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 5, CachingEnabled: false }
        - { HttpMethod: GET, ResourcePath: "/~1rooms~1{id}", ThrottlingBurstLimit: 2,
            CacheDataEncrypted: false }
`;
    const methods = `${method("ANY")}${method("GET", "!Ref Room", {
      logicalId: "Get",
      integration: `, TimeoutInMillis: 900, ContentHandling: CONVERT_TO_TEXT,
        IntegrationResponses: [{ StatusCode: 200, ContentHandling: CONVERT_TO_BINARY }]`,
      more: `      ApiKeyRequired: false
      OperationName: getRoom
      RequestParameters: { method.request.path.id: true, method.request.querystring.q: false }
      RequestModels: { application/json: Empty }
      MethodResponses: [{ StatusCode: 200, ResponseModels: { application/json: Empty } }]
`,
    })}${method("POST", "!Ref Rest", { logicalId: "Post" })}`;
    const { apis, notes, outputs } = applicationOf(
      `${hello()}${mayCall}${api(", BinaryMediaTypes: ['image~1png', '*/*']")}${tree}${methods}
${deployment("", "[Method, Get, Post]")}${stage(settings)}
Outputs:
  Root: { Value: ${root} }
  Room: { Value: !Ref Room }
  Rest: { Value: !Ref Rest }
`,
    );
    const functionName = "test-Hello";
    expect(apis).toEqual([
      {
        name: "Web",
        apiId: expect.stringMatching(/^[a-z0-9]{10}$/),
        kind: "rest",
        stage: "v1",
        binaryMediaTypes: ["image/png", "*/*"],
        throttle: { ratePerSecond: 5, burst: undefined },
        routeThrottles: { "GET /rooms/{id}": { ratePerSecond: undefined, burst: 2 } },
        stageVariables: { a: "b" },
        routes: [
          { method: "ANY", path: "/", functionName, resourceId: outputs.Root! },
          {
            method: "GET",
            path: "/rooms/{id}",
            functionName,
            resourceId: outputs.Room!,
            timeoutMs: 900,
          },
          {
            method: "POST",
            path: "/rooms/{id}/{proxy+}",
            functionName,
            resourceId: outputs.Rest!,
          },
        ],
      },
    ]);
    expect(notes).toEqual([]);
  });

  test("takes a dollar sign in a part of a path, as OData has it", () => {
    const tree = resource("Batch", "$batch");
    const made = applicationOf(`${hello()}${api()}${tree}${method("POST", "!Ref Batch")}${served}`);
    expect(made.apis[0]!.routes).toMatchObject([{ path: "/$batch" }]);
  });

  test("gives Ref and GetAtt what they give on AWS", () => {
    const { outputs, apis } = applicationOf(`${whole}${resource("Rooms", "rooms")}
Outputs:
  Id: { Value: !Ref Web }
  IdToo: { Value: !GetAtt Web.RestApiId }
  Root: { Value: !GetAtt Web.RootResourceId }
  Rooms: { Value: !Ref Rooms }
  RoomsToo: { Value: !GetAtt Rooms.ResourceId }
  Deployed: { Value: !GetAtt Deployed.DeploymentId }
  Url:
    Value: !Sub "https://\${Web}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/\${Stage}/"
`);
    const [{ apiId = "" } = {}] = apis;
    expect(outputs).toEqual({
      Id: apiId,
      IdToo: apiId,
      Root: expect.stringMatching(/^[a-z0-9]{10}$/),
      Rooms: expect.stringMatching(/^[a-z0-9]{6}$/),
      RoomsToo: outputs.Rooms!,
      Deployed: expect.stringMatching(/^[a-z0-9]{6}$/),
      Url: `https://${apiId}.execute-api.eu-central-1.amazonaws.com/v1/`,
    });
  });

  test("calls an alias, however its ARN is put together", () => {
    const alias = `  Live:
    Type: AWS::Lambda::Alias
    Properties: { FunctionName: !Ref Hello, Name: live, FunctionVersion: $LATEST }
`;
    const begin = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions";
    for (const uri of [
      `!Join ["", ["${begin}/", !Ref Live, /invocations]]`,
      `!Join ["/", ["${begin}", !Sub "\${Hello.Arn}:live", invocations]]`,
      `!Sub ["${begin}/\${Called}/invocations", { Called: !GetAtt Live.AliasArn }]`,
      `${begin}/${lambdaArn}:function:test-Hello:live/invocations`,
    ]) {
      const made = applicationOf(
        `${hello()}${alias}${api()}${method("GET", root, { uri })}${served}`,
      );
      expect(made.apis[0]!.routes).toMatchObject([
        { functionName: "test-Hello", qualifier: "live" },
      ]);
      expect(made.notes.join()).toContain("could not invoke 'test-Hello:live' on AWS");
    }
  });

  test("takes the stage that a deployment comes with", () => {
    const described = `, StageName: beta, StageDescription: { Variables: { a: b }, MethodSettings: [
      { HttpMethod: "*", ResourcePath: "/*", ThrottlingBurstLimit: 3 }] }`;
    const made = applicationOf(whole.replace(served, deployment(described)));
    expect(made.apis).toMatchObject([
      { stage: "beta", stageVariables: { a: "b" }, throttle: { burst: 3 } },
    ]);
  });

  test("takes settings of all methods from the description of a stage", () => {
    const described = (settings: string) =>
      deployment(`, StageName: beta, StageDescription: { LoggingLevel: INFO, DataTraceEnabled: true,
      MetricsEnabled: true, ThrottlingRateLimit: 7, ThrottlingBurstLimit: 4${settings} }`);
    const madeOf = (settings: string) => applicationOf(whole.replace(served, described(settings)));
    const { apis, notes } = madeOf("");
    expect(apis[0]).toMatchObject({ throttle: { ratePerSecond: 7, burst: 4 } });
    expect(notes.join()).toContain("logs and metrics of AWS::ApiGateway::Stage");
    const own = `, MethodSettings: [{ HttpMethod: "*", ResourcePath: "/*", ThrottlingBurstLimit: 3 }]`;
    expect(madeOf(own).apis[0]).toMatchObject({ throttle: { burst: 3 } });
  });

  test("is the origin of a distribution", () => {
    const made = applicationOf(`${whole}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - Id: api
            DomainName: !Sub "\${Web}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}"
            OriginPath: /v1
            CustomOriginConfig: { OriginProtocolPolicy: https-only }
        DefaultCacheBehavior:
          TargetOriginId: api
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad
`);
    expect(made.distributions[0]!.defaultOrigin).toEqual({ kind: "api", apiName: "Web" });
  });

  test("compares where a permission lets calls come from", () => {
    const notesOf = (source: string, verb = "GET") => {
      const given = `      SourceArn: !Sub "arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:${source}"\n`;
      const tree = resource("Room", "{id}");
      const text = `${hello()}${mayCall}${given}${api()}${tree}${method(verb, "!Ref Room")}${served}`;
      return applicationOf(text).notes;
    };
    expect(notesOf("${Web}/v1/GET/*")).toEqual([]);
    expect(notesOf("${Web}/*/*/*")).toEqual([]);
    expect(notesOf("${Web}/test-invoke-stage/*/*").join()).toContain("could not invoke");
    expect(notesOf("${Web}/v1/POST/*").join()).toContain("could not invoke");
    expect(notesOf("${Web}/v1/*/*", "ANY")).toEqual([]);
    expect(notesOf("${Web}/v1/GET/*", "ANY").join()).toContain("could not invoke");
    expect(notesOf("${Web}/v1/ANY/*", "ANY").join()).toContain("could not invoke");
  });

  test("says which methods a deployment could be made without", () => {
    const made = applicationOf(whole.replace("    DependsOn: Method\n", ""));
    expect(made.notes).toEqual([
      "The deployment 'Deployed' could be made before the method 'Method' on AWS, " +
        "and not have it: 'DependsOn' does not name it.",
    ]);
    const more = ["PUT", "POST"].map((verb) => method(verb, root, { logicalId: verb }));
    expect(applicationOf(`${whole}${more.join("")}`).notes).toEqual([
      "The deployment 'Deployed' could be made before the methods 'PUT', 'POST' on AWS, " +
        "and not have them: 'DependsOn' does not name them.",
    ]);
    const through = deployment("", "MayCall");
    const after = whole
      .replace(deployment(), through)
      .replace("  MayCall:", "  MayCall:\n    DependsOn: Method");
    expect(applicationOf(after).notes).toEqual([]);
  });
});

describe("what could not be served is refused", () => {
  const rooms = resource("Rooms", "rooms");
  const other = `${api().replace("Web", "Other")}${deployment(", StageName: v1")
    .replace("Deployed", "OtherDeployed")
    .replace("!Ref Web", "!Ref Other")}`;

  test.each([
    ["a slash within a part", rooms.replace("rooms", "a/b"), "'a/b' is not a part of a path"],
    ["a brace within a part", rooms.replace("rooms", "{a}b"), "'{a}b' is not a part of a path"],
    [
      "a part that is there",
      `${rooms}${resource("Again", "rooms")}`,
      "'rooms' is there already below the same parent",
    ],
    [
      "a second variable",
      `${resource("A", "{a}")}${resource("B", "{proxy+}")}`,
      "beside '{a}' there is no place for another variable, '{proxy+}'",
    ],
    [
      "a part below a greedy one",
      `${resource("A", "{proxy+}")}${resource("B", "b", "!Ref A")}`,
      "nothing can be below '{proxy+}'",
    ],
    [
      "a parent that is none",
      resource("A", "a", "abc"),
      "'abc' is no AWS::ApiGateway::Resource of this template",
    ],
    [
      "an API that is none",
      resource("A", "a").replace("!Ref Web", "x"),
      "'x' is no AWS::ApiGateway::RestApi of",
    ],
    [
      "a circle",
      `${resource("A", "a", "!Ref B")}${resource("B", "b", "!Ref A")}`,
      "resources refer to each other in a circle",
    ],
    [
      "an API without methods",
      `${other}`,
      "the API has no method: give it one by AWS::ApiGateway::Method",
    ],
    [
      "a method on another API's path",
      `${other}${method("PUT", "!GetAtt Other.RootResourceId", { logicalId: "Put" })}`,
      "the resource belongs to another API",
    ],
    [
      "a method that is there",
      method("GET", root, { logicalId: "Twice" }),
      "the API 'Web' has a route 'GET /' already",
    ],
    [
      "a second stage",
      stage().replace("Stage:", "Second:"),
      "has the stage 'v1', and no second is served",
    ],
    [
      "a stage without its name",
      deployment(", StageDescription: {}").replace("Deployed", "More"),
      "'StageName' is missing",
    ],
  ])("%s", (_, more, told) => {
    expect(problemsOf(`${whole}${more}`).join("\n")).toContain(told);
  });
});

describe("what differs from what is built is refused", () => {
  test.each([
    [
      "IntegrationHttpMethod: POST, ",
      "",
      "a function is called with 'IntegrationHttpMethod: POST'",
    ],
    ["POST", "GET", "a function is called with 'IntegrationHttpMethod: POST'"],
    ["AWS_PROXY", "HTTP_PROXY", "integrations of type HTTP_PROXY are not implemented"],
    ["AWS_PROXY", "AWS", "integrations of type AWS are not implemented"],
    [`!Sub "${invocation}"`, "!GetAtt Hello.Arn", "is no call of a function, which is 'arn:"],
    ["${Hello.Arn}", "${Hello}", "is no call of a function, which is 'arn:"],
    ["${Hello.Arn}", `${lambdaArn}:function:gone`, "there is no function"],
    ["Type: AWS_PROXY", "Type: AWS_PROXY, Credentials: a", "the property 'Credentials' is not"],
    [
      "AWS_PROXY",
      "AWS_PROXY, ResponseTransferMode: STREAM",
      "answers in pieces are not implemented",
    ],
    [
      "AWS_PROXY",
      "AWS_PROXY, ContentHandling: CONVERT_TO_BINARY",
      "'ContentHandling: CONVERT_TO_BINARY' is not implemented",
    ],
    ["AuthorizationType: NONE", "AuthorizationType: AWS_IAM", "AuthorizationType AWS_IAM are not"],
    ["HttpMethod: GET", "HttpMethod: TRACE", "'TRACE' is not one of"],
    [
      "HttpMethod: GET",
      "HttpMethod: GET\n      ApiKeyRequired: true",
      "methods that want an API key are not",
    ],
    [
      "HttpMethod: GET",
      "HttpMethod: GET\n      AuthorizerId: a",
      "'AuthorizationType: CUSTOM' alone",
    ],
    ["Name: web", "Name: web, Body: {}", "the property 'Body' is not"],
    ["Name: web", "Name: web, Policy: {}", "the property 'Policy' is not"],
    ["Name: web", "Name: web, EndpointConfiguration: { Types: [PRIVATE] }", "'PRIVATE' is not one"],
    [
      "StageName: v1",
      "StageName: v1\n      CacheClusterEnabled: true",
      "caches are not implemented",
    ],
    [
      "StageName: v1",
      `StageName: v1
      MethodSettings: [{ HttpMethod: "*", ResourcePath: "/*", CachingEnabled: true }]`,
      "caches are not implemented",
    ],
    ["DeploymentId: !Ref Deployed", "DeploymentId: abc", "'abc' is no AWS::ApiGateway::Deployment"],
  ])("'%s' as '%s'", (from, to, told) => {
    expect(problemsOf(whole.replace(from, to)).join("\n")).toContain(told);
  });
});

describe("refused by name and reason", () => {
  test.each(["CacheClusterEnabled", "CachingEnabled", "CacheDataEncrypted"])(
    "%s of a stage that a deployment comes with, where it is true",
    (member) => {
      const described = (value: boolean) =>
        deployment(`, StageName: beta, StageDescription: { ${member}: ${value} }`);
      const told = (value: boolean) => problemsOf(whole.replace(served, described(value)));
      expect(told(true)).toEqual(["caches are not implemented"]);
      expect(told(false)).toEqual([]);
    },
  );

  test("an API without a stage", () => {
    const told = "the API has no stage: give it one by AWS::ApiGateway::Stage";
    expect(problemsOf(whole.replace(stage(), ""))).toEqual([told]);
  });

  test("a bound of a path without such a method", () => {
    const bound = `      MethodSettings:
        - { HttpMethod: POST, ResourcePath: /, ThrottlingRateLimit: 1 }
`;
    const told = problemsOf(whole.replace(stage(), stage(bound)));
    expect(told.join()).toContain("the API has no route 'POST /'");
  });

  test.each([
    "ApiKey",
    "BasePathMapping",
    "ClientCertificate",
    "DocumentationPart",
    "DomainName",
    "Model",
    "RequestValidator",
    "UsagePlan",
    "UsagePlanKey",
    "VpcLink",
  ])("the type %s, by its name", (type) => {
    const told = problemsOf(`${whole}  More:\n    Type: AWS::ApiGateway::${type}\n`);
    expect(told).toEqual([`the resource type 'AWS::ApiGateway::${type}' is not supported`]);
  });
});

test("what changes nothing here is taken, and named", () => {
  const idle =
    ", Tags: [{ Key: a, Value: b }], DisableExecuteApiEndpoint: true, EndpointConfiguration: { Types: [REGIONAL] }";
  const staged = `      Tags: [{ Key: a, Value: b }]
      TracingEnabled: true
      AccessLogSetting: { Format: a }
      MethodSettings: [{ HttpMethod: "*", ResourcePath: "/*", LoggingLevel: INFO }]
`;
  const account = `  Account:
    Type: AWS::ApiGateway::Account
    Properties: { CloudWatchRoleArn: !GetAtt Logs.Arn }
  Logs:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          Effect: Allow
          Principal: { Service: apigateway.amazonaws.com }
          Action: sts:AssumeRole
`;
  const text = whole.replace(api(), api(idle)).replace(stage(), `${stage(staged)}${account}`);
  const { notes } = applicationOf(text);
  for (const name of [
    "Tags of AWS::ApiGateway::RestApi",
    "DisableExecuteApiEndpoint",
    "EndpointConfiguration of AWS::ApiGateway::RestApi",
    "logs and metrics of AWS::ApiGateway::Stage",
    "Tags of AWS::ApiGateway::Stage",
    "TracingEnabled",
    "access logs of AWS::ApiGateway::Stage",
    "AWS::ApiGateway::Account",
  ]) {
    expect(notes.join()).toContain(name);
  }
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${...}` is what the templates hold
import { describe, expect, test } from "bun:test";
import { applicationOf, hello, lambdaArn, problemsOf } from "../plain-fixture.ts";

const mayCall = `  MayCall:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Hello
      Action: lambda:InvokeFunction
      Principal: apigateway.amazonaws.com
`;
const api = (more = "") => `  Web:
    Type: AWS::ApiGatewayV2::Api
    Properties: { Name: web, ProtocolType: HTTP${more} }
`;
const integration = (more = "", uri = "!GetAtt Hello.Arn") => `  Calling:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Web
      IntegrationType: AWS_PROXY
      IntegrationUri: ${uri}
      PayloadFormatVersion: "2.0"
${more}`;
const route = (key: string, logicalId = "Route", more = "") => `  ${logicalId}:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Web
      RouteKey: ${key}
      Target: !Join ["/", [integrations, !Ref Calling]]
${more}`;
const stage = (more = "", deployed = "AutoDeploy: true") => `  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties:
      ApiId: !Ref Web
      StageName: $default
      ${deployed}
${more}`;

const whole = `${hello()}${mayCall}${api()}${integration()}${route("GET /")}${stage()}`;

describe("AWS::ApiGatewayV2", () => {
  test("makes an HTTP API of its resources", () => {
    const settings = `      StageVariables: { a: b }
      DefaultRouteSettings: { ThrottlingRateLimit: 5 }
      RouteSettings: { "GET /rooms/{id}": { ThrottlingBurstLimit: 2 } }
`;
    const { apis, notes } = applicationOf(`${hello()}${mayCall}
${api(", CorsConfiguration: { AllowOrigins: ['*'] }")}
${integration("      TimeoutInMillis: 900\n")}
${route("GET /rooms/{id}")}${route("$default", "Rest")}${stage(settings)}`);
    const called = { functionName: "test-Hello", payloadVersion: "2.0", timeoutMs: 900 } as const;
    expect(apis).toEqual([
      {
        name: "Web",
        apiId: expect.stringMatching(/^[a-z0-9]{10}$/),
        kind: "http",
        stage: "$default",
        cors: expect.objectContaining({ allowOrigins: ["*"] }),
        throttle: { ratePerSecond: 5, burst: undefined },
        routeThrottles: { "GET /rooms/{id}": { ratePerSecond: undefined, burst: 2 } },
        stageVariables: { a: "b" },
        routes: [
          { method: "GET", path: "/rooms/{id}", ...called },
          { method: "ANY", path: "$default", ...called },
        ],
      },
    ]);
    expect(notes).toEqual([]);
  });

  test("gives Ref and GetAtt what they give on AWS", () => {
    const { outputs, apis } = applicationOf(`${whole}
Outputs:
  Id: { Value: !Ref Web }
  IdToo: { Value: !GetAtt Web.ApiId }
  Endpoint: { Value: !GetAtt Web.ApiEndpoint }
  Stage: { Value: !Ref Stage }
  Route: { Value: !Ref Route }
`);
    const [{ apiId = "" } = {}] = apis;
    expect(outputs).toEqual({
      Id: apiId,
      IdToo: apiId,
      Endpoint: `https://${apiId}.execute-api.eu-central-1.amazonaws.com`,
      Stage: "$default",
      Route: expect.stringMatching(/^[a-z0-9]{7}$/),
    });
  });

  test("names functions by the path of their calls, too, and by aliases", () => {
    const alias = `  Live:
    Type: AWS::Lambda::Alias
    Properties: { FunctionName: !Ref Hello, Name: live, FunctionVersion: $LATEST }
`;
    const uri = `!Join ["", ["arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/", !Ref Live, /invocations]]`;
    const made = applicationOf(
      `${hello()}${alias}${api()}${integration("", uri)}${route("GET /")}${stage()}`,
    );
    expect(made.apis[0]!.routes).toMatchObject([{ functionName: "test-Hello", qualifier: "live" }]);
    expect(made.notes.join()).toContain(
      "The route 'GET /' of 'Web' could not invoke 'test-Hello:live' on AWS",
    );
  });

  test("takes a deployment that is written out", () => {
    const deployment = `  Deployed:
    Type: AWS::ApiGatewayV2::Deployment
    DependsOn: Route
    Properties: { ApiId: !Ref Web }
`;
    const deployed = stage("", "DeploymentId: !Ref Deployed");
    expect(applicationOf(whole.replace(stage(), `${deployment}${deployed}`)).apis).toHaveLength(1);
  });

  test("takes a deployment that names a stage", () => {
    const deployment = (name: string) => `  Deployed:
    Type: AWS::ApiGatewayV2::Deployment
    Properties: { ApiId: !Ref Web, StageName: ${name} }
`;
    const bare = whole.replace("AutoDeploy: true", "Description: bare");
    expect(problemsOf(bare)[0]).toContain("the stage has no deployment");
    expect(problemsOf(bare + deployment("$default"))).toEqual([]);
    expect(problemsOf(whole + deployment("$default"))).toEqual([]);
    expect(problemsOf(whole + deployment("prod"))).toEqual([
      "the API has no stage 'prod': write it out as AWS::ApiGatewayV2::Stage",
    ]);
  });

  test("takes no deployment of another API", () => {
    const other = api(", Target: !GetAtt Hello.Arn").replace("Web:", "Other:");
    const deployment = `  Deployed:
    Type: AWS::ApiGatewayV2::Deployment
    Properties: { ApiId: !Ref Other }
`;
    const deployed = stage("", "DeploymentId: !Ref Deployed");
    const problems = problemsOf(whole.replace(stage(), `${other}${deployment}${deployed}`));
    expect(problems.join()).toContain("belongs to another API");
  });

  test.each([
    ["${request.method} ${request.path}", []],
    ["$request.method $request.path", []],
    [
      "$request.body.action",
      ["an HTTP API selects its routes by '${request.method} ${request.path}' alone"],
    ],
  ])("selects routes by %s: %j", (expression, told) => {
    const selecting = api(`, RouteSelectionExpression: "${expression}"`);
    expect(problemsOf(whole.replace(api(), selecting))).toEqual(told);
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
            DomainName: !Select [2, !Split ["/", !GetAtt Web.ApiEndpoint]]
            CustomOriginConfig: { OriginProtocolPolicy: https-only }
        DefaultCacheBehavior:
          TargetOriginId: api
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad
`);
    expect(made.distributions[0]!.defaultOrigin).toEqual({ kind: "api", apiName: "Web" });
  });
});

describe("leave to invoke a function", () => {
  const given = (source: string) =>
    `${mayCall}      SourceArn: !Sub "arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:${source}"\n`;
  const notesOf = (source: string, key: string) =>
    applicationOf(`${hello()}${given(source)}${api()}${integration()}${route(key)}${stage()}`)
      .notes;

  test.each([
    ["${Web}/*/*/rooms/{id}", "GET /rooms/{id}", true],
    ["${Web}/$default/GET/*", "GET /rooms/{id}", true],
    ["${Web}/*", "$default", true],
    ["${Web}/*/$default", "$default", true],
    ["${Web}/*/*/rooms", "ANY /rooms", true],
    ["${Web}/*/POST/*", "ANY /rooms", false],
    ["${Web}/*/POST/*", "GET /rooms", false],
    ["${Web}/prod/*", "GET /rooms", false],
    ["other/*", "GET /rooms", false],
    ["*", "GET /rooms", true],
  ])("from %s is enough for %s: %p", (source, key, isEnough) => {
    expect(notesOf(source, key).join().includes("could not invoke")).toBe(!isEnough);
  });
});

test.each([
  ["Action: lambda:GetFunction", false],
  ["Action: lambda:*", true],
  ["Action: lambda:InvokeFunction\n      SourceAccount: '999988887777'", false],
  ["Action: lambda:InvokeFunction\n      SourceAccount: '111122223333'", true],
])("leave by %j is enough: %p", (by, isEnough) => {
  const { notes } = applicationOf(whole.replace("Action: lambda:InvokeFunction", by));
  expect(notes.join().includes("could not invoke")).toBe(!isEnough);
});

describe("quick create", () => {
  test("comes with a route and a stage", () => {
    const quick = api(", Target: !GetAtt Hello.Arn");
    expect(applicationOf(`${hello()}${mayCall}${quick}`).apis).toMatchObject([
      {
        stage: "$default",
        routes: [
          { method: "ANY", path: "$default", functionName: "test-Hello", payloadVersion: "2.0" },
        ],
      },
    ]);
    const one = api(", Target: !GetAtt Hello.Arn, RouteKey: 'GET /one'");
    expect(applicationOf(`${hello()}${one}`).apis[0]!.routes).toMatchObject([{ path: "/one" }]);
  });

  test.each([
    [", RouteKey: 'GET /'", "'Target' is missing"],
    [", Target: !Ref Hello", "'test-Hello' is no ARN, which is needed here: give it with !GetAtt"],
    [", Target: 'https://example.org'", "calls of 'https://example.org' over HTTP are not"],
    [`, Target: '${lambdaArn}:function:gone'`, "there is no function"],
    [", Target: !GetAtt Hello.Arn, CredentialsArn: a", "the property 'CredentialsArn' is not"],
  ])("%s is refused", (more, told) => {
    expect(problemsOf(`${hello()}${api(more)}`).join("\n")).toContain(told);
  });
});

test("an integration needs the function's ARN", () => {
  const named = whole.replace(integration(), integration("", "!Ref Hello"));
  expect(problemsOf(named)).toEqual([
    "'test-Hello' is no ARN, which is needed here: give it with !GetAtt Function.Arn",
  ]);
});

test("what changes nothing here is taken, and named", () => {
  const more = ", Tags: { a: b }, DisableExecuteApiEndpoint: true, IpAddressType: ipv4";
  const staged = stage("      AccessLogSettings: { Format: a }\n      Tags: { a: b }\n");
  const { notes } = applicationOf(whole.replace(api(), api(more)).replace(stage(), staged));
  for (const name of [
    "Tags of AWS::ApiGatewayV2::Api",
    "DisableExecuteApiEndpoint",
    "IpAddressType",
    "access logs of AWS::ApiGatewayV2::Stage",
    "Tags of AWS::ApiGatewayV2::Stage",
  ]) {
    expect(notes.join()).toContain(name);
  }
});

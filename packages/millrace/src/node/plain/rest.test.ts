import { afterAll, expect, test } from "bun:test";
import type { House } from "../house.ts";
import { cleanUp, start } from "../written-house-fixture.ts";
import { attribute, joined, ref } from "./plain-fixture.ts";

afterAll(cleanUp);

const ask = ({ addresses }: House, path: string, init?: RequestInit) =>
  fetch(`${addresses.edge}${path}`, init);

/** Tells what it was asked, in the form that a REST API wants. */
const handler = `
exports.handler = async (event, context) => ({
  statusCode: 201,
  multiValueHeaders: { "X-Own": ["a", "b"] },
  body: JSON.stringify({
    resource: event.resource,
    path: event.path,
    method: event.httpMethod,
    parameters: event.pathParameters,
    query: event.multiValueQueryStringParameters,
    stage: event.requestContext.stage,
    stagePath: event.requestContext.path,
    variables: event.stageVariables,
    body: event.body,
    version: event.version ?? null,
    alias: context.invokedFunctionArn.split(":")[7] ?? null,
  }),
});
`;

const digest = "77ad0b3f";
const root = attribute("Api", "RootResourceId");
const api = ref("Api");

const invoking = (called: unknown) => ({
  IntegrationHttpMethod: "POST",
  Type: "AWS_PROXY",
  Uri: joined(
    "arn:",
    ref("AWS::Partition"),
    ":apigateway:",
    ref("AWS::Region"),
    ":lambda:path/2015-03-31/functions/",
    called,
    "/invocations",
  ),
});

const method = (HttpMethod: string, ResourceId: unknown, Integration: object, more = {}) => ({
  Type: "AWS::ApiGateway::Method",
  Properties: {
    AuthorizationType: "NONE",
    HttpMethod,
    Integration,
    ResourceId,
    RestApiId: api,
    ...more,
  },
});

const permission = (FunctionName: unknown, source: string) => ({
  Type: "AWS::Lambda::Permission",
  Properties: {
    Action: "lambda:InvokeFunction",
    FunctionName,
    Principal: "apigateway.amazonaws.com",
    SourceArn: joined(
      "arn:",
      ref("AWS::Partition"),
      ":execute-api:",
      ref("AWS::Region"),
      ":",
      ref("AWS::AccountId"),
      ":",
      api,
      "/",
      ref("ApiStage"),
      source,
    ),
  },
});

const corsHeaders = {
  "Access-Control-Allow-Headers": "Content-Type,Authorization",
  "Access-Control-Allow-Origin": "https://a.example",
  Vary: "Origin",
  "Access-Control-Allow-Methods": "GET,PUT",
};
const named = <T>(of: (value: string) => T) =>
  Object.fromEntries(
    Object.entries(corsHeaders).map(([name, value]) => [
      `method.response.header.${name}`,
      of(value),
    ]),
  );
const originTemplate = `#set($origin = $input.params().header.get("Origin"))
#if($origin == "")
  #set($origin = $input.params().header.get("origin"))
#end
#if($origin == "https://b.example")
  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
#end`;

/** What the CDK makes of `defaultCorsPreflightOptions` with two origins. */
const preflight = (on: unknown) =>
  method(
    "OPTIONS",
    on,
    {
      IntegrationResponses: [
        {
          ResponseParameters: named((value) => `'${value}'`),
          ResponseTemplates: { "application/json": originTemplate },
          StatusCode: "204",
        },
      ],
      RequestTemplates: { "application/json": "{ statusCode: 200 }" },
      Type: "MOCK",
    },
    {
      ApiKeyRequired: false,
      MethodResponses: [{ ResponseParameters: named(() => true), StatusCode: "204" }],
    },
  );

const trust = (Service: string) => ({
  Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service } }],
  Version: "2012-10-17",
});

const calling = {
  FnServiceRole: {
    Type: "AWS::IAM::Role",
    Properties: { AssumeRolePolicyDocument: trust("lambda.amazonaws.com") },
  },
  Fn: {
    Type: "AWS::Lambda::Function",
    Properties: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: `${...}` is CloudFormation's
      Code: { S3Bucket: { "Fn::Sub": "assets-${AWS::AccountId}" }, S3Key: `${digest}.zip` },
      Handler: "index.handler",
      Role: attribute("FnServiceRole", "Arn"),
      Runtime: "nodejs22.x",
      Timeout: 10,
    },
    Metadata: { "aws:asset:path": `asset.${digest}`, "aws:asset:property": "Code" },
  },
  FnCurrentVersion: { Type: "AWS::Lambda::Version", Properties: { FunctionName: ref("Fn") } },
  FnAliaslive: {
    Type: "AWS::Lambda::Alias",
    Properties: {
      FunctionName: ref("Fn"),
      FunctionVersion: attribute("FnCurrentVersion", "Version"),
      Name: "live",
    },
  },
};

const serving = {
  Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "Api" } },
  ApiCloudWatchRole: {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: trust("apigateway.amazonaws.com"),
      ManagedPolicyArns: [
        joined(
          "arn:",
          ref("AWS::Partition"),
          ":iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        ),
      ],
    },
    UpdateReplacePolicy: "Retain",
    DeletionPolicy: "Retain",
  },
  ApiAccount: {
    Type: "AWS::ApiGateway::Account",
    Properties: { CloudWatchRoleArn: attribute("ApiCloudWatchRole", "Arn") },
    DependsOn: ["Api"],
  },
  ApiDeployment: {
    Type: "AWS::ApiGateway::Deployment",
    Properties: { Description: "Automatically created", RestApiId: api },
    DependsOn: ["ApiItemsGet", "ApiItemsOptions", "ApiProxyAny", "ApiRootMock"],
  },
  ApiStage: {
    Type: "AWS::ApiGateway::Stage",
    Properties: {
      DeploymentId: ref("ApiDeployment"),
      RestApiId: api,
      StageName: "prod",
      Variables: { color: "blue" },
    },
    DependsOn: ["ApiAccount"],
  },
  ApiItems: {
    Type: "AWS::ApiGateway::Resource",
    Properties: { ParentId: root, PathPart: "items", RestApiId: api },
  },
  ApiProxy: {
    Type: "AWS::ApiGateway::Resource",
    Properties: { ParentId: ref("ApiItems"), PathPart: "{proxy+}", RestApiId: api },
  },
  ApiItemsGet: method("GET", ref("ApiItems"), invoking(attribute("Fn", "Arn"))),
  ApiItemsOptions: preflight(ref("ApiItems")),
  ApiProxyAny: method("ANY", ref("ApiProxy"), invoking(ref("FnAliaslive"))),
  ApiRootMock: method(
    "GET",
    root,
    {
      Type: "MOCK",
      RequestTemplates: { "application/json": '{"statusCode":200}' },
      IntegrationResponses: [
        { StatusCode: "200", ResponseTemplates: { "text/plain": "It turns" } },
      ],
    },
    { MethodResponses: [{ StatusCode: "200" }] },
  ),
  MayGet: permission(attribute("Fn", "Arn"), "/GET/items"),
  MayAny: permission(ref("FnAliaslive"), "/*/items/*"),
};

const template = {
  Resources: { ...calling, ...serving },
  Outputs: {
    Url: {
      Value: joined(
        "https://",
        api,
        ".execute-api.",
        ref("AWS::Region"),
        ".",
        ref("AWS::URLSuffix"),
        "/",
        ref("ApiStage"),
        "/",
      ),
    },
  },
};

test("a REST API that the CDK has synthesised runs as it is", async () => {
  const house = await start("Items.template.json", {
    "Items.template.json": JSON.stringify(template, undefined, 1),
    "Items.assets.json": "{}",
    [`asset.${digest}/index.js`]: handler,
  });
  expect(house.notes).toEqual([expect.stringContaining("AWS::ApiGateway::Account")]);

  const told = await ask(house, "/items?a=1&a=2");
  expect([told.status, told.headers.get("x-own")]).toEqual([201, "a, b"]);
  expect(told.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
  expect(await told.json()).toEqual({
    resource: "/items",
    path: "/items",
    method: "GET",
    parameters: null,
    query: { a: ["1", "2"] },
    stage: "prod",
    stagePath: "/prod/items",
    variables: { color: "blue" },
    body: null,
    version: null,
    alias: null,
  });
  const put = await ask(house, "/items/one/two", { method: "PUT", body: "hello" });
  expect(await put.json()).toMatchObject({
    resource: "/items/{proxy+}",
    method: "PUT",
    parameters: { proxy: "one/two" },
    body: "hello",
    alias: "live",
  });

  const gone = await ask(house, "/items", { method: "POST" });
  expect([gone.status, await gone.json()]).toEqual([
    403,
    { message: "Missing Authentication Token" },
  ]);
}, 60_000);

test("what its mocks say, nobody else is asked", async () => {
  const house = await start("Items.template.json", {
    "Items.template.json": JSON.stringify(template),
    [`asset.${digest}/index.js`]: "exports.handler = async () => undefined;",
  });
  const preflightOf = async (origin: string) => {
    const headers = { origin, "access-control-request-method": "PUT" };
    return ask(house, "/items", { method: "OPTIONS", headers });
  };
  const first = await preflightOf("https://a.example");
  expect([first.status, await first.text()]).toEqual([204, ""]);
  for (const [name, value] of Object.entries(corsHeaders)) {
    expect(first.headers.get(name)).toBe(value);
  }
  const allowedFor = async (origin: string) =>
    (await preflightOf(origin)).headers.get("access-control-allow-origin");
  expect(await allowedFor("https://b.example")).toBe("https://b.example");
  expect(await allowedFor("https://c.example")).toBe("https://a.example");

  const text = await ask(house, "/");
  expect([text.status, text.headers.get("content-type"), await text.text()]).toEqual([
    200,
    "text/plain",
    "It turns",
  ]);
  const typed = await ask(house, "/", { headers: { "content-type": "text/html" } });
  expect([typed.status, await typed.json()]).toEqual([500, { message: "Internal server error" }]);
  expect((await ask(house, "/items")).status).toBe(502);
}, 60_000);

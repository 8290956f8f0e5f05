import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { formatProblems, readTemplate } from "../../mod.ts";
import { account } from "../plain-fixture.ts";

const ref = (Ref: string) => ({ Ref });
const attribute = (logicalId: string, name: string) => ({ "Fn::GetAtt": [logicalId, name] });
const joined = (...parts: Json[]) => ({ "Fn::Join": ["", parts] });
const policy = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
};

/** Every plain type, each of which refers to others. */
const resources = {
  Role: {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "lambda.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
        ],
      },
      ManagedPolicyArns: [ref("Managed")],
    },
  },
  Policy: {
    Type: "AWS::IAM::Policy",
    Properties: { PolicyName: "p", PolicyDocument: policy, Roles: [ref("Role")] },
  },
  Managed: { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument: policy } },
  Layer: { Type: "AWS::Lambda::LayerVersion", Properties: { Content: "handlers" } },
  Fn: {
    Type: "AWS::Lambda::Function",
    Properties: {
      Code: { S3Bucket: "b", S3Key: "k" },
      Handler: "index.handler",
      Runtime: "nodejs22.x",
      Role: attribute("Role", "Arn"),
      Layers: [ref("Layer")],
      Tags: [{ Key: "a", Value: "b" }],
    },
    Metadata: { "aws:asset:path": "asset.5f0c", "aws:asset:property": "Code" },
  },
  Version: { Type: "AWS::Lambda::Version", Properties: { FunctionName: ref("Fn") } },
  Other: { Type: "AWS::Lambda::Version", Properties: { FunctionName: ref("Fn") } },
  Alias: {
    Type: "AWS::Lambda::Alias",
    Properties: {
      FunctionName: ref("Fn"),
      FunctionVersion: attribute("Version", "Version"),
      Name: "live",
      RoutingConfig: {
        AdditionalVersionWeights: [
          { FunctionVersion: attribute("Other", "Version"), FunctionWeight: 0.1 },
        ],
      },
    },
  },
  Tries: {
    Type: "AWS::Lambda::EventInvokeConfig",
    Properties: {
      FunctionName: ref("Fn"),
      Qualifier: "live",
      DestinationConfig: { OnFailure: { Destination: attribute("Fn", "Arn") } },
    },
  },
  MayCall: {
    Type: "AWS::Lambda::Permission",
    Properties: {
      FunctionName: ref("Alias"),
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: "arn:aws:execute-api:a:1:b/*",
    },
  },
  Url: {
    Type: "AWS::Lambda::Url",
    Properties: { TargetFunctionArn: ref("Fn"), Qualifier: "live", AuthType: "NONE" },
  },
  Api: {
    Type: "AWS::ApiGatewayV2::Api",
    Properties: { Name: "a", ProtocolType: "HTTP", CorsConfiguration: { AllowOrigins: ["*"] } },
  },
  Quick: {
    Type: "AWS::ApiGatewayV2::Api",
    Properties: { Name: "q", ProtocolType: "HTTP", Target: ref("Alias") },
  },
  Integration: {
    Type: "AWS::ApiGatewayV2::Integration",
    Properties: {
      ApiId: ref("Api"),
      IntegrationType: "AWS_PROXY",
      IntegrationUri: ref("Alias"),
      PayloadFormatVersion: "2.0",
    },
  },
  Route: {
    Type: "AWS::ApiGatewayV2::Route",
    Properties: {
      ApiId: ref("Api"),
      RouteKey: "GET /a/{b}",
      Target: { "Fn::Join": ["/", ["integrations", ref("Integration")]] },
    },
  },
  Deployment: { Type: "AWS::ApiGatewayV2::Deployment", Properties: { ApiId: ref("Api") } },
  Stage: {
    Type: "AWS::ApiGatewayV2::Stage",
    Properties: {
      ApiId: ref("Api"),
      StageName: "$default",
      DeploymentId: ref("Deployment"),
      RouteSettings: { "GET /a/{b}": { ThrottlingBurstLimit: 1 } },
    },
  },
  Rest: {
    Type: "AWS::ApiGateway::RestApi",
    Properties: { Name: "r", BinaryMediaTypes: ["image/png"], Tags: [{ Key: "a", Value: "b" }] },
  },
  Above: {
    Type: "AWS::ApiGateway::Resource",
    Properties: {
      RestApiId: ref("Rest"),
      ParentId: attribute("Rest", "RootResourceId"),
      PathPart: "a",
    },
  },
  Below: {
    Type: "AWS::ApiGateway::Resource",
    Properties: { RestApiId: ref("Rest"), ParentId: ref("Above"), PathPart: "{b+}" },
  },
  Calls: {
    Type: "AWS::ApiGateway::Method",
    Properties: {
      RestApiId: ref("Rest"),
      ResourceId: ref("Below"),
      HttpMethod: "ANY",
      AuthorizationType: "NONE",
      Integration: {
        Type: "AWS_PROXY",
        IntegrationHttpMethod: "POST",
        Uri: joined(
          "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/",
          ref("Alias"),
          "/invocations",
        ),
      },
    },
  },
  Preflight: {
    Type: "AWS::ApiGateway::Method",
    Properties: {
      RestApiId: ref("Rest"),
      ResourceId: attribute("Rest", "RootResourceId"),
      HttpMethod: "OPTIONS",
      AuthorizationType: "NONE",
      Integration: {
        Type: "MOCK",
        RequestTemplates: { "application/json": '{"statusCode": 200}' },
        IntegrationResponses: [
          { StatusCode: "204", ResponseParameters: { "method.response.header.Vary": "'Origin'" } },
        ],
      },
      MethodResponses: [
        { StatusCode: "204", ResponseParameters: { "method.response.header.Vary": true } },
      ],
    },
  },
  Deployed: {
    Type: "AWS::ApiGateway::Deployment",
    Properties: { RestApiId: ref("Rest") },
    DependsOn: ["Calls", "Preflight"],
  },
  RestStage: {
    Type: "AWS::ApiGateway::Stage",
    Properties: {
      RestApiId: ref("Rest"),
      DeploymentId: ref("Deployed"),
      StageName: "v1",
      MethodSettings: [{ HttpMethod: "ANY", ResourcePath: "/~1a~1{b+}", ThrottlingBurstLimit: 1 }],
    },
  },
  Account: { Type: "AWS::ApiGateway::Account" },
  CDKMetadata: { Type: "AWS::CDK::Metadata", Properties: { Analytics: "a" } },
};

const options = {
  path: join(import.meta.dir, "../../fixtures/plain/x.json"),
  stackName: "test",
  ...account,
};

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every path to a value in it, itself left out. */
function pathsOf(value: Json, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    [...path, key],
    ...pathsOf(member, [...path, key]),
  ]);
}

/** What stands there becomes another, or goes. */
function change(root: Json, path: readonly string[], to: Json | undefined): Json {
  const copy = structuredClone(root);
  let at = copy as Record<string, Json>;
  for (const step of path.slice(0, -1)) {
    const next = at[step];
    if (typeof next !== "object" || next === null) return copy; // a change before took it away
    at = next as Record<string, Json>;
  }
  const last = path.at(-1)!;
  if (to === undefined) delete at[last];
  else at[last] = to;
  return copy;
}

test("the whole is right as it is", () => {
  const result = readTemplate(JSON.stringify({ Resources: resources }), options);
  expect(result.ok ? "" : formatProblems(result.problems)).toBe("");
});

test("whatever is changed in it, it gives an application or problems, and never throws", () => {
  const ids = fc.constantFrom(...Object.keys(resources));
  const other = fc.oneof(
    fc.constantFrom<(Json | undefined)[]>(undefined, null, "", "x", "$LATEST", 7, true, [], {}),
    ids.map(ref),
    fc
      .tuple(ids, fc.constantFrom("Arn", "Version", "ApiId", "RootResourceId"))
      .map(([id, name]) => attribute(id, name)),
    ids,
  );
  const changes = fc.array(fc.tuple(fc.constantFrom(...pathsOf(resources)), other), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(changes, (made) => {
      const changed = made.reduce<Json>((all, [path, to]) => change(all, path, to), resources);
      const result = readTemplate(JSON.stringify({ Resources: changed }), options);
      return result.ok || (result.problems.length > 0 && formatProblems(result.problems) !== "");
    }),
    { numRuns: 100 },
  );
}, 30_000);

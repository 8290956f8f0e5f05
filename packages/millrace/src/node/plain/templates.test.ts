import { afterAll, expect, test } from "bun:test";
import mqtt from "mqtt";
import type { House } from "../house.ts";
import { cleanUp, start } from "../written-house-fixture.ts";
import { attribute, joined, ref } from "./plain-fixture.ts";

afterAll(cleanUp);

async function publish({ addresses }: House, topic: string, message: object): Promise<void> {
  const client = await mqtt.connectAsync(addresses.mqtt);
  await client.publishAsync(topic, JSON.stringify(message), { qos: 1 });
  await client.endAsync();
}

async function get({ addresses }: House, path: string): Promise<unknown> {
  const response = await fetch(`${addresses.edge}${path}`);
  return response.status === 200 ? response.json() : response.status;
}

/**
 * Puts what rules bring into the table; over HTTP it tells what is there, which version it is, and
 * what it may not do.
 */
const handler = `
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, DeleteCommand, GetCommand, PutCommand } =
  require("@aws-sdk/lib-dynamodb");
const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.TABLE;
exports.handler = async (event, context) => {
  if (event.rawPath === undefined) {
    return tables.send(new PutCommand({ TableName, Item: event }));
  }
  const Key = { id: event.pathParameters.id };
  const { Item } = await tables.send(new GetCommand({ TableName, Key }));
  const refused = await tables.send(new DeleteCommand({ TableName, Key })).then(
    () => "nothing",
    ({ name }) => name,
  );
  return { text: Item?.text, version: context.functionVersion, refused };
};
`;

// biome-ignore lint/suspicious/noTemplateCurlyInString: `${...}` is CloudFormation's
const assets = { "Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}" };
const digest = "5f0c1a9e";
const statement = (Action: unknown, Resource: unknown) => ({ Action, Effect: "Allow", Resource });
const trust = {
  Statement: [
    {
      Action: "sts:AssumeRole",
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
    },
  ],
  Version: "2012-10-17",
};

const storing = {
  LinesTable: {
    Type: "AWS::DynamoDB::Table",
    Properties: {
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    },
    UpdateReplacePolicy: "Delete",
    DeletionPolicy: "Delete",
    Metadata: { "aws:cdk:path": "Lines/Table/Resource" },
  },
  FnServiceRole: {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: trust,
      ManagedPolicyArns: [
        joined(
          "arn:",
          ref("AWS::Partition"),
          ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        ),
      ],
    },
    Metadata: { "aws:cdk:path": "Lines/Fn/ServiceRole/Resource" },
  },
  FnServiceRoleDefaultPolicy: {
    Type: "AWS::IAM::Policy",
    Properties: {
      PolicyDocument: {
        Statement: [
          statement(
            ["dynamodb:GetItem", "dynamodb:PutItem"],
            [attribute("LinesTable", "Arn"), ref("AWS::NoValue")],
          ),
        ],
        Version: "2012-10-17",
      },
      PolicyName: "FnServiceRoleDefaultPolicy",
      Roles: [ref("FnServiceRole")],
    },
    Metadata: { "aws:cdk:path": "Lines/Fn/ServiceRole/DefaultPolicy/Resource" },
  },
};

const calling = {
  Fn: {
    Type: "AWS::Lambda::Function",
    Properties: {
      Architectures: ["x86_64"],
      Code: { S3Bucket: assets, S3Key: `${digest}.zip` },
      Environment: { Variables: { TABLE: ref("LinesTable") } },
      Handler: "index.handler",
      LoggingConfig: { LogGroup: ref("FnLogs") },
      Role: attribute("FnServiceRole", "Arn"),
      Runtime: "nodejs22.x",
      Tags: [{ Key: "team", Value: "blue" }],
      Timeout: 10,
    },
    DependsOn: ["FnServiceRoleDefaultPolicy", "FnServiceRole"],
    Metadata: {
      "aws:cdk:path": "Lines/Fn/Resource",
      "aws:asset:path": `asset.${digest}`,
      "aws:asset:is-bundled": false,
      "aws:asset:property": "Code",
    },
  },
  FnLogs: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: 7 } },
  FnCurrentVersion: {
    Type: "AWS::Lambda::Version",
    Properties: { FunctionName: ref("Fn") },
    Metadata: { "aws:cdk:path": "Lines/Fn/CurrentVersion/Resource" },
  },
  FnAliaslive: {
    Type: "AWS::Lambda::Alias",
    Properties: {
      FunctionName: ref("Fn"),
      FunctionVersion: attribute("FnCurrentVersion", "Version"),
      Name: "live",
    },
  },
  Rule: {
    Type: "AWS::IoT::TopicRule",
    Properties: {
      TopicRulePayload: {
        Actions: [{ Lambda: { FunctionArn: attribute("Fn", "Arn") } }],
        AwsIotSqlVersion: "2016-03-23",
        Sql: "SELECT topic(2) AS id, text FROM 'lines/+'",
      },
    },
  },
  RulePermission: {
    Type: "AWS::Lambda::Permission",
    Properties: {
      Action: "lambda:InvokeFunction",
      FunctionName: attribute("Fn", "Arn"),
      Principal: "iot.amazonaws.com",
      SourceArn: attribute("Rule", "Arn"),
    },
  },
};

const serving = {
  Api: {
    Type: "AWS::ApiGatewayV2::Api",
    Properties: {
      CorsConfiguration: { AllowMethods: ["GET"], AllowOrigins: ["https://example.org"] },
      Name: "Api",
      ProtocolType: "HTTP",
    },
  },
  ApiDefaultStage: {
    Type: "AWS::ApiGatewayV2::Stage",
    Properties: { ApiId: ref("Api"), AutoDeploy: true, StageName: "$default" },
  },
  ApiGETlinesid: {
    Type: "AWS::ApiGatewayV2::Route",
    Properties: {
      ApiId: ref("Api"),
      AuthorizationType: "NONE",
      RouteKey: "GET /lines/{id}",
      Target: joined("integrations/", ref("ApiGETlinesidLines")),
    },
  },
  ApiGETlinesidLines: {
    Type: "AWS::ApiGatewayV2::Integration",
    Properties: {
      ApiId: ref("Api"),
      IntegrationType: "AWS_PROXY",
      IntegrationUri: ref("FnAliaslive"),
      PayloadFormatVersion: "2.0",
    },
  },
  ApiGETlinesidLinesPermission: {
    Type: "AWS::Lambda::Permission",
    Properties: {
      Action: "lambda:InvokeFunction",
      FunctionName: ref("FnAliaslive"),
      Principal: "apigateway.amazonaws.com",
      SourceArn: joined(
        "arn:",
        ref("AWS::Partition"),
        ":execute-api:",
        ref("AWS::Region"),
        ":",
        ref("AWS::AccountId"),
        ":",
        ref("Api"),
        "/*/*/lines/{id}",
      ),
    },
  },
};

const ofTheCdk = {
  Resources: {
    ...storing,
    ...calling,
    ...serving,
    CDKMetadata: {
      Type: "AWS::CDK::Metadata",
      Properties: { Analytics: "v2:deflate64:H4sIAAAAAAAA/zPSM9EzUEwsL9ZNTsnWzclM0qsOLknM" },
      Condition: "CDKMetadataAvailable",
    },
  },
  Outputs: { Url: { Value: joined(attribute("Api", "ApiEndpoint"), "/") } },
  Conditions: {
    CDKMetadataAvailable: {
      "Fn::Or": ["af-south-1", "us-east-1"].map((region) => ({
        "Fn::Equals": [ref("AWS::Region"), region],
      })),
    },
  },
  Parameters: {
    BootstrapVersion: {
      Type: "AWS::SSM::Parameter::Value<String>",
      Default: "/cdk-bootstrap/hnb659fds/version",
      Description: "Version of the CDK Bootstrap resources in this environment. [cdk:skip]",
    },
  },
  Rules: {
    CheckBootstrapVersion: {
      Assertions: [
        {
          Assert: {
            "Fn::Not": [{ "Fn::Contains": [["1", "2", "3", "4", "5"], ref("BootstrapVersion")] }],
          },
          AssertDescription: "CDK bootstrap stack version 6 required.",
        },
      ],
    },
  },
};

/** Asks until the line is there: a rule's call may still run when its message is acknowledged. */
async function lineOf(house: House, path: string): Promise<unknown> {
  for (;;) {
    const answer = await get(house, path);
    if (typeof answer !== "object" || "text" in answer!) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("a template that the CDK has synthesised runs as it is", async () => {
  const house = await start("Lines.template.json", {
    "Lines.template.json": JSON.stringify(ofTheCdk, undefined, 1),
    "Lines.assets.json": "{}",
    [`asset.${digest}/index.js`]: handler,
  });
  await publish(house, "lines/one", { text: "hello" });
  expect(await lineOf(house, "/lines/one")).toEqual({
    text: "hello",
    version: "1",
    refused: "AccessDeniedException",
  });
  expect(await get(house, "/other")).toBe(404);
  expect(house.applicationName).toBe("Lines");
  const [idle = "", ...others] = house.notes;
  expect(idle).toContain("the rule CheckBootstrapVersion");
  expect(idle).toContain("AWS::CDK::Metadata");
  expect(others).toEqual([]);
}, 60_000);

const byHand = `AWSTemplateFormatVersion: "2010-09-09"
Description: Counts what it is told, and tells it
Parameters:
  Stage: { Type: String, Default: test }
Resources:
  Counts:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: word, AttributeType: S }]
      KeySchema: [{ AttributeName: word, KeyType: HASH }]
  MayCount:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: { Effect: Allow, Action: "dynamodb:*Item", Resource: !GetAtt Counts.Arn }
  Role:
    Type: AWS::IAM::Role
    Properties:
      Path: /
      ManagedPolicyArns: [!Ref MayCount]
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          Effect: Allow
          Principal: { Service: lambda.amazonaws.com }
          Action: sts:AssumeRole
  Count:
    Type: AWS::Lambda::Function
    Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [count.ts] } }
    Properties:
      FunctionName: !Sub count-\${Stage}
      Code: ./handlers
      Handler: count.handler
      Runtime: nodejs22.x
      Timeout: 10
      Role: !GetAtt Role.Arn
      Environment: { Variables: { TABLE: !Ref Counts } }
  Tell:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: nodejs22.x
      Timeout: 10
      Role: !GetAtt Role.Arn
      Environment: { Variables: { TABLE: !Ref Counts } }
      Code:
        ZipFile: |
          const { DynamoDBClient, GetItemCommand } = require("@aws-sdk/client-dynamodb");
          const tables = new DynamoDBClient({});
          exports.handler = async ({ rawPath }) => {
            const Key = { word: { S: rawPath.slice(1) } };
            const asked = new GetItemCommand({ TableName: process.env.TABLE, Key });
            const { Item } = await tables.send(asked);
            return Item ? { text: Item.count.N } : {};
          };
  Web:
    Type: AWS::ApiGatewayV2::Api
    Properties: { Name: words, ProtocolType: HTTP, Target: !GetAtt Tell.Arn }
  WebMayTell:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Tell
      Action: lambda:InvokeFunction
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Web}/*/$default
  Words:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        Sql: SELECT word FROM 'words'
        Actions: [{ Lambda: { FunctionArn: !GetAtt Count.Arn } }]
  WordsMayCount:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !GetAtt Count.Arn
      Action: lambda:InvokeFunction
      Principal: iot.amazonaws.com
      SourceArn: !GetAtt Words.Arn
`;

const counting = `
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

const tables = new DynamoDBClient({});

export async function handler({ word }: { readonly word: string }): Promise<void> {
  await tables.send(
    new UpdateItemCommand({
      TableName: process.env.TABLE!,
      Key: { word: { S: word } },
      UpdateExpression: "ADD #count :one",
      ExpressionAttributeNames: { "#count": "count" },
      ExpressionAttributeValues: { ":one": { N: "1" } },
    }),
  );
}
`;

test("a template of plain CloudFormation that is written by hand runs as it is", async () => {
  const house = await start("template.yaml", {
    "template.yaml": byHand,
    "handlers/count.ts": counting,
  });
  await publish(house, "words", { word: "mill" });
  expect(await lineOf(house, "/mill")).toEqual({ text: "1" });
  expect(house.notes).toEqual([]);
}, 60_000);

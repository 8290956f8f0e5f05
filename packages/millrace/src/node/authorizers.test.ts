import { afterAll, expect, test } from "bun:test";
import type { House } from "./house.ts";
import { cleanUp, start as startHouse } from "./written-house-fixture.ts";

afterAll(cleanUp);

/** Lets in whom the token names, by the policy that it names; how often it was asked goes along. */
const guard = `
let asked = 0;
const allows = (word) => (word === "deny" ? "Deny" : "Allow");
exports.simple = async ({ headers }) => ({
  isAuthorized: headers.authorization === "open",
  context: { asked: (asked += 1) },
});
exports.policy = async (event) => {
  const word = event.authorizationToken ?? event.headers.Authorization;
  if (word === "nobody") throw new Error("Unauthorized");
  const Statement = [
    { Effect: allows(word), Action: "execute-api:Invoke", Resource: event.methodArn },
  ];
  const policyDocument = { Version: "2012-10-17", Statement };
  return { principalId: "ann", policyDocument, context: { asked: (asked += 1), type: event.type } };
};
exports.route = async ({ requestContext }) => ({
  statusCode: 200,
  body: JSON.stringify(requestContext.authorizer ?? null),
});
`;

const start = (template: string) =>
  startHouse("template.yaml", { "src/app.js": guard, "template.yaml": template });

async function ask({ addresses }: House, path: string, word?: string, init: RequestInit = {}) {
  const headers = { ...init.headers, ...(word !== undefined && { authorization: word }) };
  const response = await fetch(`${addresses.edge}${path}`, { ...init, headers });
  const text = await response.text();
  return { status: response.status, said: text === "" ? "" : JSON.parse(text) };
}

const serverless = (auth: string, event: string) => `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { CodeUri: src, Runtime: nodejs22.x }
${auth}
Resources:
  Guard: { Type: AWS::Serverless::Function, Properties: { Handler: app.GUARD } }
  Route:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.route
      Events:
        Closed: { Type: ${event}, Properties: { Path: /closed, Method: get } }
        Also: { Type: ${event}, Properties: { Path: "/also/{id}", Method: get } }
        Open:
          Type: ${event}
          Properties: { Path: /open, Method: get, Auth: { Authorizer: NONE } }
`;

test("a SAM template's HTTP API lets in whom its default authorizer knows", async () => {
  const auth = `  HttpApi:
    CorsConfiguration: { AllowOrigins: ["https://a.example"] }
    Auth:
      DefaultAuthorizer: Guard
      Authorizers:
        Guard:
          FunctionArn: !GetAtt Guard.Arn
          AuthorizerPayloadFormatVersion: "2.0"
          EnableSimpleResponses: true
          Identity: { Headers: [Authorization], ReauthorizeEvery: 300 }`;
  const house = await start(serverless(auth, "HttpApi").replace("GUARD", "simple"));
  expect(await ask(house, "/open")).toEqual({ status: 200, said: null });
  expect(await ask(house, "/closed")).toEqual({ status: 401, said: { message: "Unauthorized" } });
  const wrong = await ask(house, "/closed", "wrong");
  expect(wrong).toEqual({ status: 403, said: { message: "Forbidden" } });
  const known = { status: 200, said: { lambda: { asked: 2 } } };
  expect(await ask(house, "/closed", "open")).toEqual(known);
  expect(await ask(house, "/also/1", "open")).toEqual(known);
  const asking = { origin: "https://a.example", "access-control-request-method": "GET" };
  const preflight = { method: "OPTIONS", headers: asking };
  expect(await ask(house, "/closed", undefined, preflight)).toEqual({ status: 204, said: "" });
});

test("a SAM template's REST API asks for a token, and has what it says in its events", async () => {
  const auth = `  Api:
    Cors: "'*'"
    Auth:
      DefaultAuthorizer: Guard
      AddDefaultAuthorizerToCorsPreflight: false
      Authorizers: { Guard: { FunctionArn: !GetAtt Guard.Arn } }`;
  const house = await start(serverless(auth, "Api").replace("GUARD", "policy"));
  expect(await ask(house, "/open")).toEqual({ status: 200, said: null });
  expect(await ask(house, "/closed")).toEqual({ status: 401, said: { message: "Unauthorized" } });
  expect(await ask(house, "/closed", "nobody")).toHaveProperty("status", 401);
  const denied = "User is not authorized to access this resource with an explicit deny";
  expect(await ask(house, "/closed", "deny")).toEqual({ status: 403, said: { message: denied } });
  const said = { principalId: "ann", asked: "2", type: "TOKEN" };
  expect(await ask(house, "/closed", "me")).toEqual({ status: 200, said });
  const other = "User is not authorized to access this resource"; // the policy is of one path
  expect(await ask(house, "/also/1", "me")).toEqual({ status: 403, said: { message: other } });
  expect(await ask(house, "/closed", undefined, { method: "OPTIONS" })).toHaveProperty(
    "status",
    200,
  );
});

test("a SAM template's REST API refuses with the headers that pages need", async () => {
  const auth = `  Api:
    GatewayResponses:
      DEFAULT_4XX:
        ResponseParameters: { Headers: { Access-Control-Allow-Origin: "'*'" } }
      UNAUTHORIZED:
        StatusCode: "418"
        ResponseParameters: { Headers: { X-Why: "'no token'" } }
        ResponseTemplates:
          application/problem+json: '{"why": $context.error.messageString}'
    Auth:
      DefaultAuthorizer: Guard
      Authorizers: { Guard: { FunctionArn: !GetAtt Guard.Arn } }`;
  const house = await start(serverless(auth, "Api").replace("GUARD", "policy"));
  const { edge } = house.addresses;
  const unauthorized = await fetch(`${edge}/closed`);
  expect(unauthorized.status).toBe(418);
  expect(unauthorized.headers.get("x-why")).toBe("no token");
  expect(unauthorized.headers.get("content-type")).toBe("application/problem+json");
  expect(unauthorized.headers.get("access-control-allow-origin")).toBeNull();
  expect(await unauthorized.json()).toEqual({ why: "Unauthorized" });
  const denied = await fetch(`${edge}/closed`, { headers: { authorization: "deny" } });
  expect(denied.status).toBe(403);
  expect(denied.headers.get("access-control-allow-origin")).toBe("*");
  const unknown = await fetch(`${edge}/nowhere`);
  expect(unknown.headers.get("access-control-allow-origin")).toBe("*");
  expect(await unknown.json()).toEqual({ message: "Missing Authentication Token" });
});

test("SAM's default authorizer is asked before preflights, if nothing else is said", async () => {
  const auth = `  Api:
    Cors: "'*'"
    Auth:
      DefaultAuthorizer: Guard
      Authorizers: { Guard: { FunctionArn: !GetAtt Guard.Arn } }`;
  const house = await start(serverless(auth, "Api").replace("GUARD", "policy"));
  expect(await ask(house, "/closed", undefined, { method: "OPTIONS" })).toHaveProperty(
    "status",
    401,
  );
});

const plain = (resources: string) => `
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          Effect: Allow
          Principal: { Service: lambda.amazonaws.com }
          Action: sts:AssumeRole
  Guard:
    Type: AWS::Lambda::Function
    Properties: { Code: src, Handler: app.policy, Runtime: nodejs22.x, Role: !GetAtt Role.Arn }
  Route:
    Type: AWS::Lambda::Function
    Properties: { Code: src, Handler: app.route, Runtime: nodejs22.x, Role: !GetAtt Role.Arn }
${resources}`;

const invocations = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions";

const invoked = (name: string) => `!Sub "${invocations}/\${${name}.Arn}/invocations"`;

test("a REST API of plain CloudFormation asks by the whole request", async () => {
  const house = await start(
    plain(`
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }
  Authorizer:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      Name: Guard
      RestApiId: !Ref Api
      Type: REQUEST
      AuthorizerUri: ${invoked("Guard")}
      IdentitySource: method.request.header.Authorization, method.request.querystring.q
      AuthorizerResultTtlInSeconds: 0
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Authorizer
      Integration: { Type: AWS_PROXY, IntegrationHttpMethod: POST, Uri: ${invoked("Route")} }
  Denied:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      RestApiId: !Ref Api
      ResponseType: ACCESS_DENIED
      ResponseParameters: { gatewayresponse.header.X-Why: "'a policy'" }
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: Get
    Properties: { RestApiId: !Ref Api }
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: { RestApiId: !Ref Api, StageName: prod, DeploymentId: !Ref Deployment }`),
  );
  expect(await ask(house, "/", "me")).toHaveProperty("status", 401);
  const said = { principalId: "ann", asked: "1", type: "REQUEST" };
  expect(await ask(house, "/?q=1", "me")).toEqual({ status: 200, said });
  expect((await ask(house, "/?q=1", "me")).said.asked).toBe("2");
  const asDenied = { headers: { authorization: "deny" } };
  const denied = await fetch(`${house.addresses.edge}/?q=1`, asDenied);
  expect(denied.headers.get("x-why")).toBe("a policy");
});

test("an HTTP API of plain CloudFormation asks for a policy", async () => {
  const house = await start(
    plain(`
  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: a, ProtocolType: HTTP } }
  Authorizer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Api
      Name: Guard
      AuthorizerType: REQUEST
      AuthorizerUri: ${invoked("Guard")}
      AuthorizerPayloadFormatVersion: "1.0"
      IdentitySource: [$request.header.Authorization]
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Route.Arn
      PayloadFormatVersion: "2.0"
  All:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: $default
      Target: !Sub "integrations/\${Integration}"
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Authorizer
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: { ApiId: !Ref Api, StageName: $default, AutoDeploy: true }`),
  );
  expect(await ask(house, "/x", "deny")).toEqual({ status: 403, said: { message: "Forbidden" } });
  const said = { lambda: { asked: 2, type: "REQUEST" } };
  expect(await ask(house, "/x", "me")).toEqual({ status: 200, said });
});

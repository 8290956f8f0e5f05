import { expect, test } from "bun:test";
import { applicationOf, hello, problemsOf } from "../../plain-fixture.ts";

const sam = 'Transform: "AWS::Serverless-2016-10-31"';

const events = (type: string, auth: string) => `
  Page:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: handlers
      Handler: app.handler
      Runtime: nodejs22.x
      Events:
        Get: { Type: ${type}, Properties: { Path: /, Method: get${auth} } }
`;

const httpApi = (auth: string, event = ", ApiId: !Ref Web") => `${hello()}
  Web:
    Type: AWS::Serverless::HttpApi
    Properties: { Auth: ${auth} }
${events("HttpApi", event)}`;

const restApi = (auth: string, event = ", RestApiId: !Ref Web") => `${hello()}
  Web:
    Type: AWS::Serverless::Api
    Properties: { StageName: prod, Auth: ${auth} }
${events("Api", event)}`;

const guard = 'FunctionArn: !GetAtt Hello.Arn, AuthorizerPayloadFormatVersion: "2.0"';

test.each([
  [
    "a function that is not there",
    httpApi(
      "{ Authorizers: { A: { FunctionArn: nobody, AuthorizerPayloadFormatVersion: '2.0' } } }",
    ),
    "there is no function 'nobody' in this template",
  ],
  [
    "simple answers of version 1.0",
    httpApi(
      "{ Authorizers: { A: { FunctionArn: !GetAtt Hello.Arn, AuthorizerPayloadFormatVersion: '1.0', EnableSimpleResponses: true } } }",
    ),
    "simple answers are for payload version 2.0 alone",
  ],
  [
    "a default that is not there",
    httpApi(`{ DefaultAuthorizer: Gard, Authorizers: { Guard: { ${guard} } } }`),
    "there is no authorizer 'Gard' (did you mean 'Guard'?)",
  ],
  [
    "a route's that is not there",
    httpApi(
      `{ Authorizers: { Guard: { ${guard} } } }`,
      ", ApiId: !Ref Web, Auth: { Authorizer: Gard }",
    ),
    "the API has no authorizer 'Gard' (did you mean 'Guard'?)",
  ],
  [
    "answers remembered by nothing",
    httpApi(`{ Authorizers: { A: { ${guard}, Identity: { ReauthorizeEvery: 60 } } } }`),
    "answers are remembered by identity sources, of which there is none: name one, or say 0",
  ],
  [
    "a request of a REST API remembered by nothing",
    restApi(
      "{ Authorizers: { A: { FunctionArn: !GetAtt Hello.Arn, FunctionPayloadType: REQUEST } } }",
    ),
    "answers are remembered by identity sources, of which there is none: name one, or say 0",
  ],
  [
    "a context that is not known",
    restApi(
      "{ Authorizers: { A: { FunctionArn: !GetAtt Hello.Arn, FunctionPayloadType: REQUEST, Identity: { Context: [stge] } } } }",
    ),
    "the context 'stge' is not implemented as an identity source (did you mean 'stage'?)",
  ],
])("%s is refused", (_, template, message) => {
  expect(problemsOf(template, sam)).toEqual([message]);
});

test.each(["(", "a)|(?:b", "\\Qa"])("the expression %s is none, and refused", (expression) => {
  const auth = `{ Authorizers: { A: { FunctionArn: !GetAtt Hello.Arn, Identity: { ValidationExpression: '${expression}' } } } }`;
  const message = expect.stringContaining(`'${expression}' cannot be used`);
  expect(problemsOf(restApi(auth), sam)).toEqual([message]);
});

test("tokens of user pools are refused by name", () => {
  const pool = problemsOf(restApi("{ Authorizers: { A: { UserPoolArn: x } } }"), sam);
  expect(pool).toEqual([
    "authorizers with 'UserPoolArn' are not implemented; with 'FunctionArn' they are",
  ]);
  expect(problemsOf(httpApi("{ Authorizers: { A: {} } }"), sam)).toEqual([
    "the property 'FunctionArn' is missing, or 'JwtConfiguration'",
  ]);
});

test("authorizers of other kinds are refused by their kind alone", () => {
  const pools = `
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }
  Pool:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Name: pool
      Type: COGNITO_USER_POOLS
      IdentitySource: method.request.header.Authorization
      ProviderARNs: ["arn:aws:cognito-idp:eu-central-1:111122223333:userpool/a"]
`;
  const refused = "authorizers of user pools are not implemented; TOKEN and REQUEST are";
  expect(problemsOf(pools)).toEqual([refused]);
});

test("SAM lets a REST API ask its authorizers; an HTTP API only where that is said", () => {
  const rest = restApi("{ Authorizers: { A: { FunctionArn: !GetAtt Hello.Arn } } }");
  const { permissions, apis, notes } = applicationOf(rest, sam);
  const [{ apiId }] = apis as [(typeof apis)[0]];
  const sourceArn = `arn:aws:execute-api:eu-central-1:111122223333:${apiId}/authorizers/*`;
  expect(permissions).toContainEqual(expect.objectContaining({ sourceArn }));
  expect(notes.join()).not.toContain("could not invoke");
  const http = applicationOf(httpApi(`{ Authorizers: { A: { ${guard} } } }`), sam);
  expect(http.notes).toContain(
    "The authorizer 'A' could not invoke 'test-Hello' on AWS: " +
      "no AWS::Lambda::Permission lets apigateway.amazonaws.com do it.",
  );
});

test("SAM's default authorizer of an HTTP API is not asked before a route of OPTIONS", () => {
  const auth = `{ DefaultAuthorizer: A, Authorizers: { A: { ${guard} } } }`;
  const template = httpApi(auth).replace("Method: get", "Method: options");
  const routesOf = (text: string) => applicationOf(text, sam).apis[0]!.routes;
  expect(routesOf(template)[0]).not.toHaveProperty("authorizer");
  const named = template.replace("ApiId: !Ref Web", "ApiId: !Ref Web, Auth: { Authorizer: A }");
  expect(routesOf(named)[0]).toHaveProperty("authorizer.name", "A");
  expect(routesOf(httpApi(auth))[0]).toHaveProperty("authorizer.name", "A");
});

test("SAM's default authorizer of a REST API is asked before a route of OPTIONS unless that is spared", () => {
  const auth = (spared: string) =>
    `{ DefaultAuthorizer: A, ${spared}Authorizers: { A: { FunctionArn: !GetAtt Hello.Arn } } }`;
  const routesOf = (spared: string) => {
    const template = restApi(auth(spared)).replace("Method: get", "Method: options");
    return applicationOf(template, sam).apis[0]!.routes;
  };
  expect(routesOf("")[0]).toHaveProperty("authorizer.name", "A");
  const spared = routesOf("AddDefaultAuthorizerToCorsPreflight: false, ");
  expect(spared[0]).not.toHaveProperty("authorizer");
});

test("SAM's own authorizer is refused by name", () => {
  const refused = ["'AWS_IAM' is not implemented: an authorizer is a function, or believes tokens"];
  const named = ", ApiId: !Ref Web, Auth: { Authorizer: AWS_IAM }";
  expect(problemsOf(httpApi(`{ Authorizers: { A: { ${guard} } } }`, named), sam)).toEqual(refused);
  expect(problemsOf(restApi("{ DefaultAuthorizer: AWS_IAM }"), sam)).toEqual(refused);
});

test("a route is not said to lack an authorizer that is there and has a problem of its own", () => {
  const broken =
    '{ Authorizers: { A: { FunctionArn: nobody, AuthorizerPayloadFormatVersion: "2.0" } } }';
  expect(problemsOf(httpApi(broken, ", ApiId: !Ref Web, Auth: { Authorizer: A }"), sam)).toEqual([
    "there is no function 'nobody' in this template",
  ]);
});

const uri = `!Sub "arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${Hello.Arn}/invocations"`;

const plainRest = (authorizer: string, method: string) => `${hello()}
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }
  Other: { Type: AWS::ApiGateway::RestApi, Properties: { Name: b } }
  Guard:
    Type: AWS::ApiGateway::Authorizer
    Properties: { Name: g, ${authorizer} }
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      ${method}
      Integration: { Type: AWS_PROXY, IntegrationHttpMethod: POST, Uri: ${uri} }
`;

const custom = "AuthorizationType: CUSTOM\n      AuthorizerId: !Ref Guard";
const token = "Type: TOKEN, IdentitySource: method.request.header.Authorization";

test.each([
  [
    "a token in a query",
    `RestApiId: !Ref Api, AuthorizerUri: ${uri}, Type: TOKEN, IdentitySource: method.request.querystring.t`,
    custom,
    "a TOKEN is in one header: 'method.request.header.<name>'",
  ],
  [
    "user pools",
    `RestApiId: !Ref Api, AuthorizerUri: ${uri}, Type: COGNITO_USER_POOLS`,
    custom,
    "authorizers of user pools are not implemented; TOKEN and REQUEST are",
  ],
  [
    "a bare ARN as its URI",
    `RestApiId: !Ref Api, AuthorizerUri: !GetAtt Hello.Arn, ${token}`,
    custom,
    "is no call of a function",
  ],
  [
    "a method's that is another API's",
    `RestApiId: !Ref Other, AuthorizerUri: ${uri}, ${token}`,
    custom,
    "the API has no authorizer",
  ],
  [
    "a method's without an id",
    `RestApiId: !Ref Api, AuthorizerUri: ${uri}, ${token}`,
    "AuthorizationType: CUSTOM",
    "'AuthorizationType: CUSTOM' needs an 'AuthorizerId'",
  ],
  [
    "an id without its type",
    `RestApiId: !Ref Api, AuthorizerUri: ${uri}, ${token}`,
    "AuthorizationType: NONE\n      AuthorizerId: !Ref Guard",
    "an authorizer is asked with 'AuthorizationType: CUSTOM' alone",
  ],
])("of a REST API without SAM %s is refused", (_, authorizer, method, message) => {
  const problems = problemsOf(plainRest(authorizer, method));
  expect(problems.join("\n")).toContain(message);
});

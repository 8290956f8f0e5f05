import { expect, test } from "bun:test";
import { applicationOf, hello, problemsOf } from "../../plain-fixture.ts";

const sam = 'Transform: "AWS::Serverless-2016-10-31"';

const issuer = "https://login.example/tenant";

const login = `JwtConfiguration: { issuer: "${issuer}", audience: [shop] }, IdentitySource: $request.header.Authorization`;

const guard = 'FunctionArn: !GetAtt Hello.Arn, AuthorizerPayloadFormatVersion: "2.0"';

const httpApi = (auth: string, event = "") => `${hello()}
  Web:
    Type: AWS::Serverless::HttpApi
    Properties: { Auth: ${auth} }
  Page:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: handlers
      Handler: app.handler
      Runtime: nodejs22.x
      Events:
        Get: { Type: HttpApi, Properties: { Path: /, Method: get, ApiId: !Ref Web${event} } }
`;

const routeOf = (template: string) => applicationOf(template, sam).apis[0]?.routes[0];

test("SAM's route has the issuer, and the scopes nearest to it", () => {
  const auth = `{ DefaultAuthorizer: A, Authorizers: { A: { ${login}, AuthorizationScopes: [a, b] } } }`;
  const authorizer = {
    name: "A",
    issuer,
    audiences: ["shop"],
    source: { from: "header", name: "authorization" },
  } as const;
  expect(routeOf(httpApi(auth))?.jwt).toEqual({ authorizer, scopes: ["a", "b"] });
  const own = httpApi(auth, ", Auth: { AuthorizationScopes: [c] }");
  expect(routeOf(own)?.jwt).toEqual({ authorizer, scopes: ["c"] });
  expect(routeOf(httpApi(auth, ", Auth: { Authorizer: NONE }"))?.jwt).toBeUndefined();
});

test("SAM's default authorizer is asked before '$default', which takes every method", () => {
  const auth = `{ DefaultAuthorizer: A, Authorizers: { A: { ${login} } } }`;
  const template = httpApi(auth).replace("Path: /, Method: get", "Path: $default, Method: options");
  expect(routeOf(template)?.jwt?.authorizer.name).toBe("A");
});

test("there is one '$default', whatever methods its events say", () => {
  const auth = `{ DefaultAuthorizer: A, Authorizers: { A: { ${login} } } }`;
  const open =
    "Open: { Type: HttpApi, Properties: { Path: $default, Method: get, ApiId: !Ref Web, Auth: { Authorizer: NONE } } }";
  const closed = "Path: $default, Method: post";
  const template = httpApi(auth).replace("Path: /, Method: get", closed);
  const both = template.replace("Get: {", `${open}\n        Get: {`);
  expect(problemsOf(both, sam)).toEqual(["the API 'Web' has a route 'ANY $default' already"]);
});

// Observed: "has a conflicting variable on the same hierarchical level as", ConflictException.
test.each([
  ["/x/{id}", "/x/{name}"],
  ["/{id+}", "/{rest+}"],
])("two routes that differ in the name of a variable are one: %s, %s", (open, closed) => {
  const auth = `{ DefaultAuthorizer: A, Authorizers: { A: { ${login} } } }`;
  const event = (path: string, more = "") =>
    `Type: HttpApi, Properties: { Path: "${path}", Method: get, ApiId: !Ref Web${more} }`;
  const both = httpApi(auth).replace(
    /Get: \{.*\}/,
    `Open: { ${event(open, ", Auth: { Authorizer: NONE }")} }\n        Closed: { ${event(closed)} }`,
  );
  const message = `the API 'Web' has a route 'GET ${open}' already: no request would come to 'GET ${closed}'`;
  expect(problemsOf(both, sam)).toEqual([message]);
});

test.each([
  [
    "no source",
    `{ Authorizers: { A: { JwtConfiguration: { issuer: "${issuer}", audience: [a] } } } }`,
    "",
    "the property 'IdentitySource' is missing",
  ],
  [
    "no issuer",
    "{ Authorizers: { A: { JwtConfiguration: { Audience: [a] }, IdentitySource: $request.header.a } } }",
    "",
    "the issuer is missing",
  ],
  [
    "no audience",
    `{ Authorizers: { A: { JwtConfiguration: { Issuer: "${issuer}" }, IdentitySource: $request.header.a } } }`,
    "",
    "the audience is missing: tokens are for one of a list",
  ],
  [
    "an issuer in both ways of writing it",
    `{ Authorizers: { A: { JwtConfiguration: { Issuer: "${issuer}", issuer: x, audience: [a] }, IdentitySource: $request.header.a } } }`,
    "",
    "'Issuer' and 'issuer' are two ways to write one property: one of them is too much",
  ],
  [
    "a function besides",
    `{ Authorizers: { A: { ${login}, FunctionArn: !GetAtt Hello.Arn } } }`,
    "",
    "an authorizer with 'JwtConfiguration' asks no function",
  ],
  [
    "a source that is none",
    `{ Authorizers: { A: { JwtConfiguration: { issuer: "${issuer}", audience: [a] }, IdentitySource: Authorization } } }`,
    "",
    "'Authorization' is no identity source: it is one of '$request.header.<name>', " +
      "'$request.querystring.<name>', '$context...', '$stageVariables...'",
  ],
  [
    "a scope that is none",
    `{ Authorizers: { A: { ${login}, AuthorizationScopes: ["a b"] } } }`,
    "",
    "'a b' is not a scope: characters of ASCII but spaces, quotes and '\\'",
  ],
  [
    "an authorizer with the name of none",
    `{ DefaultAuthorizer: NONE, Authorizers: { NONE: { ${login} } } }`,
    "",
    "'NONE' is no name of an authorizer: a route that says it has none",
  ],
  [
    "an issuer with a query, be it an empty one",
    `{ Authorizers: { A: { JwtConfiguration: { issuer: "${issuer}?", audience: [a] }, IdentitySource: $request.header.a } } }`,
    "",
    `"${issuer}?" has more than a host and a path`,
  ],
  [
    "an issuer with spaces",
    `{ Authorizers: { A: { JwtConfiguration: { issuer: " ${issuer}", audience: [a] }, IdentitySource: $request.header.a } } }`,
    "",
    `" ${issuer}" has more than a host and a path`,
  ],
  [
    "scopes for a function",
    `{ Authorizers: { A: { ${guard}, AuthorizationScopes: [a] } } }`,
    "",
    "'AuthorizationScopes' is for authorizers of tokens: this one asks a function",
  ],
  [
    "scopes of a route that a function is asked for",
    `{ Authorizers: { A: { ${guard} } } }`,
    ", Auth: { Authorizer: A, AuthorizationScopes: [a] }",
    "scopes are for JWT authorizers alone",
  ],
  [
    "scopes of a route that is open",
    `{ DefaultAuthorizer: A, Authorizers: { A: { ${login} } } }`,
    ", Auth: { Authorizer: NONE, AuthorizationScopes: [a] }",
    "scopes are for JWT authorizers alone",
  ],
])("of SAM %s is refused", (_, auth, event, message) => {
  expect(problemsOf(httpApi(auth, event), sam)).toEqual([message]);
});

const plain = (authorizer: string, route: string) => `${hello()}
  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: a, ProtocolType: HTTP } }
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: { ApiId: !Ref Api, StageName: $default, AutoDeploy: true }
  Login:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties: { ApiId: !Ref Api, Name: l, AuthorizerType: JWT, ${authorizer} }
  Calling:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Hello.Arn
      PayloadFormatVersion: "2.0"
  Get:
    Type: AWS::ApiGatewayV2::Route
    Properties: { ApiId: !Ref Api, RouteKey: GET /, Target: !Sub "integrations/\${Calling}", ${route} }
`;

const wanted = `JwtConfiguration: { Issuer: "${issuer}", Audience: [b] }`;
const header = "IdentitySource: [$request.header.Authorization]";
const tokens = "AuthorizationType: JWT, AuthorizerId: !Ref Login";

test.each([
  ["no configuration", header, tokens, "the property 'JwtConfiguration' is missing"],
  [
    "two sources",
    `${wanted}, IdentitySource: [$request.header.a, $request.header.b]`,
    tokens,
    "a token has one identity source, e.g. '$request.header.Authorization'",
  ],
  [
    "an issuer over plain HTTP",
    `JwtConfiguration: { Issuer: "http://a.example", Audience: [b] }, ${header}`,
    tokens,
    '"http://a.example" is not HTTPS, which all but loopback must be',
  ],
  [
    "remembered answers",
    `${wanted}, ${header}, AuthorizerResultTtlInSeconds: 5`,
    tokens,
    "a JWT authorizer has none: it asks no function",
  ],
  [
    "a route that asks it like a function",
    `${wanted}, ${header}`,
    "AuthorizationType: CUSTOM, AuthorizerId: !Ref Login",
    "the authorizer is for 'JWT', not for 'CUSTOM'",
  ],
  [
    "a route that names none",
    `${wanted}, ${header}`,
    "AuthorizationType: JWT",
    "'AuthorizationType: JWT' needs an 'AuthorizerId'",
  ],
  [
    "scopes of an open route",
    `${wanted}, ${header}`,
    "AuthorizationScopes: [a]",
    "scopes are for 'JWT' alone",
  ],
])("without SAM %s is refused", (_, authorizer, route, message) => {
  expect(problemsOf(plain(authorizer, route))).toEqual([message]);
});

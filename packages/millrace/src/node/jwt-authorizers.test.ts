/** Tokens of a real issuer on loopback, in a real house. */

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { House } from "./house.ts";
import { cleanUp, start as startHouse } from "./written-house-fixture.ts";

const key = (kid: string) => {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kid, privateKey: pair.privateKey, jwk: pair.publicKey.export({ format: "jwk" }) };
};
const known = key("one");
const stranger = key("two");

const asked: string[] = [];
let isDown = "";

const issuerServer = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch({ url }) {
    const { origin, pathname } = new URL(url);
    asked.push(pathname);
    if (pathname === isDown) return new Response("", { status: 503 });
    return pathname === "/keys"
      ? Response.json({ keys: [{ ...known.jwk, kid: known.kid, alg: "RS256", use: "sig" }] })
      : Response.json({ issuer: origin, jwks_uri: `${origin}/keys` });
  },
});
const issuer = issuerServer.url.origin;

afterAll(async () => {
  await cleanUp();
  await issuerServer.stop(true);
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const seconds = () => Math.floor(Date.now() / 1000);

/** `undefined` takes a claim or a member of the header away. */
function token(claims: object = {}, header: object = {}, privateKey: KeyObject = known.privateKey) {
  const whole = { iss: issuer, aud: "shop", exp: seconds() + 600, ...claims };
  const signed = `${encode({ alg: "RS256", kid: "one", ...header })}.${encode(whole)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

const handler = `exports.route = async ({ requestContext }) => ({
  statusCode: 200,
  body: JSON.stringify(requestContext.authorizer ?? null),
});`;

const start = (template: string) =>
  startHouse("template.yaml", { "src/app.js": handler, "template.yaml": template });

async function ask({ addresses }: House, path: string, authorization?: string) {
  const headers: HeadersInit = authorization === undefined ? {} : { authorization };
  const response = await fetch(`${addresses.edge}${path}`, { headers });
  const challenge = response.headers.get("www-authenticate");
  return { status: response.status, said: JSON.parse(await response.text()), challenge };
}

const sam = `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { CodeUri: src, Runtime: nodejs22.x }
  HttpApi:
    Auth:
      DefaultAuthorizer: Login
      Authorizers:
        Login:
          JwtConfiguration: { issuer: "${issuer}", audience: [shop, app] }
          IdentitySource: $request.header.Authorization
        Query:
          JwtConfiguration: { Issuer: "${issuer}", Audience: [shop] }
          IdentitySource: $request.querystring.token
          AuthorizationScopes: [read]
Resources:
  Route:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.route
      Events:
        Closed: { Type: HttpApi, Properties: { Path: /closed, Method: get } }
        Open:
          Type: HttpApi
          Properties: { Path: /open, Method: get, Auth: { Authorizer: NONE } }
        Query:
          Type: HttpApi
          Properties: { Path: /query, Method: get, Auth: { Authorizer: Query } }
        Scoped:
          Type: HttpApi
          Properties: { Path: /scoped, Method: get, Auth: { AuthorizationScopes: [read, write] } }
        Other:
          Type: HttpApi
          Properties:
            Path: /other
            Method: get
            Auth: { Authorizer: Query, AuthorizationScopes: [write] }
        One:
          Type: HttpApi
          Properties: { Path: /one, Method: get, PayloadFormatVersion: "1.0" }
`;

let house: House;

beforeAll(async () => {
  house = await start(sam);
});

beforeEach(() => {
  asked.length = 0;
  isDown = "";
});

const unauthorized = (challenge: string) => ({
  status: 401,
  said: { message: "Unauthorized" },
  challenge,
});
const invalid = 'Bearer scope="" error="invalid_token"';

test("a token of the issuer has the route, bare or behind 'Bearer'", async () => {
  const roles = ["a", "b"];
  const claims = { sub: "ann", admin: true, roles, address: { city: "B" }, gone: null, exp: 2e9 };
  const texts = {
    iss: issuer,
    aud: "shop",
    exp: "2000000000",
    sub: "ann",
    admin: "true",
    roles: "[a b]",
    address: '{"city":"B"}',
  };
  const jwt = { claims: texts, scopes: null };
  const expected = { status: 200, said: { jwt }, challenge: null };
  expect(await ask(house, "/closed", token(claims))).toEqual(expected);
  expect(await ask(house, "/closed", `Bearer ${token(claims)}`)).toEqual(expected);
  expect((await ask(house, "/one", token(claims))).said).toEqual(jwt);
  expect(await ask(house, "/open")).toEqual({ status: 200, said: null, challenge: null });
});

test("without a token nobody is let in, nor with what is none", async () => {
  expect(await ask(house, "/closed")).toEqual(unauthorized("Bearer"));
  const words = 'error_description="token contains an invalid number of segments"';
  expect(await ask(house, "/closed", "Bearer x")).toEqual(unauthorized(`${invalid} ${words}`));
});

test.each([
  ["expired", { exp: 1_000_000_000 }, ' error_description="the token has expired"'],
  ["for others", { aud: "else" }, ' error_description="the token does not have a valid audience"'],
  [
    "for others, whatever client it names",
    { aud: ["else"], client_id: "shop" },
    ' error_description="the token does not have a valid audience"',
  ],
  [
    "for nobody",
    { aud: undefined },
    ' error_description="the token does not have a valid audience"',
  ],
  ["of another issuer", { iss: `${issuer}/` }, ""],
  ["without an end", { exp: undefined }, ""],
  ["not yet valid", { nbf: seconds() + 3600 }, ""],
  ["issued in the future", { iat: seconds() + 3600 }, ""],
  ["issued at no time", { iat: "now" }, ""],
])("a token that is %s does not hold", async (_, claims, words) => {
  expect(await ask(house, "/closed", token(claims))).toEqual(unauthorized(invalid + words));
});

test("an access token names its client where it has no audience", async () => {
  const claims = { aud: undefined, client_id: "app" };
  expect(await ask(house, "/closed", token(claims))).toHaveProperty("status", 200);
  const several = { aud: ["else", "app"] };
  expect(await ask(house, "/closed", token(several))).toHaveProperty("status", 200);
});

test("a token has to be signed with the key that it names, by RSA", async () => {
  const others = [
    token({}, { kid: undefined }),
    token({}, {}, stranger.privateKey),
    token({}, { alg: "none" }),
    token({}, { alg: "HS256" }),
    token({}, { alg: "RS512" }),
  ];
  for (const one of others) expect(await ask(house, "/closed", one)).toEqual(unauthorized(invalid));
});

test("keys that are not known make the issuer be asked once, not for each token", async () => {
  await ask(house, "/closed", token());
  asked.length = 0;
  const unknown = Array.from({ length: 30 }, (_, count) => token({}, { kid: `${count}` }));
  const answers = await Promise.all(unknown.map((one) => ask(house, "/closed", one)));
  for (const answer of answers) expect(answer).toEqual(unauthorized(invalid));
  expect(asked.length).toBeLessThanOrEqual(2);
  expect(await ask(house, "/closed", token())).toHaveProperty("status", 200);
});

test("a route with scopes wants one of them", async () => {
  const forbidden = { status: 403, said: { message: "Forbidden" }, challenge: null };
  expect(await ask(house, "/scoped", token())).toEqual(forbidden);
  expect(await ask(house, "/scoped", token({ scope: "reader" }))).toEqual(forbidden);
  const { said } = await ask(house, "/scoped", token({ scope: "x write" }));
  expect(said.jwt).toMatchObject({ claims: { scope: "x write" }, scopes: ["x", "write"] });
  const listed = await ask(house, "/scoped", token({ scp: ["read"] }));
  expect(listed.said.jwt).toMatchObject({ claims: { scp: "[read]" }, scopes: ["read"] });
  const challenge = 'Bearer scope="read write" error="invalid_token"';
  expect(await ask(house, "/scoped", token({ iss: "x" }))).toEqual(unauthorized(challenge));
});

test("an authorizer's scopes are for its routes that have none of their own", async () => {
  const read = token({ scope: "read" });
  expect(await ask(house, `/query?token=${read}`)).toHaveProperty("status", 200);
  expect(await ask(house, `/other?token=${read}`)).toHaveProperty("status", 403);
  const write = token({ scope: "write" });
  expect(await ask(house, `/query?token=${write}`)).toHaveProperty("status", 403);
  expect(await ask(house, `/other?token=${write}`)).toHaveProperty("status", 200);
});

const plain = `
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
  Function:
    Type: AWS::Lambda::Function
    Properties: { Code: src, Handler: app.route, Runtime: nodejs22.x, Role: !GetAtt Role.Arn }
  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: a, ProtocolType: HTTP } }
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: { ApiId: !Ref Api, StageName: $default, AutoDeploy: true }
  Authorizer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Api
      Name: Login
      AuthorizerType: JWT
      IdentitySource: [$request.header.Authorization]
      JwtConfiguration: { Issuer: "${issuer}", Audience: [shop] }
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Function.Arn
      PayloadFormatVersion: "2.0"
  All:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: $default
      Target: !Sub "integrations/\${Integration}"
      AuthorizationType: JWT
      AuthorizerId: !Ref Authorizer
      AuthorizationScopes: [read]
`;

test("a template of plain CloudFormation wants tokens, too", async () => {
  const other = await start(plain);
  expect(await ask(other, "/")).toEqual(unauthorized("Bearer"));
  expect(await ask(other, "/", token())).toHaveProperty("status", 403);
  expect(await ask(other, "/", token({ scope: "read" }))).toHaveProperty("status", 200);
});

test.each([
  ["/.well-known/openid-configuration", "OIDC discovery endpoint communication error"],
  ["/keys", "JWKS communication error"],
])(
  "nobody is let in while %s cannot be had, nor is it asked for each token",
  async (path, words) => {
    const other = await start(plain);
    isDown = path;
    const challenge = `Bearer scope="read" error="invalid_token" error_description="${words}"`;
    for (let count = 0; count < 5; count += 1) {
      expect(await ask(other, "/", token({ scope: "read" }))).toEqual(unauthorized(challenge));
    }
    expect(asked.filter((one) => one === path)).toHaveLength(1);
  },
);

import { expect, test } from "bun:test";
import { problemsOf } from "../../plain-fixture.ts";

const response = (more: string) => `
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }
  Denied:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: { RestApiId: !Ref Api, ${more} }
`;

test.each([
  ["ResponseType: UNAUTHORISED", "'UNAUTHORISED' is not one of ACCESS_DENIED"],
  ["ResponseType: UNAUTHORIZED, StatusCode: 200", "'200' is not a status from 400 to 599"],
  [
    `ResponseType: UNAUTHORIZED, ResponseParameters: { gatewayresponse.header.X: "*" }`,
    "'*' is not printable ASCII, quoted once more",
  ],
  [
    `ResponseType: UNAUTHORIZED, ResponseParameters: { gatewayresponse.header.Content-Length: "'3'" }`,
    "'content-length' is the connection's, not the API's to say",
  ],
  [
    `ResponseType: UNAUTHORIZED, ResponseTemplates: { text/plain: "$util.urlEncode('a')" }`,
    "'$util.urlEncode' is not implemented",
  ],
  [
    `ResponseType: UNAUTHORIZED, ResponseTemplates: { text/plain: "$context.path" }`,
    "'$context.path' is not implemented",
  ],
  [
    "ResponseType: THROTTLED, ResponseTemplates: { text/plain: a, application/json: b }",
    "one body alone is implemented",
  ],
])("%s is refused", (more, message) => {
  expect(problemsOf(response(more)).join("\n")).toContain(message);
});

test("two of one type are refused", () => {
  const more = response("ResponseType: THROTTLED");
  const second = more.slice(more.indexOf("  Denied")).replace("Denied", "Again");
  expect(problemsOf(more + second).join("\n")).toContain("has a response 'THROTTLED' already");
});

import { describe, expect, test } from "bun:test";
import { applicationOf, problemsOf } from "../../plain-fixture.ts";

const parameter = (name: string) => `method.response.header.${name}`;

/** As the CDK writes a preflight for one origin. */
const preflight = {
  AuthorizationType: "NONE",
  HttpMethod: "OPTIONS",
  ResourceId: { "Fn::GetAtt": ["Web", "RootResourceId"] },
  RestApiId: { Ref: "Web" },
  Integration: {
    Type: "MOCK",
    RequestTemplates: { "application/json": "{ statusCode: 200 }" } as object,
    IntegrationResponses: [
      {
        StatusCode: "204",
        ResponseParameters: {
          [parameter("Access-Control-Allow-Origin")]: "'https://a.example'",
          [parameter("Vary")]: "'Origin'",
        } as object,
      },
    ] as object[],
  },
  MethodResponses: [
    {
      StatusCode: "204",
      ResponseParameters: {
        [parameter("Access-Control-Allow-Origin")]: true,
        [parameter("Vary")]: true,
      },
    },
    { StatusCode: "200" },
    { StatusCode: 404 },
  ],
};

const web = (more: object = {}) => ({
  Type: "AWS::ApiGateway::RestApi",
  Properties: { Name: "web", ...more },
});

/** The resources, with other members of the integration. */
function withMock(integration: object, api?: object): string {
  const Properties = {
    ...preflight,
    Integration: { ...preflight.Integration, ...integration },
  };
  const resources = {
    Web: web(api),
    Method: { Type: "AWS::ApiGateway::Method", Properties },
    Deployed: {
      Type: "AWS::ApiGateway::Deployment",
      DependsOn: "Method",
      Properties: { RestApiId: { Ref: "Web" }, StageName: "v1" },
    },
  };
  return Object.entries(resources)
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)}\n`)
    .join("");
}

const fixedOf = (integration: object) =>
  applicationOf(withMock(integration)).apis[0]!.routes[0]!.fixed;

const response = (more: object) => ({ StatusCode: "200", ...more });
const one = (more: object) => ({ IntegrationResponses: [response(more)] });
const responses = {
  IntegrationResponses: [
    response({}),
    response({ StatusCode: "404", SelectionPattern: "4\\d{2}" }),
  ],
};
const answering = (template: string) => one({ ResponseTemplates: { "text/plain": template } });

describe("an integration of type MOCK", () => {
  test("is an answer of these headers, for bodies of these types", () => {
    const { apis, notes } = applicationOf(withMock({}));
    expect(apis[0]!.routes).toEqual([
      {
        method: "OPTIONS",
        path: "/",
        functionName: "",
        fixed: {
          status: 204,
          headers: { "access-control-allow-origin": "https://a.example", vary: "Origin" },
          mediaTypes: ["application/json"],
        },
      },
    ]);
    expect(notes).toEqual([]);
  });

  test("names further origins back, as the CDK writes it", () => {
    const template = `#set($origin = $input.params().header.get("Origin"))
#if($origin == "")
  #set($origin = $input.params().header.get("origin"))
#end
#if($origin == "https://b.example" || $origin == "https://c.example:8443")
  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
#end`;
    const fixed = fixedOf(one({ ResponseTemplates: { "application/json": template } }));
    expect(fixed).toMatchObject({
      status: 200,
      origins: ["https://b.example", "https://c.example:8443"],
    });
    expect(fixed).not.toHaveProperty("body");
  });

  test("may have a text for a body", () => {
    expect(fixedOf(answering("hello"))).toMatchObject({
      status: 200,
      headers: { "content-type": "text/plain" },
      body: "hello",
    });
  });

  test("may be written as preflights are by hand", () => {
    const written = {
      PassthroughBehavior: "WHEN_NO_MATCH",
      ContentHandling: "CONVERT_TO_TEXT",
      IntegrationHttpMethod: "OPTIONS",
      RequestTemplates: {
        "application/json": "{statusCode:200}",
        "text/plain": "{'statusCode': 200 }",
      },
      ...one({ ResponseTemplates: { "application/json": "" } }),
    };
    expect(fixedOf(written)).toEqual({
      status: 200,
      headers: { "content-type": "application/json" },
      body: "",
      mediaTypes: ["application/json", "text/plain"],
    });
  });

  test("chooses its response by the status that the request's template says", () => {
    const status = (code: number) =>
      fixedOf({
        ...responses,
        RequestTemplates: { "application/json": `{"statusCode": ${code}}` },
      })?.status;
    expect([status(404), status(200), status(500)]).toEqual([404, 200, 200]);
  });

  test("chooses of several that fit the one of that status, else the first", () => {
    const patterned = (StatusCode: string, SelectionPattern: string) =>
      response({ StatusCode, SelectionPattern });
    const status = (...IntegrationResponses: object[]) =>
      fixedOf({ IntegrationResponses, RequestTemplates: { "a/b": '{"statusCode": 404}' } })?.status;
    const fits = patterned("200", "4\\d{1,2}");
    expect(status(fits, patterned("404", "404"))).toBe(404);
    expect(status(fits, patterned("204", "404"))).toBe(200);
  });

  test("may say of responses what becomes of their bytes", () => {
    const [, missing] = responses.IntegrationResponses;
    const handled = [
      response({ ContentHandling: "CONVERT_TO_TEXT" }),
      { ...missing, ContentHandling: "CONVERT_TO_BINARY" },
    ];
    expect(fixedOf({ IntegrationResponses: handled })?.status).toBe(200);
  });

  test("refuses bodies of other types, where that is said", () => {
    expect(fixedOf({ PassthroughBehavior: "NEVER" })?.otherTypes).toBe("refused");
    expect(fixedOf({ PassthroughBehavior: "WHEN_NO_MATCH" })).not.toHaveProperty("otherTypes");
  });

  test("is named where AWS would fail because of binary bodies", () => {
    const notesOf = (integration: object, BinaryMediaTypes: string[]) =>
      applicationOf(withMock(integration, { BinaryMediaTypes })).notes.join();
    expect(notesOf({}, ["*/*"])).toContain("'OPTIONS /' would answer 500 on AWS");
    expect(notesOf({ ContentHandling: "CONVERT_TO_TEXT" }, ["*/*"])).toBe("");
    expect(notesOf({}, ["image/png"])).toBe("");
  });
});

describe("a MOCK is refused", () => {
  const vtl = { "application/json": '#set($a = 1){"statusCode": 200}' };
  const codes = {
    "application/json": '{"statusCode": 200}',
    "text/plain": '{"statusCode": 404}',
  };
  const mapped = (name: string, value: string) => ({
    IntegrationResponses: [{ StatusCode: "204", ResponseParameters: { [name]: value } }],
  });
  const allowed = parameter("Access-Control-Allow-Origin");

  test.each([
    ["without a status", { RequestTemplates: {} }, "a MOCK needs 'RequestTemplates'"],
    ["with logic in its request", { RequestTemplates: vtl }, "no other is implemented"],
    ["with two statuses", { RequestTemplates: codes }, "that say several statuses"],
    ["without a response", { IntegrationResponses: [] }, "one of 'IntegrationResponses' for"],
    [
      "with a pattern that does not fit alone",
      one({ SelectionPattern: "5.." }),
      "a MOCK needs one of 'IntegrationResponses' for the status 200",
    ],
    ["with a pattern that is none", one({ SelectionPattern: "(" }), "'(' is no pattern"],
    [
      "with a status that the method does not have",
      { IntegrationResponses: [{ StatusCode: "201" }] },
      "'MethodResponses' has no status 201",
    ],
    [
      "with a header that the method does not have",
      mapped(parameter("X-Own"), "'a'"),
      "'method.response.header.X-Own' is not in 'ResponseParameters' of the method's 204",
    ],
    ["with a header that is mapped", mapped(allowed, "context.path"), "'context.path' is not a"],
    [
      "with a header of the connection",
      mapped(parameter("Content-Length"), "'1'"),
      "'content-length' is the connection's, not the API's to say",
    ],
    ["with a header out of ASCII", mapped(allowed, "'\u00e9'"), "is not a text in printable ASCII"],
    ["with a status that is none", { IntegrationResponses: [{ StatusCode: "99" }] }, "'99' is not"],
    ["with logic in its answer", answering("$context.requestId"), "template is not implemented"],
    [
      "with a choice of answers",
      one({ ResponseTemplates: { "text/plain": "a", "text/html": "b" } }),
      "a choice between templates",
    ],
    [
      "with bytes for the body of the response that is chosen",
      one({ ContentHandling: "CONVERT_TO_BINARY" }),
      "'ContentHandling: CONVERT_TO_BINARY' is not implemented",
    ],
    [
      "with bytes for a body",
      { ContentHandling: "CONVERT_TO_BINARY" },
      "'ContentHandling: CONVERT_TO_BINARY' is not implemented",
    ],
  ])("%s", (_, integration, told) => {
    expect(problemsOf(withMock(integration)).join("\n")).toContain(told);
  });
});

import { describe, expect, test } from "bun:test";
import type { HttpApiDefinition } from "./definition.ts";
import { checkRoutePath, createRouteFinder } from "./routes.ts";

function find(kind: HttpApiDefinition["kind"], routes: string[], request: string) {
  const split = (text: string) => text.split(" ") as [string, string];
  const finder = createRouteFinder({
    name: "Web",
    apiId: "abcdefghij",
    kind,
    stage: "$default",
    routes: routes.map((text) => {
      const [method, path] = split(text);
      return { method, path, functionName: "f" };
    }),
  });
  const found = finder(...split(request));
  if (found === undefined || found === "malformed") return found;
  return [`${found.route.method} ${found.route.path}`, found.parameters];
}

const many = [
  "ANY $default",
  "ANY /{proxy+}",
  "GET /pets/{id}",
  "ANY /pets/{id}",
  "GET /pets/dog",
  "GET /pets/{id}/toys/{toy}",
  "GET /pets/{rest+}",
  "GET /",
];

describe("an HTTP API", () => {
  test.each([
    ["GET /", "GET /", {}],
    ["POST /", "ANY $default", {}],
    ["GET /pets/dog", "GET /pets/dog", {}],
    ["POST /pets/dog", "ANY /pets/{id}", { id: "dog" }],
    ["GET /pets/cat", "GET /pets/{id}", { id: "cat" }],
    ["GET /pets/a%2Fb", "GET /pets/{id}", { id: "a/b" }],
    ["GET /pets/gr%C3%B6%C3%9Fer", "GET /pets/{id}", { id: "größer" }],
    ["GET /pets/1/toys/2", "GET /pets/{id}/toys/{toy}", { id: "1", toy: "2" }],
    ["GET /pets/1/2/3", "GET /pets/{rest+}", { rest: "1/2/3" }],
    ["POST /pets/1/2/3", "ANY /{proxy+}", { proxy: "pets/1/2/3" }],
    ["GET /c%2B%2B", "ANY /{proxy+}", { proxy: "c++" }],
    ["HEAD /my%20room", "ANY /{proxy+}", { proxy: "my room" }],
  ])("routes %s to %s", (request, route, parameters) => {
    expect(find("http", many, request)).toEqual([route, parameters]);
  });

  test("takes a full match before a greedy one, and the more specific of two greedy ones", () => {
    const routes = ["ANY /{proxy+}", "ANY /lit/{proxy+}", "GET /{a}/b", "ANY /{a}/{b}/{rest+}"];
    expect(find("http", routes, "GET /lit/b")).toEqual(["GET /{a}/b", { a: "lit" }]);
    expect(find("http", routes, "PUT /lit/b")).toEqual(["ANY /lit/{proxy+}", { proxy: "b" }]);
    const found = ["ANY /{a}/{b}/{rest+}", { a: "a", b: "b", rest: "c" }];
    expect(find("http", routes, "GET /a/b/c")).toEqual(found);
    expect(find("rest", routes, "GET /lit/b")).toEqual(["ANY /lit/{proxy+}", { proxy: "b" }]);
  });

  test("has no route without a default, and none for a path that is not encoded", () => {
    expect(find("http", ["GET /a"], "GET /b")).toBeUndefined();
    expect(find("http", ["GET /a"], "HEAD /a")).toBeUndefined();
    expect(find("http", ["ANY /{proxy+}"], "GET /")).toBeUndefined();
    expect(find("http", many, "GET /100%")).toBe("malformed");
  });
});

describe("a REST API", () => {
  const routes = [
    "ANY /{proxy+}",
    "GET /jobs/{id}",
    "OPTIONS /cors",
    "GET /users/{id}",
    "PATCH /users/me",
    "GET /things/real",
    "ANY /things/{proxy+}",
  ];

  test.each([
    ["GET /jobs/1", "GET /jobs/{id}", { id: "1" }],
    ["POST /jobs/1", "ANY /{proxy+}", { proxy: "jobs/1" }],
    ["GET /jobs", "ANY /{proxy+}", { proxy: "jobs" }],
    ["GET /cors", "ANY /{proxy+}", { proxy: "cors" }],
    ["OPTIONS /cors", "OPTIONS /cors", {}],
    ["PATCH /users/me", "PATCH /users/me", {}],
    ["GET /users/me", "GET /users/{id}", { id: "me" }],
    ["GET /things/real", "GET /things/real", {}],
    ["POST /things/real", "ANY /things/{proxy+}", { proxy: "real" }],
    ["GET /jobs/1/", "GET /jobs/{id}", { id: "1" }],
  ])("routes %s to %s, by path and method together", (request, route, parameters) => {
    expect(find("rest", routes, request)).toEqual([route, parameters]);
  });

  test("has no route where no path has the method, nor for the root beside a greedy one", () => {
    expect(find("rest", ["GET /pets", "PUT /{id}"], "POST /pets")).toBeUndefined();
    expect(find("rest", routes, "GET /")).toBeUndefined();
  });
});

test("paths that could never be routed by are told apart", () => {
  for (const sound of ["/", "/a/{b}", "/a/{b+}", "$default"]) {
    expect(checkRoutePath(sound)).toBeUndefined();
  }
  expect(checkRoutePath("a")).toBe("does not begin with a slash");
  expect(checkRoutePath("/{a+}/b")).toBe("has a greedy variable that is not at its end");
  expect(checkRoutePath("/a{b}")).toBe("has a brace inside a segment");
});

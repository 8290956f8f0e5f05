import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type PolicyUse, parsePolicyDocument } from "../mod.ts";

const allow = { Effect: "Allow", Action: "iot:Publish", Resource: "*" };

function problemsOf(value: unknown, use?: PolicyUse): string[] {
  const result = parsePolicyDocument(value, use);
  return result.ok ? [] : result.problems.map((p) => `${p.path.join(".")}: ${p.message}`);
}

test("single values and lists give the same document", () => {
  const single = parsePolicyDocument({ Version: "2012-10-17", Statement: allow });
  const listed = parsePolicyDocument({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["iot:Publish"], Resource: ["*"] }],
  });
  expect(single).toEqual(listed);
  expect(single).toEqual({
    ok: true,
    document: {
      version: "2012-10-17",
      statements: [
        {
          effect: "Allow",
          actions: { not: false, patterns: ["iot:Publish"] },
          resources: { not: false, patterns: ["*"] },
          conditions: [],
        },
      ],
    },
  });
});

test("a document without a version has the old one, in which variables are plain text", () => {
  const result = parsePolicyDocument({ Statement: [] });
  expect(result.ok && result.document.version).toBe("2008-10-17");
});

test("operators are taken apart into set, name and suffix", () => {
  const result = parsePolicyDocument({
    Statement: {
      ...allow,
      Condition: {
        "ForAllValues:StringEquals": { "iot:ConnectAttributes": [] },
        "ForAnyValue:StringLikeIfExists": { "aws:TagKeys": ["a*", "b"] },
        Bool: { "iot:Connection.Thing.IsAttached": true },
        NumericLessThanEquals: { "aws:MultiFactorAuthAge": 3600 },
        Null: { "iot:ClientId": "false" },
      },
    },
  });
  expect(result.ok && result.document.statements[0]?.conditions).toEqual([
    {
      operator: "StringEquals",
      set: "all",
      ifExists: false,
      key: "iot:ConnectAttributes",
      values: [],
    },
    { operator: "StringLike", set: "any", ifExists: true, key: "aws:TagKeys", values: ["a*", "b"] },
    { operator: "Bool", ifExists: false, key: "iot:Connection.Thing.IsAttached", values: ["true"] },
    {
      operator: "NumericLessThanEquals",
      ifExists: false,
      key: "aws:MultiFactorAuthAge",
      values: ["3600"],
    },
    { operator: "Null", ifExists: false, key: "iot:ClientId", values: ["false"] },
  ]);
});

test("principals come by kind, and `*` stands for every account", () => {
  const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" };
  const any = parsePolicyDocument({ Statement: { ...statement, Principal: "*" } });
  const service = parsePolicyDocument({
    Statement: {
      ...statement,
      Effect: "Deny",
      NotPrincipal: { Service: "cloudfront.amazonaws.com" },
    },
  });
  expect(any.ok && any.document.statements[0]?.principals).toEqual({
    not: false,
    byKind: { AWS: ["*"] },
  });
  expect(service.ok && service.document.statements[0]?.principals).toEqual({
    not: true,
    byKind: { Service: ["cloudfront.amazonaws.com"] },
  });
});

describe("problems have a path and a reason", () => {
  const cases: [name: string, value: unknown, problems: string[]][] = [
    ["no document", "text", [": a map is needed, not a string"]],
    ["no statement", {}, [": 'Statement' is missing"]],
    [
      "a version that does not exist",
      { Version: "2012-10-18", Statement: [] },
      ["Version: '2012-10-18' is not one of 2008-10-17, 2012-10-17"],
    ],
    ["an unknown element", { Statement: [], Rule: 1 }, ["Rule: unknown element 'Rule'"]],
    [
      "an empty statement",
      { Statement: [{}] },
      ["Statement.0: 'Effect' is missing", "Statement.0: 'Action' or 'NotAction' is missing"],
    ],
    [
      "names in another case",
      { Statement: { effect: "Allow", Effect: "allow", Action: "*" } },
      [
        "Statement.effect: unknown element 'effect' (did you mean 'Effect'?)",
        "Statement.Effect: 'allow' is not one of Allow, Deny",
      ],
    ],
    [
      "what is no action and no resource",
      { Statement: { Effect: "Deny", Action: ["publish", "iot:*"], Resource: "topic/a" } },
      [
        "Statement.Action.0: 'publish' is not 'service:Action' or '*'",
        "Statement.Resource: 'topic/a' is not an ARN or '*'",
      ],
    ],
    [
      "both halves of a pair",
      { Statement: { ...allow, NotResource: "*" } },
      ["Statement.NotResource: 'Resource' and 'NotResource' exclude each other"],
    ],
    [
      "an operator that does not exist",
      { Statement: { ...allow, Condition: { StringEqual: { "a:b": "c" } } } },
      [
        "Statement.Condition.StringEqual: there is no condition operator 'StringEqual' (did you mean 'StringEquals'?)",
      ],
    ],
    [
      "Null with IfExists",
      { Statement: { ...allow, Condition: { NullIfExists: { a: "true" } } } },
      [
        "Statement.Condition.NullIfExists: there is no condition operator 'NullIfExists': 'Null' stands alone",
      ],
    ],
    [
      "a value the operator cannot compare",
      { Statement: { ...allow, Condition: { Bool: { "a:b": "maybe" } } } },
      ["Statement.Condition.Bool.a:b: 'Bool' cannot compare: 'maybe' is not true or false"],
    ],
    [
      "an empty list of actions",
      { Statement: { Effect: "Allow", Action: [] } },
      ["Statement.Action: the list is empty"],
    ],
  ];
  for (const [name, value, problems] of cases) {
    test(name, () => expect(problemsOf(value)).toEqual(problems));
  }
});

test("what a statement must name depends on where the document is attached", () => {
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "a.com" } };
  expect(problemsOf({ Statement: allow }, "identity")).toEqual([]);
  expect(problemsOf({ Statement: trust }, "trust")).toEqual([]);
  expect(problemsOf({ Statement: { ...trust, Resource: "*" } }, "resource")).toEqual([]);
  expect(problemsOf({ Statement: trust }, "identity")).toEqual([
    "Statement.Principal: a policy of an identity names no principal",
    "Statement: 'Resource' or 'NotResource' is missing",
  ]);
  expect(problemsOf({ Statement: allow }, "trust")).toEqual([
    "Statement: 'Principal' or 'NotPrincipal' is missing",
    "Statement.Resource: a policy about who may take a role names no resource",
  ]);
});

test("any JSON value gives a document or problems, and never throws", () => {
  const element = fc.constantFrom("Version", "Statement", "Effect", "Action", "Condition", "Null");
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(element, tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(value, (document) => {
      const result = parsePolicyDocument(document);
      return result.ok || result.problems.length > 0;
    }),
  );
});

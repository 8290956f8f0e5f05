import { describe, expect, test } from "bun:test";
import {
  compilePolicy,
  explain,
  type PolicyRequest,
  type PolicySet,
  parsePolicyDocument,
} from "../mod.ts";

const arn = "arn:aws:iot:eu-central-1:111122223333:";
const client = `$\{iot:ClientId}`;

function setOf(statement: object | object[], version = "2012-10-17"): PolicySet {
  const parsed = parsePolicyDocument({ Version: version, Statement: statement }, "iot");
  if (!parsed.ok) throw new Error(parsed.problems[0]!.message);
  return { identity: [compilePolicy("Guest", parsed.document)] };
}

const allow = (action: string, resource: string, members: object = {}): object => ({
  Effect: "Allow",
  Action: action,
  Resource: arn + resource,
  ...members,
});

function ask(action: string, resource: string, keys = {}): PolicyRequest {
  return { action, resource: arn + resource, keys };
}

describe("an explanation", () => {
  const publish = ask("iot:Publish", "topic/a", { "aws:SourceIp": "192.0.2.1" });

  test("says in one sentence what decided", () => {
    const set = setOf([
      allow("iot:*", "topic/*"),
      { ...allow("iot:*", "topic/a"), Effect: "Deny", Sid: "No" },
    ]);
    expect(explain(set, ask("iot:Publish", "topic/b")).sentence).toBe(
      "'iot:Publish' is allowed by statement 0 of 'Guest' in the policies of the identity",
    );
    expect(explain(set, publish).sentence).toBe(
      "'iot:Publish' is refused: statement 1 (No) of 'Guest' in the policies of the identity denies it",
    );
    const explained = explain({ ...set, session: [] }, ask("iot:Publish", "topic/b"));
    expect(explained.sentence).toBe(
      "'iot:Publish' is refused: no 'Allow' in the session policy matches",
    );
    expect(explained.remedy?.sentence).toBe(
      "take the role with this in 'Policy', or with none; a guest, in the classic flow",
    );
  });

  test.each([
    [allow("iot:Receive", "topic/a"), "'iot:Publish' does not match 'Action': 'iot:Receive'"],
    [allow("iot:Publish", "topic/b"), `'${arn}topic/a' does not match 'Resource': '${arn}topic/b'`],
    [
      { Effect: "Allow", NotAction: ["iot:P*", "iot:Connect"], Resource: "*" },
      "'NotAction' excepts 'iot:Publish': 'iot:P*' or 'iot:Connect'",
    ],
    [
      allow("iot:Publish", "topic/a", {
        Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
      }),
      "'aws:SourceIp' is '192.0.2.1', and 'IpAddress' compares it with '10.0.0.0/8'",
    ],
    [
      allow("iot:Publish", "topic/a", {
        Condition: { StringLike: { "aws:username": ["a*", "b"] } },
      }),
      "'aws:username' is absent, and 'StringLike' compares it with 'a*', 'b'",
    ],
    [allow("iot:Publish", "topic/*"), "it matches"],
  ])("%j: %s", (statement, why) => {
    expect(explain(setOf(statement), publish).statements[0]!.why).toBe(why);
  });

  test("shows every part, what variables became, and what was compared", () => {
    const condition = { Condition: { "ForAnyValue:StringEquals": { "aws:TagKeys": ["x"] } } };
    const set = setOf(allow("iot:Publish", `topic/${client}`, condition));
    const keys = { "iot:ClientId": "c1", "aws:TagKeys": ["y", "z"] };
    const [report] = explain(set, ask("iot:Publish", "topic/c1", keys)).statements;
    expect(report).toMatchObject({
      pointer: "/Statement/0",
      matches: false,
      decides: false,
      action: { matches: true },
      resource: {
        matches: true,
        patterns: [{ pattern: `${arn}topic/${client}`, becomes: `${arn}topic/c1`, unresolved: [] }],
      },
      conditions: [
        { operator: "ForAnyValue:StringEquals", values: ["x"], given: ["y", "z"], holds: false },
      ],
    });
  });
});

test("the keys that a request lacks are named once each", () => {
  const secure = { Condition: { Bool: { "aws:SecureTransport": "true" } } };
  const set = setOf([
    allow("iot:Publish", `topic/${client}`, secure),
    allow("iot:Publish", `topic/x/${client}`),
    allow("iot:Receive", `topic/$\{aws:username}`),
  ]);
  const missing = (keys: object): readonly string[] =>
    explain(set, ask("iot:Publish", "topic/c1", keys)).missingKeys;
  expect(missing({})).toEqual(["iot:ClientId", "aws:SecureTransport"]);
  expect(missing({ "iot:ClientId": "c1" })).toEqual(["aws:SecureTransport"]);
});

describe("a hint is given when", () => {
  const hintOf = (statement: object, request: PolicyRequest, version?: string) =>
    explain(setOf(statement, version), request).statements[0]!.hint;

  test.each([
    [
      allow("iot:Publish", `topic/${client}`),
      ask("iot:Publish", "topic/c1"),
      `the request has nothing for '${client}'`,
    ],
    [
      allow("iot:Subscribe", "topic/a"),
      ask("iot:Subscribe", "topicfilter/a"),
      "subscribing is about 'topicfilter/...', and this pattern about 'topic/...'",
    ],
    [
      allow("iot:Receive", "topicfilter/a/*"),
      ask("iot:Receive", "topic/a/b"),
      "messages are about 'topic/...', and this pattern about 'topicfilter/...'",
    ],
    [
      allow("iot:Receive", "topic/a/+/c"),
      ask("iot:Receive", "topic/a/b/c"),
      "'#' and '+' are plain characters in a policy; its wildcard is '*'",
    ],
    [
      allow("iot:Publish", "topic/A"),
      ask("iot:Publish", "topic/a"),
      "only upper and lower case differ",
    ],
    [
      { Effect: "Allow", Action: "iot:*", Resource: "arn:aws:iot:us-east-1:111122223333:topic/a" },
      ask("iot:Publish", "topic/a"),
      "only the region or the account differs",
    ],
    [allow("iot:Publish", "topic/b"), ask("iot:Publish", "topic/a"), undefined],
    [allow("iot:Receive", "topic/A"), ask("iot:Publish", "topic/a"), undefined],
  ])("%j is asked %j", (statement, request, hint) => {
    expect(hintOf(statement, request)).toBe(hint!);
  });

  test("a variable stands in a document of the old version", () => {
    const request = ask("iot:Publish", "topic/c1", { "iot:ClientId": "c1" });
    expect(hintOf(allow("iot:Publish", `topic/${client}`), request, "2008-10-17")).toBe(
      `'${client}' is plain text in a document whose 'Version' is not 2012-10-17`,
    );
  });
});

describe("a remedy", () => {
  test("is the smallest statement, with its characters made harmless", () => {
    const { remedy } = explain(setOf([]), ask("iot:Publish", `topic/a*b?$\{x}/$aws`));
    expect(remedy).toEqual({
      sentence: "add it to the policies of the identity",
      add: {
        list: "identity",
        statement: {
          Effect: "Allow",
          Action: "iot:Publish",
          Resource: `${arn}topic/a$\{*}b$\{?}$\{$}{x}/$aws`,
        },
      },
    });
  });

  test("against a Deny names the statement that has to change", () => {
    const set = setOf({ ...allow("iot:*", "*"), Effect: "Deny" });
    expect(explain(set, ask("iot:Publish", "topic/a")).remedy).toEqual({
      sentence:
        "no 'Allow' helps against a 'Deny': narrow statement 0 of 'Guest' in the policies of the identity",
    });
  });

  test("is not needed for what is allowed", () => {
    const { remedy } = explain(setOf(allow("iot:*", "*")), ask("iot:Publish", "topic/a"));
    expect(remedy).toBeUndefined();
  });
});

import { expect, test } from "bun:test";
import { ManualClock, utf8 } from "../../base/mod.ts";
import {
  readClaim,
  SigningKeys,
  signableRequest,
  signatureProblem,
  signedHeaders,
} from "../mod.ts";

const host = "127.0.0.1:8000";
const body = '{"TableName":"lines"}';
const clock = new ManualClock();

function signed(secretAccessKey: string, sessionToken?: string): Request {
  const headers = {
    "x-amz-target": "DynamoDB_20120810.DescribeTable",
    "content-type": "application/x-amz-json-1.0",
  };
  const post = { host, region: "eu-central-1", service: "dynamodb", headers, body };
  const credentials = { accessKeyId: "AK", secretAccessKey, sessionToken };
  const all = signedHeaders(post, credentials, clock.now());
  return new Request(`http://${host}/`, { method: "POST", headers: all, body: "" });
}

function problemOf(sent: Request, secretAccessKey: string): string | undefined {
  const request = signableRequest(sent);
  const read = readClaim(request);
  if (!read?.ok) throw new Error("no claim");
  const evidence = { request, claim: read.claim, secretAccessKey, body: utf8(body) };
  return signatureProblem(evidence, { keys: new SigningKeys(), clock })?.message;
}

test("what we sign is what we would believe, with and without a session's token", () => {
  expect(problemOf(signed("secret"), "secret")).toBeUndefined();
  expect(problemOf(signed("secret", "token+/="), "secret")).toBeUndefined();
  expect(problemOf(signed("secret"), "another")).toContain("does not match");
  expect(signed("secret", "token").headers.get("x-amz-security-token")).toBe("token");
});

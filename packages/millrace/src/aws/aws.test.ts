import { expect, test } from "bun:test";
import { decodeLabel, formatArn, parseArn, parseTarget, restTarget, signedService } from "./mod.ts";

test.each([
  "arn:aws:lambda:eu-central-1:123456789012:function:greet:$LATEST",
  "arn:aws:s3:::bucket/key:with:colons",
])("%s is taken apart and put together", (text) => {
  expect(formatArn(parseArn(text)!)).toBe(text);
});

test.each(["", "greet", "arn:aws:lambda:eu-central-1:1", "arn:aws:s3:::"])(
  "%p is no ARN",
  (text) => {
    expect(parseArn(text)).toBeUndefined();
  },
);

test("an operation stands after the last dot of its target", () => {
  expect(parseTarget("DynamoDB_20120810.PutItem")).toEqual({
    service: "DynamoDB_20120810",
    operation: "PutItem",
  });
  expect(parseTarget("PutItem")).toBeUndefined();
  expect(parseTarget(null)).toBeUndefined();
});

test("a path stays as it was sent", () => {
  const { path, query } = restTarget("http://127.0.0.1:4566/topics/a%2Fb//../c?qos=1&x=%20");
  expect(path).toBe("/topics/a%2Fb//../c");
  expect([...query]).toEqual([
    ["qos", "1"],
    ["x", " "],
  ]);
  expect(restTarget("http://127.0.0.1:4566").path).toBe("/");
});

test("a label is decoded once, or not at all", () => {
  expect(decodeLabel("50%2525")).toBe("50%25");
  expect(decodeLabel("%FF")).toBeUndefined();
});

test("the service of a signature is found", () => {
  const scope = "AKIDEXAMPLE/20260101/eu-central-1/iotdata/aws4_request";
  expect(signedService(`AWS4-HMAC-SHA256 Credential=${scope}, Signature=00`)).toBe("iotdata");
  expect(signedService(null)).toBeUndefined();
});

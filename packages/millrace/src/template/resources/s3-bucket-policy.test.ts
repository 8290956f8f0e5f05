import { expect, test } from "bun:test";
import { readTemplate } from "../mod.ts";

function read(statement: string) {
  const text = `Resources:
  Files:
    Type: AWS::S3::Bucket
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Files
      PolicyDocument: { Version: "2012-10-17", Statement: [${statement}] }
`;
  const result = readTemplate(text, {
    path: "template.yaml",
    stackName: "test",
    parameters: {},
    region: "eu-central-1",
    accountId: "111122223333",
  });
  return result.ok
    ? { notes: result.application.notes.join() }
    : result.problems.map(({ message }) => message);
}

const whole = 'Effect: Deny, Principal: "*", Action: s3:PutObject';

/** [S3: policy keys; IAM: variables, aws:username] */
test.each([
  `{ ${whole}, Resource: "arn:aws:s3:::files/*", Condition: { "Null": { s3:x-amz-acl: true } } }`,
  `{ ${whole}, Resource: "arn:aws:s3:::files/home/\${aws:username}/*" }`,
  `{ ${whole}, Resource: "*", Condition: { StringNotLike: { aws:Referer: "https://a.test/*" } } }`,
])("a bucket's policy, which nobody asks, may ask for whatever requests have on AWS: %s", (one) => {
  expect(read(one)).toEqual({
    notes: expect.stringContaining("not enforced yet: bucket policies"),
  });
});

test("what is no policy is refused all the same", () => {
  expect(read(`{ ${whole} }`)).toEqual(["'Resource' or 'NotResource' is missing"]);
});

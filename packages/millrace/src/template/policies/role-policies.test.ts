import { describe, expect, test } from "bun:test";
import { compilePolicy, evaluate } from "../../policy/mod.ts";
import { createSurroundings } from "../surroundings.ts";
import { managedPolicyNames } from "./managed-policies.ts";
import { readManagedPolicy, readPolicyTemplate } from "./role-policies.ts";
import { policyTemplates } from "./sam-policies.ts";

const surroundings = createSurroundings({
  stackName: "s",
  region: "eu-central-1",
  accountId: "111122223333",
});
const dynamodb = "arn:aws:dynamodb:eu-central-1:111122223333:table";

function mayDo(policy: ReturnType<typeof readManagedPolicy>, action: string, resource: string) {
  if (typeof policy === "string") throw new Error(policy);
  const identity = [compilePolicy(policy.name, policy.document)];
  return evaluate({ identity }, { action, resource }).outcome === "allowed";
}

describe("SAM's policy templates", () => {
  test.each(Object.entries(policyTemplates))("%s is a right document", (name, { parameters }) => {
    const given = Object.fromEntries(parameters.map((one) => [one, `my${one}`]));
    if (parameters.includes("SecretArn")) {
      given.SecretArn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a";
    }
    const read = readPolicyTemplate(name, given, surroundings);
    expect(read).toBeObject();
    expect(JSON.stringify(read)).not.toMatch(/\{\w+\}|undefined/);
  });

  test("say what they allow and nothing else", () => {
    const crud = readPolicyTemplate("DynamoDBCrudPolicy", { TableName: "Lines" }, surroundings);
    expect(mayDo(crud, "dynamodb:UpdateItem", `${dynamodb}/Lines`)).toBe(true);
    expect(mayDo(crud, "dynamodb:Query", `${dynamodb}/Lines/index/by-time`)).toBe(true);
    expect(mayDo(crud, "dynamodb:UpdateItem", `${dynamodb}/Others`)).toBe(false);
    expect(mayDo(crud, "dynamodb:DeleteTable", `${dynamodb}/Lines`)).toBe(false);
    const read = readPolicyTemplate("DynamoDBReadPolicy", { TableName: "Lines" }, surroundings);
    expect(mayDo(read, "dynamodb:PutItem", `${dynamodb}/Lines`)).toBe(false);
    const bucket = readPolicyTemplate("S3ReadPolicy", { BucketName: "b" }, surroundings);
    expect(mayDo(bucket, "s3:GetObject", "arn:aws:s3:::b/some/key")).toBe(true);
  });

  test("are refused by name for what is wrong with them", () => {
    const read = (name: string, given: object) =>
      readPolicyTemplate(name, given as Record<string, unknown>, surroundings);
    expect(read("DynamoDBCrudPolici", {})).toContain("(did you mean 'DynamoDBCrudPolicy'?)");
    expect(read("DynamoDBCrudPolicy", {})).toContain("needs 'TableName', a text");
    expect(read("DynamoDBCrudPolicy", { TableName: "a", Index: "b" })).toContain("'Index'");
    expect(read("toString", {})).toContain("is not implemented");
  });
});

describe("managed policies", () => {
  test.each([...managedPolicyNames])("%s is known by name and by ARN", (name) => {
    expect(readManagedPolicy(name)).toBeObject();
    expect(readManagedPolicy(`arn:aws:iam::aws:policy/service-role/${name}`)).toBeObject();
  });

  test("say what they allow and nothing else", () => {
    const read = readManagedPolicy("AmazonDynamoDBReadOnlyAccess");
    expect(mayDo(read, "dynamodb:DescribeTable", `${dynamodb}/Lines`)).toBe(true);
    expect(mayDo(read, "dynamodb:PutItem", `${dynamodb}/Lines`)).toBe(false);
  });

  test("that are not implemented are refused by name", () => {
    expect(readManagedPolicy("arn:aws:iam::aws:policy/AWSIoTDataAcess")).toBe(
      "the managed policy 'arn:aws:iam::aws:policy/AWSIoTDataAcess' is not implemented" +
        " (did you mean 'AWSIoTDataAccess'?)",
    );
  });
});

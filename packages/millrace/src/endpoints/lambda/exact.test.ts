import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import * as lambda from "@aws-sdk/client-lambda";
import { zipOf } from "../zip-fixture.ts";
import {
  answering,
  begin,
  create,
  fetchRaw,
  finish,
  invoke,
  refusalOf,
  role,
  send,
} from "./lambda-fixture.ts";

beforeAll(begin);
afterAll(finish);

const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:111122223333:function:${name}`;
const functions = "/2015-03-31/functions";
const violation = (what: string) => `1 validation error detected: Value ${what}`;
const must = " failed to satisfy constraint: Member must";
const names =
  "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?" +
  "([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";
const pattern = (text: string) => `${must} satisfy regular expression pattern: ${text}`;
const alias = `${functions}/fixed/aliases`;
const policy = `${functions}/fixed/policy`;

const invalidRequests: [string, string, object | undefined, string][] = [
  ["GET", `${functions}/a%20b`, undefined, violation(`'a b' at 'functionName'${pattern(names)}`)],
  [
    "POST",
    `${functions}/a.b/invocations`,
    {},
    violation(`'a.b' at 'functionName'${pattern(names)}`),
  ],
  [
    "POST",
    `${functions}/fixed/invocations?Qualifier=a%20b`,
    {},
    violation(`'a b' at 'qualifier'${pattern("(|[a-zA-Z0-9$_-]+)")}`),
  ],
  [
    "POST",
    functions,
    { FunctionName: "x".repeat(65), Role: role, Code: {} },
    violation(`'${"x".repeat(65)}' at 'functionName'${must} have length less than or equal to 64`),
  ],
  [
    "POST",
    functions,
    { FunctionName: "f", Role: "me", Timeout: 0 },
    "3 validation errors detected: " +
      `Value 'me' at 'role'${pattern("arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+")}; ` +
      `Value null at 'code'${must} not be null; ` +
      `Value '0' at 'timeout'${must} have value greater than or equal to 1`,
  ],
  [
    "PUT",
    `${functions}/fixed/configuration`,
    { Environment: { Variables: { "A-B": "secret" } } },
    "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: " +
      "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: " +
      "[a-zA-Z]([a-zA-Z0-9_])+]",
  ],
  [
    "PUT",
    `${functions}/fixed/configuration`,
    { Handler: "a b" },
    violation(`'a b' at 'handler'${pattern("[^\\s]+")}`),
  ],
  [
    "PUT",
    `${functions}/fixed/configuration`,
    { LoggingConfig: { LogFormat: "XML" } },
    violation(`'XML' at 'loggingConfig.logFormat'${must} satisfy enum value set: [JSON, Text]`),
  ],
  [
    "POST",
    alias,
    { Name: "12", FunctionVersion: "$LATEST" },
    violation(`'12' at 'name'${pattern("(?!^[0-9]+$)([a-zA-Z0-9-_]+)")}`),
  ],
  ["POST", alias, { Name: "live" }, violation(`null at 'functionVersion'${must} not be null`)],
  [
    "PUT",
    `${alias}/live`,
    { FunctionVersion: "last" },
    violation(`'last' at 'functionVersion'${pattern("(\\$LATEST|[0-9]+)")}`),
  ],
  [
    "POST",
    policy,
    { StatementId: "s 1", Action: "invoke", Principal: "*" },
    `2 validation errors detected: Value 's 1' at 'statementId'${pattern("([a-zA-Z0-9-_]+)")}; ` +
      `Value 'invoke' at 'action'${pattern("(lambda:[*]|lambda:[a-zA-Z]+|[*])")}`,
  ],
  [
    "PUT",
    "/2017-10-31/functions/fixed/concurrency",
    {},
    violation(`null at 'reservedConcurrentExecutions'${must} not be null`),
  ],
  [
    "PUT",
    "/2019-09-30/functions/fixed/provisioned-concurrency",
    { ProvisionedConcurrentExecutions: 0 },
    `2 validation errors detected: Value null at 'qualifier'${must} not be null; ` +
      `Value '0' at 'provisionedConcurrentExecutions'${must} have value greater than or equal to 1`,
  ],
  [
    "GET",
    `${functions}/?MaxItems=0`,
    undefined,
    violation(`'0' at 'maxItems'${must} have value greater than or equal to 1`),
  ],
  [
    "GET",
    `${functions}/?FunctionVersion=SOME`,
    undefined,
    violation(`'SOME' at 'functionVersion'${must} satisfy enum value set: [ALL]`),
  ],
];

describe("what Lambda refuses before it looks is refused in its words:", () => {
  test.each(invalidRequests)("%s %s %p", async (method, path, body, message) => {
    const { status, type, text } = await fetchRaw(method, path, body);
    expect([status, type]).toEqual([400, "ValidationException"]);
    expect(JSON.parse(text)).toEqual({ message });
  });

  test("an empty qualifier is none", async () => {
    const { status, text } = await fetchRaw("POST", `${functions}/fixed/invocations?Qualifier=`);
    expect([status, JSON.parse(text)]).toEqual([200, [1, "$LATEST", arnOf("fixed")]]);
  });

  test("the headers of an invocation too", async () => {
    const path = `${functions}/fixed/invocations`;
    const command = (more: object) => new lambda.InvokeCommand({ FunctionName: "fixed", ...more });
    expect((await refusalOf(command({ InvocationType: "Later" })))[1]).toBe(
      violation(
        `'Later' at 'invocationType'${must} satisfy enum value set: [Event, RequestResponse, DryRun]`,
      ),
    );
    expect((await refusalOf(command({ LogType: "Head" })))[1]).toContain("'Head' at 'logType'");
    const notJson = await fetchRaw("POST", path, "{");
    expect([notJson.status, notJson.type]).toEqual([400, "InvalidRequestContentException"]);
  });
});

const refusals: [string, string, object | undefined, number, string, string][] = [
  [
    "POST",
    functions,
    { FunctionName: "f", Role: role, Code: {} },
    400,
    "InvalidParameterValueException",
    "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
  ],
  [
    "PUT",
    "/2019-09-30/functions/fixed/provisioned-concurrency?Qualifier=$LATEST",
    { ProvisionedConcurrentExecutions: 1 },
    400,
    "InvalidParameterValueException",
    "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
  ],
  [
    "PUT",
    "/2017-10-31/functions/fixed/concurrency",
    { ReservedConcurrentExecutions: 5000 },
    400,
    "InvalidParameterValueException",
    "Specified ReservedConcurrentExecutions for function decreases account's " +
      "UnreservedConcurrentExecution below its minimum value of [100].",
  ],
  [
    "POST",
    policy,
    { StatementId: "s", Action: "lambda:InvokeFunction", Principal: "somebody" },
    400,
    "InvalidParameterValueException",
    "The provided principal was invalid. Please check the principal and try again.",
  ],
  [
    "PUT",
    "/2019-09-25/functions/fixed/event-invoke-config",
    {},
    400,
    "InvalidParameterValueException",
    "You must specify at least one of error handling or destination setting.",
  ],
  [
    "PUT",
    "/2019-09-25/functions/fixed/event-invoke-config",
    { DestinationConfig: { OnFailure: { Destination: arnOf("fixed") } } },
    400,
    "InvalidParameterValueException",
    "You can't specify the function as a destination for itself.",
  ],
  [
    "POST",
    `/2017-03-31/tags/${encodeURIComponent(`${arnOf("fixed")}:live`)}`,
    { Tags: { a: "b" } },
    400,
    "InvalidParameterValueException",
    "Tags on function aliases and versions are not supported. Please specify either a function " +
      "name or an unqualified function ARN.",
  ],
];

const newAlias = (more: object) => ({ Name: "weighed", FunctionVersion: "1", ...more });
const weighed = (weights: object) => ({ RoutingConfig: { AdditionalVersionWeights: weights } });
const unweighable: [object, string][] = [
  [weighed({ "1": 0.5 }), "Invalid function version 1. Function version 1 is already included in"],
  [
    weighed({ "1": 0.5, "2": 0.5 }),
    "Number of items in AdditionalVersionWeights cannot be greater",
  ],
  [
    { FunctionVersion: "$LATEST", ...weighed({ "1": 0.5 }) },
    "$LATEST is not supported for an alias pointing to more than 1 version",
  ],
];

test.each(unweighable)("an alias with %p is refused in Lambda's words", async (more, message) => {
  const FunctionName = "weighable";
  await create(FunctionName, answering(1), { Publish: true }).catch(() => {}); // it is there
  const path = `${functions}/${FunctionName}/aliases`;
  const { status, text } = await fetchRaw("POST", path, newAlias(more));
  expect(status).toBe(400);
  expect(JSON.parse(text).message).toContain(message);
});

const notFound: [string, string, string][] = [
  ["GET", `${functions}/nobody`, `Function not found: ${arnOf("nobody")}`],
  ["GET", `${functions}/fixed?Qualifier=7`, `Function not found: ${arnOf("fixed")}:7`],
  ["DELETE", `${functions}/nobody`, `Function not found: ${arnOf("nobody")}`],
  ["GET", `${functions}/fixed/aliases/live`, `Cannot find alias arn: ${arnOf("fixed")}:live`],
  ["GET", policy, "The resource you requested does not exist."],
  ["DELETE", `${policy}/s1`, "No policy is associated with the given resource."],
  [
    "GET",
    "/2019-09-25/functions/fixed/event-invoke-config",
    `The function ${arnOf("fixed")}:$LATEST doesn't have an EventInvokeConfig`,
  ],
  ["GET", "/2021-10-31/functions/fixed/url", "The resource you requested does not exist."],
  ["GET", `/2017-03-31/tags/${arnOf("nobody")}`, `Function not found: ${arnOf("nobody")}`],
];

describe("what cannot be done is refused in Lambda's words:", () => {
  test.each(refusals)("%s %s %p", async (...given) => {
    const [method, path, body, expectedStatus, name, message] = given;
    const { status, type, text } = await fetchRaw(method, path, body);
    expect([status, type]).toEqual([expectedStatus, name]);
    expect(JSON.parse(text)).toEqual({ Type: "User", message });
  });

  test.each(notFound)("%s %s", async (method, path, Message) => {
    const { status, type, text } = await fetchRaw(method, path);
    expect([status, type]).toEqual([404, "ResourceNotFoundException"]);
    expect(JSON.parse(text)).toEqual({ Type: "User", Message });
  });

  test("a second URL, and a digest of other code", async () => {
    await create("named", answering(1));
    const FunctionName = "named";
    const url = new lambda.CreateFunctionUrlConfigCommand({ FunctionName, AuthType: "NONE" });
    await send(url);
    expect(await refusalOf(url)).toEqual([
      "ResourceConflictException",
      `Failed to create function url config for [functionArn = ${arnOf("named")}]. Error message:` +
        "  FunctionUrlConfig exists for this Lambda function",
      409,
    ]);
    const { CodeSha256 } = await send(new lambda.GetFunctionConfigurationCommand({ FunctionName }));
    const publish = new lambda.PublishVersionCommand({ FunctionName, CodeSha256: "other" });
    expect((await refusalOf(publish))[1]).toBe(
      "CodeSHA256 (other) is different from current CodeSHA256 in $LATEST " +
        `(${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  });
});

describe("what is told of a function", () => {
  test("has every member that Lambda tells, and its code's digest and size are the archive's", async () => {
    const zip = zipOf({ "app.js": answering(1) });
    const made = await create("told", answering(1), { Code: { ZipFile: zip }, Publish: true });
    const { $metadata, LastModified, RevisionId, Architectures, ...rest } = made;
    expect(rest).toEqual({
      FunctionName: "told",
      FunctionArn: `${arnOf("told")}:1`,
      Runtime: "nodejs22.x",
      Role: role,
      Handler: "app.handler",
      CodeSize: zip.length,
      CodeSha256: createHash("sha256").update(zip).digest("base64"),
      Description: "",
      Timeout: 3,
      MemorySize: 128,
      Version: "1",
      TracingConfig: { Mode: "PassThrough" },
      State: "Active",
      LastUpdateStatus: "Successful",
      PackageType: "Zip",
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
      RuntimeVersionConfig: {
        RuntimeVersionArn: "arn:aws:lambda:eu-central-1::runtime:nodejs22.x",
      },
      LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/told" },
    });
    expect(LastModified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
    expect(RevisionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  test("names the qualifier that was asked for; lists name every version", async () => {
    const FunctionName = "asked";
    await create(FunctionName, answering(1), { Publish: true });
    const live = { FunctionName, Name: "live", FunctionVersion: "1" };
    await send(new lambda.CreateAliasCommand(live));
    const ask = async (Qualifier?: string) => {
      const command = new lambda.GetFunctionConfigurationCommand({ FunctionName, Qualifier });
      const { FunctionArn, Version } = await send(command);
      const { Configuration } = await send(
        new lambda.GetFunctionCommand({ FunctionName, Qualifier }),
      );
      expect(Configuration.FunctionArn).toBe(FunctionArn);
      return [FunctionArn.slice(arnOf(FunctionName).length), Version];
    };
    expect(await ask()).toEqual(["", "$LATEST"]);
    expect(await ask("$LATEST")).toEqual([":$LATEST", "$LATEST"]);
    expect(await ask("1")).toEqual([":1", "1"]);
    expect(await ask("live")).toEqual([":live", "1"]);
    const versions = await send(new lambda.ListVersionsByFunctionCommand({ FunctionName }));
    const arns = versions.Versions.map((one: { FunctionArn: string }) => one.FunctionArn);
    expect(arns).toEqual([`${arnOf(FunctionName)}:$LATEST`, `${arnOf(FunctionName)}:1`]);
    const listed = await send(new lambda.ListFunctionsCommand({}));
    const own = listed.Functions.find(
      (one: { FunctionName: string }) => one.FunctionName === "asked",
    );
    expect(own.FunctionArn).toBe(arnOf(FunctionName));
    expect(own).not.toContainAnyKeys(["State", "LastUpdateStatus", "RuntimeVersionConfig"]);
  });

  test("is made from a partial or a whole ARN, with what tools send for nothing", async () => {
    const more = {
      TracingConfig: { Mode: "PassThrough" },
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: "None" },
      VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
      DeadLetterConfig: {},
      KMSKeyArn: "",
    };
    const made = await create(arnOf("whole"), answering(1), more);
    expect(made.FunctionName).toBe("whole");
    expect((await invoke("111122223333:function:whole")).result).toBe(1);
    expect(
      await refusalOf(new lambda.GetFunctionCodeSigningConfigCommand({ FunctionName: "whole" })),
    ).toEqual(["none", "", 0]);
  });
});

test("tags come with the function, change by its ARN, and go with it", async () => {
  const FunctionName = "tagged";
  const Resource = arnOf(FunctionName);
  await create(FunctionName, answering(1), { Tags: { team: "a", stage: "x" } });
  await send(new lambda.TagResourceCommand({ Resource, Tags: { stage: "y", tier: "1" } }));
  await send(new lambda.UntagResourceCommand({ Resource, TagKeys: ["team", "none"] }));
  const { Tags } = await send(new lambda.ListTagsCommand({ Resource }));
  expect(Tags).toEqual({ stage: "y", tier: "1" });
  const get = new lambda.GetFunctionCommand({ FunctionName });
  expect((await send(get)).Tags).toEqual(Tags);
  await send(new lambda.DeleteFunctionCommand({ FunctionName }));
  await create(FunctionName, answering(1));
  expect(await send(get)).not.toHaveProperty("Tags");
});

test("a permission is added and removed where the policy is still the one that was read", async () => {
  const FunctionName = "guarded";
  await create(FunctionName, answering(1));
  const add = (StatementId: string, RevisionId?: string) =>
    new lambda.AddPermissionCommand({
      FunctionName,
      StatementId,
      RevisionId,
      Action: "lambda:InvokeFunction",
      Principal: "s3.amazonaws.com",
    });
  await send(add("first"));
  const get = new lambda.GetPolicyCommand({ FunctionName });
  const { RevisionId } = await send(get);
  expect((await refusalOf(add("second", "other")))[2]).toBe(412);
  await send(add("second", RevisionId));
  const remove = (revision?: string) =>
    new lambda.RemovePermissionCommand({
      FunctionName,
      StatementId: "first",
      RevisionId: revision,
    });
  expect((await refusalOf(remove(RevisionId)))[0]).toBe("PreconditionFailedException");
  await send(remove((await send(get)).RevisionId));
  expect(JSON.parse((await send(get)).Policy).Statement).toHaveLength(1);
});

test("provisioned concurrency says when it was asked for, and is listed", async () => {
  const FunctionName = "warm";
  await create(FunctionName, answering(1), { Publish: true });
  const put = { FunctionName, Qualifier: "1", ProvisionedConcurrentExecutions: 1 };
  const asked = await send(new lambda.PutProvisionedConcurrencyConfigCommand(put));
  expect(asked.LastModified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/);
  const list = new lambda.ListProvisionedConcurrencyConfigsCommand({ FunctionName });
  expect((await send(list)).ProvisionedConcurrencyConfigs).toMatchObject([
    {
      FunctionArn: `${arnOf(FunctionName)}:1`,
      RequestedProvisionedConcurrentExecutions: 1,
      LastModified: asked.LastModified,
    },
  ]);
  await send(
    new lambda.DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: "1" }),
  );
  expect((await send(list)).ProvisionedConcurrencyConfigs).toEqual([]);
});

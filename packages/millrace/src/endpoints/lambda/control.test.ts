import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as lambda from "@aws-sdk/client-lambda";
import { textOf } from "../../base/mod.ts";
import { zipOf } from "../zip-fixture.ts";
import {
  answering,
  begin,
  close,
  create,
  fetchRaw,
  finish,
  invoke,
  open,
  refusalOf,
  role,
  send,
} from "./lambda-fixture.ts";

beforeAll(begin);
afterAll(finish);

describe("a function that is created", () => {
  test("is told, called, changed, and deleted", async () => {
    const made = await create("made", answering("one"), {
      Timeout: 7,
      Environment: { Variables: { STAGE: "test" } },
    });
    expect(made).toMatchObject({
      FunctionName: "made",
      FunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:made",
      Runtime: "nodejs22.x",
      Role: role,
      Timeout: 7,
      MemorySize: 128,
      Version: "$LATEST",
      State: "Active",
      Environment: { Variables: { STAGE: "test" } },
    });
    expect((await invoke("made")).result).toBe("one");
    const ZipFile = zipOf({ "app.js": answering("two") });
    const code = { FunctionName: "made", ZipFile };
    const updated = await send(new lambda.UpdateFunctionCodeCommand(code));
    expect(updated.CodeSha256).not.toBe(made.CodeSha256);
    expect((await invoke("made")).result).toBe("two");
    const changed = await send(
      new lambda.UpdateFunctionConfigurationCommand({ FunctionName: "made", MemorySize: 256 }),
    );
    expect([changed.MemorySize, changed.Timeout]).toEqual([256, 7]);
    const stale = { ...code, RevisionId: made.RevisionId };
    expect(await refusalOf(new lambda.UpdateFunctionCodeCommand(stale))).toMatchObject([
      "PreconditionFailedException",
      expect.any(String),
      412,
    ]);
    const listed = await send(new lambda.ListFunctionsCommand({}));
    expect(listed.Functions.map((one: { FunctionName: string }) => one.FunctionName)).toEqual([
      "fixed",
      "made",
    ]);
    const got = await send(new lambda.GetFunctionCommand({ FunctionName: "made" }));
    expect(got.Configuration.MemorySize).toBe(256);
    await send(new lambda.DeleteFunctionCommand({ FunctionName: "made" }));
    const gone = new lambda.GetFunctionConfigurationCommand({ FunctionName: "made" });
    expect((await refusalOf(gone))[0]).toBe("ResourceNotFoundException");
    expect((await refusalOf(new lambda.InvokeCommand({ FunctionName: "made" })))[2]).toBe(404);
  });

  test("is there after the next start, with its versions and aliases", async () => {
    await create("kept", answering("old"), { Publish: true });
    const ZipFile = zipOf({ "app.js": answering("new") });
    await send(new lambda.UpdateFunctionCodeCommand({ FunctionName: "kept", ZipFile }));
    const alias = { FunctionName: "kept", Name: "live", FunctionVersion: "1" };
    await send(new lambda.CreateAliasCommand(alias));
    await close();
    await open();
    expect(await invoke("kept")).toMatchObject({ result: "new", version: "$LATEST" });
    expect(await invoke("kept", {}, "1")).toMatchObject({ result: "old", version: "1" });
    expect(await invoke("kept:live")).toMatchObject({ result: "old", version: "1" });
  });

  test("is refused where it cannot be, by name", async () => {
    await create("once", answering(1));
    expect(await create("once", answering(1)).catch((thrown: Error) => thrown.name)).toBe(
      "ResourceConflictException",
    );
    const base = { FunctionName: "bad", Role: role, Handler: "app.handler" } as const;
    const Code = { ZipFile: zipOf({ "app.js": "" }) };
    const cases: [object, string][] = [
      [{ Runtime: "ruby3.3", Code }, 'The runtime "ruby3.3" is not implemented'],
      [
        { Runtime: "nodejs22.x", Code, VpcConfig: { SubnetIds: ["subnet-1"] } },
        '"VpcConfig" {"SubnetIds":["subnet-1"]} is not implemented',
      ],
      [
        { Runtime: "nodejs22.x", Code, SnapStart: { ApplyOn: "PublishedVersions" } },
        '"SnapStart" {"ApplyOn":"PublishedVersions"} is not implemented; {"ApplyOn":"None"} is',
      ],
      [{ Runtime: "nodejs22.x", Code, Timeout: 901 }, "value less than or equal to 900"],
      [{ Runtime: "nodejs22.x", Code, MemorySize: 64 }, "value greater than or equal to 128"],
      [{ Runtime: "nodejs22.x", Code: { S3Bucket: "b", S3Key: "k" } }, '"S3Bucket" of "Code"'],
      [{ Runtime: "nodejs22.x", Code: { ZipFile: new Uint8Array(3) } }, "Could not unzip"],
      [
        { Runtime: "nodejs22.x", Code, Environment: { Variables: { BIG: "x".repeat(4096) } } },
        "exceeded the 4KB limit",
      ],
      [
        { Runtime: "nodejs22.x", Code, Environment: { Variables: { AWS_REGION: "x" } } },
        "Reserved keys used in this request: AWS_REGION",
      ],
    ];
    for (const [more, message] of cases) {
      const command = new lambda.CreateFunctionCommand({ ...base, ...more } as never);
      expect((await refusalOf(command))[1]).toContain(message);
    }
  });

  test("may have a handler that is not there: the call says so", async () => {
    await create("hollow", answering(1), { Handler: "other.handler" });
    expect((await invoke("hollow")).result).toMatchObject({
      errorType: "Runtime.ImportModuleError",
    });
  });
});

describe("the template's function", () => {
  test("is not changed over the API", async () => {
    const ZipFile = zipOf({ "app.js": answering(2) });
    const update = new lambda.UpdateFunctionCodeCommand({ FunctionName: "fixed", ZipFile });
    expect(await refusalOf(update)).toEqual([
      "ResourceConflictException",
      'The function "fixed" is the template\'s: it is changed there',
      409,
    ]);
    const remove = new lambda.DeleteFunctionCommand({ FunctionName: "fixed" });
    expect((await refusalOf(remove))[0]).toBe("ResourceConflictException");
  });

  test("is published as it is, once for each state", async () => {
    const publish = new lambda.PublishVersionCommand({ FunctionName: "fixed", Description: "a" });
    const [first, again] = [await send(publish), await send(publish)];
    expect([first.Version, first.Description, again.Version]).toEqual(["1", "a", "1"]);
    const arn = "arn:aws:lambda:eu-central-1:111122223333:function:fixed";
    expect((await invoke("fixed:1")).result).toEqual([1, "1", `${arn}:1`]);
    expect((await invoke("fixed")).result).toEqual([1, "$LATEST", arn]);
    const versions = await send(
      new lambda.ListVersionsByFunctionCommand({ FunctionName: "fixed" }),
    );
    expect(versions.Versions.map((one: { Version: string }) => one.Version)).toEqual([
      "$LATEST",
      "1",
    ]);
    expect((await refusalOf(new lambda.InvokeCommand({ FunctionName: "fixed:9" })))[0]).toBe(
      "ResourceNotFoundException",
    );
  });
});

describe("an alias", () => {
  test("leads to a version, and by weights to another", async () => {
    const FunctionName = "weighed";
    await create(FunctionName, answering("1"), { Publish: true });
    const ZipFile = zipOf({ "app.js": answering("2") });
    await send(new lambda.UpdateFunctionCodeCommand({ FunctionName, ZipFile, Publish: true }));
    const made = await send(
      new lambda.CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }),
    );
    expect(made.AliasArn).toEndWith(":function:weighed:live");
    expect((await invoke(FunctionName, {}, "live")).version).toBe("1");
    const RoutingConfig = { AdditionalVersionWeights: { "2": 0.5 } };
    await send(new lambda.UpdateAliasCommand({ FunctionName, Name: "live", RoutingConfig }));
    const seen = new Set<string>();
    for (let count = 0; count < 60; count += 1) {
      seen.add((await invoke(FunctionName, {}, "live")).version);
    }
    expect([...seen].sort()).toEqual(["1", "2"]);
    const all = await send(new lambda.ListAliasesCommand({ FunctionName }));
    expect(all.Aliases).toHaveLength(1);
    const used = new lambda.DeleteFunctionCommand({ FunctionName, Qualifier: "2" });
    expect((await refusalOf(used))[0]).toBe("ResourceConflictException");
    await send(new lambda.DeleteAliasCommand({ FunctionName, Name: "live" }));
    await send(used);
    const gone = new lambda.GetAliasCommand({ FunctionName, Name: "live" });
    expect((await refusalOf(gone))[0]).toBe("ResourceNotFoundException");
  });

  test.each(["constructor", "toString", "__proto__"])(
    "may be called %p, and else is not there",
    async (Name) => {
      const FunctionName = "fixed";
      const get = new lambda.GetAliasCommand({ FunctionName, Name });
      expect((await refusalOf(get))[0]).toBe("ResourceNotFoundException");
      await send(new lambda.CreateAliasCommand({ FunctionName, Name, FunctionVersion: "1" }));
      expect((await send(get)).FunctionVersion).toBe("1");
      await send(new lambda.DeleteAliasCommand({ FunctionName, Name }));
      expect((await refusalOf(get))[0]).toBe("ResourceNotFoundException");
    },
  );
});

describe("a call", () => {
  test("may be a dry run", async () => {
    const dry = { FunctionName: "fixed", InvocationType: "DryRun" } as const;
    expect((await send(new lambda.InvokeCommand(dry))).StatusCode).toBe(204);
    const other = new lambda.InvokeCommand({ ...dry, FunctionName: "nobody" });
    expect((await refusalOf(other))[0]).toBe("ResourceNotFoundException");
  });

  test("brings its client context", async () => {
    await create("context", "exports.handler = async (e, c) => c.clientContext;");
    const ClientContext = btoa('{"client":{"installation_id":"a"}}');
    const command = new lambda.InvokeCommand({ FunctionName: "context", ClientContext });
    expect(JSON.parse(textOf((await send(command)).Payload))).toEqual({
      client: { installation_id: "a" },
    });
  });
});

describe("the logging of a function", () => {
  const LoggingConfig = { LogFormat: "JSON", ApplicationLogLevel: "ERROR", LogGroup: "g" } as const;

  test("is set, told, heeded by the next call, and changed", async () => {
    const source = "exports.handler = async () => { console.log(1); console.error(2); };";
    const made = await create("logging", source, { LoggingConfig });
    expect(made.LoggingConfig).toEqual({ ...LoggingConfig, SystemLogLevel: "INFO" });
    const tailOf = async () => {
      const command = { FunctionName: "logging", LogType: "Tail" } as const;
      return atob((await send(new lambda.InvokeCommand(command))).LogResult);
    };
    const lines = (await tailOf()).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).type ?? JSON.parse(line).message)).toEqual([
      "platform.start",
      2,
      "platform.report",
    ]);
    const change = { FunctionName: "logging", LoggingConfig: { LogFormat: "Text" } } as const;
    const changed = await send(new lambda.UpdateFunctionConfigurationCommand(change));
    expect(changed.LoggingConfig).toEqual({ LogFormat: "Text", LogGroup: "/aws/lambda/logging" });
    expect(await tailOf()).toMatch(/^START RequestId[\s\S]*\tINFO\t1\n/);
  });

  test.each([
    [{ LogFormat: "XML" }, "ValidationException", "[JSON, Text]"],
    [{ LogFormat: "Text", SystemLogLevel: "INFO" }, "InvalidParameterValueException", "JSON alone"],
    [{ LogFormat: "JSON", SystemLogLevel: "ERROR" }, "ValidationException", "[DEBUG, INFO, WARN]"],
    [{ LogGroup: "a b" }, "ValidationException", "loggingConfig.logGroup"],
    [
      { LogFormat: 5 },
      "InvalidParameterValueException",
      '"LogFormat" must be a string, not number',
    ],
    [{ LogFormat: "JSON", ApplicationLogLevel: 7 }, "InvalidParameterValueException", "a string"],
    [{ LogGroup: 12 }, "InvalidParameterValueException", '"LogGroup" must be a string'],
    [{ Level: "WARN" }, "InvalidParameterValueException", '"Level" of "LoggingConfig" is not impl'],
    [["JSON"], "InvalidParameterValueException", '"LoggingConfig" must be an object'],
  ])("is refused where it cannot be: %p", async (config, name, message) => {
    const path = "/2015-03-31/functions/logging/configuration";
    const refused = await fetchRaw("PUT", path, { LoggingConfig: config });
    expect(refused.type).toBe(name);
    expect((JSON.parse(refused.text) as { message: string }).message).toContain(message);
  });
});

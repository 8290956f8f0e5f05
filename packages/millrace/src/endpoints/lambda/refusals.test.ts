import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as lambda from "@aws-sdk/client-lambda";
import { zipBytesMax } from "../../functions/mod.ts";
import { zipOf } from "../zip-fixture.ts";
import {
  answering,
  begin,
  close,
  create,
  finish,
  functions,
  invoke,
  open,
  refusalOf,
  role,
  send,
} from "./lambda-fixture.ts";

beforeAll(begin);
afterAll(finish);

const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:111122223333:function:${name}`;
const Destination = arnOf("fixed");

/** The command, its body changed to hold what the SDK's schema does not know. */
// biome-ignore lint/suspicious/noExplicitAny: of the SDK's commands only that they have a stack
function withBody<T extends { middlewareStack: any }>(command: T, more: object): T {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const change = (next: any) => (args: any) => {
    const body = JSON.stringify({ ...JSON.parse(args.request.body ?? "{}"), ...more });
    args.request.body = body;
    args.request.headers["content-length"] = String(Buffer.byteLength(body));
    return next(args);
  };
  command.middlewareStack.add(change, { step: "build", priority: "low" });
  return command;
}

const making = () =>
  new lambda.CreateFunctionCommand({
    FunctionName: "refused",
    Role: role,
    Runtime: "nodejs22.x",
    Handler: "app.handler",
    Code: { ZipFile: zipOf({ "app.js": "" }) },
  });
const alias = { FunctionName: "fixed", Name: "live", FunctionVersion: "$LATEST" };
const putEvents = () => new lambda.PutFunctionEventInvokeConfigCommand({ FunctionName: "fixed" });

const cases: [string, object, string][] = [
  [
    "a version of PutFunctionConcurrency",
    new lambda.PutFunctionConcurrencyCommand({
      FunctionName: "fixed:1",
      ReservedConcurrentExecutions: 1,
    }),
    "a qualifier of PutFunctionConcurrency is not implemented",
  ],
  [
    "a version of UpdateFunctionCode",
    new lambda.UpdateFunctionCodeCommand({
      FunctionName: `${arnOf("fixed")}:1`,
      ZipFile: zipOf({ "app.js": "" }),
    }),
    "a qualifier of UpdateFunctionCode is not implemented",
  ],
  [
    "two qualifiers",
    new lambda.GetFunctionCommand({ FunctionName: "fixed:1", Qualifier: "2" }),
    "The derived qualifier from the function name does not match the specified qualifier.",
  ],
  [
    "a permission for a version that is not there",
    new lambda.AddPermissionCommand({
      FunctionName: "fixed",
      Qualifier: "7",
      StatementId: "a",
      Action: "lambda:InvokeFunction",
      Principal: "*",
    }),
    `Function not found: ${arnOf("fixed")}:7`,
  ],
  [
    "a member of the environment",
    withBody(making(), { Environment: { Secrets: {} } }),
    '"Secrets" of "Environment" is not implemented; "Variables" is',
  ],
  [
    "a member of the routing",
    withBody(new lambda.CreateAliasCommand(alias), { RoutingConfig: { Rings: {} } }),
    '"Rings" of "RoutingConfig" is not implemented',
  ],
  [
    "weights that are none",
    withBody(new lambda.CreateAliasCommand(alias), {
      RoutingConfig: { AdditionalVersionWeights: 5 },
    }),
    "A weight is a number from 0 to 1",
  ],
  [
    "a kind of destination",
    withBody(putEvents(), { DestinationConfig: { OnTimeout: { Destination } } }),
    '"OnTimeout" of "DestinationConfig" is not implemented',
  ],
  [
    "a member of a destination",
    withBody(putEvents(), { DestinationConfig: { OnFailure: { Destination, Role: role } } }),
    '"Role" of "OnFailure" is not implemented',
  ],
  [
    "a destination that is a text",
    withBody(putEvents(), { DestinationConfig: { OnFailure: Destination } }),
    '"OnFailure" must be an object',
  ],
  [
    "an architecture",
    withBody(making(), { Architectures: ["riscv64"] }),
    '"Architectures" is a list of one, "x86_64" or "arm64"',
  ],
];

describe("what an operation does not know is refused by name:", () => {
  test.each(cases)("%s", async (_, command, message) => {
    expect((await refusalOf(command))[1]).toContain(message);
  });
});

test("an architecture is kept and told; a bootstrap for another is refused", async () => {
  const [own, other] = process.arch === "arm64" ? ["arm64", "x86_64"] : ["x86_64", "arm64"];
  const made = await create("built", answering(1), { Architectures: [other] });
  expect(made.Architectures).toEqual([other]);
  expect((await invoke("built")).result).toBe(1);
  const ZipFile = zipOf({ "app.js": answering(2) });
  const update = { FunctionName: "built", ZipFile, Architectures: [own] } as never;
  expect((await send(new lambda.UpdateFunctionCodeCommand(update))).Architectures).toEqual([own]);
  const provided = create("bare", "", { Runtime: "provided.al2023", Architectures: [other] });
  expect(await provided.catch((thrown: Error) => thrown.message)).toBe(
    `runtime "provided.al2023": this machine is ${own}, not ${other}`,
  );
});

test("an update of the code is checked like the making of it, in a dry run too", async () => {
  await create("checked", answering("kept"));
  const dry = { FunctionName: "checked", DryRun: true };
  const update = (ZipFile: Uint8Array, more = {}) =>
    new lambda.UpdateFunctionCodeCommand({ FunctionName: "checked", ZipFile, ...more });
  const large = new Uint8Array(zipBytesMax + 1);
  expect((await refusalOf(update(large)))[1]).toBe(
    `Zipped size must be smaller than ${zipBytesMax} bytes`,
  );
  expect((await refusalOf(update(new Uint8Array(3), dry)))[1]).toContain("Could not unzip");
  await send(update(zipOf({ "app.js": answering("new") }), dry));
  expect((await invoke("checked")).result).toBe("kept");
  const fixed = { FunctionName: "fixed", ZipFile: zipOf({ "app.js": "" }), DryRun: true };
  expect((await refusalOf(new lambda.UpdateFunctionCodeCommand(fixed)))[0]).toBe(
    "ResourceConflictException",
  );
});

test("what was set for an alias goes with it", async () => {
  const FunctionName = "aliased";
  const of = { FunctionName, Qualifier: "live" };
  await create(FunctionName, answering(1), { Publish: true });
  const alias = { FunctionName, Name: "live", FunctionVersion: "1" };
  await send(new lambda.CreateAliasCommand(alias));
  const provisioned = { ...of, ProvisionedConcurrentExecutions: 1 };
  await send(new lambda.PutProvisionedConcurrencyConfigCommand(provisioned));
  await send(new lambda.PutFunctionEventInvokeConfigCommand({ ...of, MaximumRetryAttempts: 0 }));
  const permission = { StatementId: "a", Action: "lambda:InvokeFunction", Principal: "*" };
  await send(new lambda.AddPermissionCommand({ ...of, ...permission }));
  await send(new lambda.DeleteAliasCommand({ FunctionName, Name: "live" }));
  await send(new lambda.CreateAliasCommand(alias));
  for (const command of [
    new lambda.GetProvisionedConcurrencyConfigCommand(of),
    new lambda.GetFunctionEventInvokeConfigCommand(of),
    new lambda.GetPolicyCommand(of),
  ]) {
    expect((await refusalOf(command))[2]).toBe(404);
  }
});

test("more processes than there is room for are not promised; those that fail are told", async () => {
  const FunctionName = "many";
  await create(FunctionName, "process.exit(1);", { Publish: true });
  const of = { FunctionName, Qualifier: "1" };
  const put = (ProvisionedConcurrentExecutions: number, Qualifier = "1") =>
    new lambda.PutProvisionedConcurrencyConfigCommand({
      FunctionName,
      Qualifier,
      ProvisionedConcurrentExecutions,
    });
  expect((await refusalOf(put(901)))[1]).toBe(
    "Specified ConcurrentExecutions for function decreases account's " +
      "UnreservedConcurrentExecution below its minimum value of [100].",
  );
  const refused = "is more than this machine has room for: of 20 processes 18 can still be";
  expect((await refusalOf(put(19)))[1]).toContain(refused);
  await send(put(2));
  const alias = { FunctionName, Name: "live", FunctionVersion: "1" };
  await send(new lambda.CreateAliasCommand(alias));
  expect((await refusalOf(put(17, "live")))[1]).toContain(refused);
  const reserve = (ReservedConcurrentExecutions: number) =>
    new lambda.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions });
  expect((await refusalOf(reserve(1)))[1]).toContain("total provisioned concurrency [2]");
  await send(reserve(3));
  expect((await refusalOf(put(2, "live")))[1]).toBe(
    "Requested Provisioned Concurrency should not be greater than the " +
      "reservedConcurrentExecution for function",
  );
  const get = new lambda.GetProvisionedConcurrencyConfigCommand(of);
  while ((await send(get)).Status !== "FAILED") await Bun.sleep(10);
  expect((await send(get)).StatusReason).toBe("FUNCTION_ERROR_INIT_FAILURE");
});

test("lists come in pages", async () => {
  const FunctionName = "paged";
  await create(FunctionName, answering(1));
  for (const Name of ["c", "a", "b"]) {
    const alias = { FunctionName, Name, FunctionVersion: "$LATEST" };
    await send(new lambda.CreateAliasCommand(alias));
  }
  const list = (more: object) => send(new lambda.ListAliasesCommand({ FunctionName, ...more }));
  const first = await list({ MaxItems: 2 });
  expect(first.Aliases.map((one: { Name: string }) => one.Name)).toEqual(["a", "b"]);
  const last = await list({ MaxItems: 2, Marker: first.NextMarker });
  expect(last.Aliases.map((one: { Name: string }) => one.Name)).toEqual(["c"]);
  expect(last.NextMarker).toBeUndefined();
  await send(new lambda.DeleteAliasCommand({ FunctionName, Name: "b" }));
  const behindGone = await list({ Marker: first.NextMarker });
  expect(behindGone.Aliases).toEqual(last.Aliases);
  const names: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await send(new lambda.ListFunctionsCommand({ MaxItems: 1, Marker }));
    names.push(...page.Functions.map((one: { FunctionName: string }) => one.FunctionName));
    Marker = page.NextMarker;
  } while (Marker);
  expect(names).toEqual([...new Set(names)].sort());
  expect(names).toContain("paged");
});

test("a reservation that is given back stays so over a restart", async () => {
  const FunctionName = "fixed";
  const get = new lambda.GetFunctionConcurrencyCommand({ FunctionName });
  expect((await send(get)).ReservedConcurrentExecutions).toBe(7); // as the template says
  await send(new lambda.DeleteFunctionConcurrencyCommand({ FunctionName }));
  await close();
  await open();
  expect(await send(get)).not.toHaveProperty("ReservedConcurrentExecutions");
});

test("an event that cannot be kept is no throttle", async () => {
  await functions.close();
  const event = new lambda.InvokeCommand({ FunctionName: "fixed", InvocationType: "Event" });
  expect(await refusalOf(event)).toEqual([
    "ServiceException",
    "The Lambda service encountered an internal error.",
    500,
  ]);
});

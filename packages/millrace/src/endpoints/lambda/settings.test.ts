import { afterAll, beforeAll, expect, test } from "bun:test";
import * as lambda from "@aws-sdk/client-lambda";
import type { NumberFigure } from "../../base/mod.ts";
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
  send,
} from "./lambda-fixture.ts";

beforeAll(begin);
afterAll(finish);

const slow = `exports.handler = async (event) => {
  await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0));
  return process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
};`;

test("reserved concurrency throttles the call that is one too many, over a restart too", async () => {
  const FunctionName = "reserved";
  await create(FunctionName, slow);
  const ReservedConcurrentExecutions = 1;
  const put = { FunctionName, ReservedConcurrentExecutions };
  expect(await send(new lambda.PutFunctionConcurrencyCommand(put))).toMatchObject({
    ReservedConcurrentExecutions,
  });
  await close();
  await open();
  const get = new lambda.GetFunctionConcurrencyCommand({ FunctionName });
  expect((await send(get)).ReservedConcurrentExecutions).toBe(1);
  const first = invoke(FunctionName, { ms: 1500 });
  while (running(FunctionName) === 0) await Bun.sleep(5);
  const second = new lambda.InvokeCommand({ FunctionName, Payload: "{}" });
  const refused = await send(second).catch((thrown) => thrown);
  expect([refused.name, refused.Reason, refused.$metadata.httpStatusCode]).toEqual([
    "TooManyRequestsException",
    "ReservedFunctionConcurrentInvocationLimitExceeded",
    429,
  ]);
  expect((await first).error).toBeUndefined();
  await send(new lambda.DeleteFunctionConcurrencyCommand({ FunctionName }));
  expect(await send(get)).not.toHaveProperty("ReservedConcurrentExecutions");
  const most = { FunctionName, ReservedConcurrentExecutions: 901 };
  expect((await refusalOf(new lambda.PutFunctionConcurrencyCommand(most)))[1]).toContain(
    "below its minimum value of [100]",
  );
});

test("provisioned concurrency holds processes of a version ready before any call", async () => {
  const FunctionName = "ready";
  await create(FunctionName, slow, { Publish: true });
  const of = { FunctionName, Qualifier: "1" };
  const put = { ...of, ProvisionedConcurrentExecutions: 2 };
  await send(new lambda.PutProvisionedConcurrencyConfigCommand(put));
  const get = new lambda.GetProvisionedConcurrencyConfigCommand(of);
  while ((await send(get)).Status !== "READY") await Bun.sleep(10);
  expect((await invoke(FunctionName, {}, "1")).result).toBe("provisioned-concurrency");
  expect((await invoke(FunctionName)).result).toBe("on-demand");
  await send(new lambda.DeleteProvisionedConcurrencyConfigCommand(of));
  expect((await refusalOf(get))[0]).toBe("ProvisionedConcurrencyConfigNotFoundException");
  const latest = { FunctionName, Qualifier: "$LATEST", ProvisionedConcurrentExecutions: 1 };
  const refused = new lambda.PutProvisionedConcurrencyConfigCommand(latest);
  expect((await refusalOf(refused))[0]).toBe("InvalidParameterValueException");
});

test("what becomes of events is set, told, changed and taken back", async () => {
  const FunctionName = "fixed";
  await create("after", answering(1));
  const Destination = "arn:aws:lambda:eu-central-1:111122223333:function:after";
  const put = await send(
    new lambda.PutFunctionEventInvokeConfigCommand({
      FunctionName,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination } },
    }),
  );
  expect(put).toMatchObject({
    FunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:fixed:$LATEST",
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 21_600,
    DestinationConfig: { OnFailure: { Destination } },
  });
  expect(put.LastModified).toBeInstanceOf(Date);
  const update = { FunctionName, MaximumEventAgeInSeconds: 60 };
  await send(new lambda.UpdateFunctionEventInvokeConfigCommand(update));
  const get = new lambda.GetFunctionEventInvokeConfigCommand({ FunctionName });
  expect(await send(get)).toMatchObject({
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
    DestinationConfig: { OnFailure: { Destination } },
  });
  const list = new lambda.ListFunctionEventInvokeConfigsCommand({ FunctionName });
  expect((await send(list)).FunctionEventInvokeConfigs).toHaveLength(1);
  await send(new lambda.DeleteFunctionEventInvokeConfigCommand({ FunctionName }));
  expect((await refusalOf(get))[0]).toBe("ResourceNotFoundException");
  const toBus = (Destination: string) => {
    const DestinationConfig = { OnSuccess: { Destination } };
    return new lambda.PutFunctionEventInvokeConfigCommand({ FunctionName, DestinationConfig });
  };
  const busArn = "arn:aws:events:eu-central-1:000000000000:event-bus/default";
  expect((await send(toBus(busArn))).DestinationConfig.OnSuccess).toEqual({ Destination: busArn });
  expect((await refusalOf(toBus(`${busArn}s`)))[1]).toContain("there is no such event bus");
  const DestinationConfig = { OnFailure: { Destination: "arn:aws:sqs:eu-central-1:1:dead" } };
  const queue = { FunctionName, DestinationConfig };
  expect((await refusalOf(new lambda.PutFunctionEventInvokeConfigCommand(queue)))[1]).toBe(
    'Destinations of the service "sqs" are not implemented; functions and event buses are',
  );
});

test("permissions are kept and told, and each has its name", async () => {
  const permission = {
    FunctionName: "fixed",
    StatementId: "rule",
    Action: "lambda:InvokeFunction",
    Principal: "iot.amazonaws.com",
    SourceArn: "arn:aws:iot:eu-central-1:111122223333:rule/r",
  };
  const added = await send(new lambda.AddPermissionCommand(permission));
  expect(JSON.parse(added.Statement)).toEqual({
    Sid: "rule",
    Effect: "Allow",
    Principal: { Service: "iot.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: "arn:aws:lambda:eu-central-1:111122223333:function:fixed",
    Condition: { ArnLike: { "AWS:SourceArn": permission.SourceArn } },
  });
  expect((await refusalOf(new lambda.AddPermissionCommand(permission)))[0]).toBe(
    "ResourceConflictException",
  );
  const get = new lambda.GetPolicyCommand({ FunctionName: "fixed" });
  expect(JSON.parse((await send(get)).Policy).Statement).toHaveLength(1);
  const of = { FunctionName: "fixed", StatementId: "rule" };
  await send(new lambda.RemovePermissionCommand(of));
  expect((await refusalOf(get))[0]).toBe("ResourceNotFoundException");
  expect((await refusalOf(new lambda.RemovePermissionCommand(of)))[0]).toBe(
    "ResourceNotFoundException",
  );
});

test("the account tells its limits and what it holds", async () => {
  const { AccountLimit, AccountUsage } = await send(new lambda.GetAccountSettingsCommand({}));
  expect(AccountLimit.ConcurrentExecutions).toBe(1000);
  expect(AccountUsage.FunctionCount).toBeGreaterThan(0);
});

test("an operation that is not there is refused", async () => {
  expect((await refusalOf(new lambda.ListCodeSigningConfigsCommand({})))[2]).toBe(404);
  const of = { FunctionName: "fixed" };
  expect((await refusalOf(new lambda.GetRuntimeManagementConfigCommand(of)))[2]).toBe(404);
});

function running(name: string): number {
  const figure = functions.figures().find((one) => one.name === "millrace_function_calls_running");
  const { samples } = figure as NumberFigure;
  return samples.find(({ labels }) => labels.function === name)?.value ?? 0;
}

import { afterAll, beforeAll, expect, test } from "bun:test";
import * as lambda from "@aws-sdk/client-lambda";
import {
  answering,
  begin,
  close,
  create,
  finish,
  functions,
  open,
  refusalOf,
  send,
} from "./lambda-fixture.ts";

beforeAll(begin);
afterAll(finish);

const idOf = (address: string) => /^http:\/\/([a-z2-7]{32})\.lambda-url\./.exec(address)?.[1] ?? "";

test("a function's URL is made, told, changed and deleted, and is there after a restart", async () => {
  await create("page", answering("ok"));
  const FunctionName = "page";
  const made = await send(
    new lambda.CreateFunctionUrlConfigCommand({
      FunctionName,
      AuthType: "NONE",
      Cors: { AllowOrigins: ["https://a.test"], MaxAge: 60 },
    }),
  );
  expect(made).toMatchObject({
    FunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:page",
    AuthType: "NONE",
    InvokeMode: "BUFFERED",
    Cors: { AllowOrigins: ["https://a.test"], MaxAge: 60 },
  });
  const id = idOf(made.FunctionUrl);
  expect(functions.urls.find(id)).toMatchObject({ functionName: "page", signed: false });
  const again = new lambda.CreateFunctionUrlConfigCommand({ FunctionName, AuthType: "NONE" });
  expect(await refusalOf(again)).toMatchObject([
    "ResourceConflictException",
    expect.any(String),
    409,
  ]);
  const change = { FunctionName, AuthType: "AWS_IAM", InvokeMode: "RESPONSE_STREAM" } as const;
  const changed = await send(new lambda.UpdateFunctionUrlConfigCommand(change));
  expect(changed).toMatchObject({ AuthType: "AWS_IAM", Cors: { MaxAge: 60 } });
  await close();
  await open();
  expect(functions.urls.find(id)).toMatchObject({ signed: true, streamed: true });
  const told = await send(new lambda.GetFunctionUrlConfigCommand({ FunctionName }));
  expect(told.FunctionUrl).toBe(made.FunctionUrl);
  expect(told.CreationTime).toBe(made.CreationTime);
  const listed = await send(new lambda.ListFunctionUrlConfigsCommand({ FunctionName }));
  expect(listed.FunctionUrlConfigs).toMatchObject([{ InvokeMode: "RESPONSE_STREAM" }]);
  await send(new lambda.DeleteFunctionUrlConfigCommand({ FunctionName }));
  expect(functions.urls.find(id)).toBeUndefined();
  const gone = new lambda.GetFunctionUrlConfigCommand({ FunctionName });
  expect(await refusalOf(gone)).toMatchObject([
    "ResourceNotFoundException",
    expect.any(String),
    404,
  ]);
});

test("an alias has a URL of its own, for as long as it is there", async () => {
  await create("versioned", answering(1), { Publish: true });
  const alias = { FunctionName: "versioned", Name: "live" };
  await send(new lambda.CreateAliasCommand({ ...alias, FunctionVersion: "1" }));
  const at = { FunctionName: "versioned", Qualifier: "live" };
  const made = await send(new lambda.CreateFunctionUrlConfigCommand({ ...at, AuthType: "NONE" }));
  expect(made.FunctionArn).toEndWith(":function:versioned:live");
  const id = idOf(made.FunctionUrl);
  expect(functions.urls.find(id)?.qualifier).toBe("live");
  await send(new lambda.DeleteAliasCommand(alias));
  expect(functions.urls.find(id)).toBeUndefined();
});

test("what cannot be is refused by name", async () => {
  const FunctionName = "fixed";
  const command = (more: object) =>
    new lambda.CreateFunctionUrlConfigCommand({
      FunctionName,
      AuthType: "NONE",
      ...more,
    } as lambda.CreateFunctionUrlConfigCommandInput);
  expect((await refusalOf(command({ AuthType: "OPEN" })))[1]).toContain("'OPEN' at 'authType'");
  expect((await refusalOf(command({ InvokeMode: "SOON" })))[1]).toContain("'SOON' at 'invokeMode'");
  expect((await refusalOf(command({ Cors: { MaxAge: 90_000 } })))[1]).toContain("86400");
  for (const name of ["AllowHeaders", "AllowMethods", "ExposeHeaders"]) {
    const told = await refusalOf(command({ Cors: { [name]: ["x-own", "a\nb"] } }));
    expect(told).toMatchObject([
      "InvalidParameterValueException",
      expect.stringContaining(`"Cors.${name}"`),
      400,
    ]);
  }
  expect((await refusalOf(command({ Qualifier: "$LATEST" })))[1]).toContain('not to "$LATEST"');
  const nobody = await refusalOf(command({ FunctionName: "nobody" }));
  expect(nobody).toMatchObject(["ResourceNotFoundException", expect.any(String), 404]);
});

/** As AWS tells it to RJPearson94/terraform-aws-open-next, 73. */
test("a permission that is not for URLs is for no kind of URL", async () => {
  const permission = (Action: string) =>
    new lambda.AddPermissionCommand({
      FunctionName: "fixed",
      StatementId: "mixed",
      Action,
      Principal: "*",
      FunctionUrlAuthType: "NONE",
    });
  for (const action of ["lambda:InvokeFunction", "lambda:*"]) {
    expect(await refusalOf(permission(action))).toEqual([
      "InvalidParameterValueException",
      "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action",
      400,
    ]);
  }
});

test("a permission may be for one kind of URL", async () => {
  const added = await send(
    new lambda.AddPermissionCommand({
      FunctionName: "fixed",
      StatementId: "everybody",
      Action: "lambda:InvokeFunctionUrl",
      Principal: "*",
      FunctionUrlAuthType: "NONE",
    }),
  );
  expect(JSON.parse(added.Statement)).toMatchObject({
    Principal: "*",
    Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } },
  });
  const through = await send(
    new lambda.AddPermissionCommand({
      FunctionName: "fixed",
      StatementId: "through",
      Action: "lambda:InvokeFunction",
      Principal: "*",
      InvokedViaFunctionUrl: true,
    }),
  );
  expect(JSON.parse(through.Statement)).toMatchObject({
    Action: "lambda:InvokeFunction",
    Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
  });
});

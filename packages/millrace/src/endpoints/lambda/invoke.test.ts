import { afterAll, beforeAll, expect, test } from "bun:test";
import { InvokeCommand, LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import { textOf, utf8 } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";
import { parseFunctionName } from "./function-name.ts";

let door: Awaited<ReturnType<typeof openDoor>>;
let client: LambdaClient;

beforeAll(async () => {
  door = await openDoor();
  client = new LambdaClient(clientOptions(door.url));
});

afterAll(() => {
  client.destroy();
  door.close();
});

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown) => thrown,
  );

const answered = {
  found: true,
  requestId: "8f0b2b57-0000-4000-8000-000000000000",
  payload: utf8('{"hello":"ada"}'),
  logTail: utf8("START\nEND\n"),
  version: "$LATEST",
} as const;

test("a call answers with the function's result, version and log", async () => {
  door.state.invokeResult = answered;
  const answer = await client.send(
    new InvokeCommand({ FunctionName: "greet", Payload: "{}", LogType: "Tail" }),
  );
  expect(textOf(answer.Payload!)).toBe('{"hello":"ada"}');
  expect([answer.StatusCode, answer.ExecutedVersion]).toEqual([200, "$LATEST"]);
  expect(atob(answer.LogResult!)).toBe("START\nEND\n");
  expect(answer.FunctionError).toBeUndefined();
});

test("a function that fails is a call that succeeds", async () => {
  door.state.invokeResult = { ...answered, functionError: "Unhandled" };
  const answer = await client.send(new InvokeCommand({ FunctionName: "greet" }));
  expect([answer.StatusCode, answer.FunctionError]).toEqual([200, "Unhandled"]);
  expect(answer.LogResult).toBeUndefined();
});

test("a call that the machine could not run may be made again", async () => {
  const payload = utf8('{"errorType":"Runtime.StartError","errorMessage":"Cannot start"}');
  door.state.invokeResult = { ...answered, functionError: "Unhandled", unavailable: true, payload };
  const refused = await refusal(client.send(new InvokeCommand({ FunctionName: "greet" })));
  expect([refused.name, refused.message, refused.$metadata.httpStatusCode]).toEqual([
    "ServiceException",
    "Cannot start",
    500,
  ]);
});

test("an event is accepted and its payload handed on", async () => {
  const answer = await client.send(
    new InvokeCommand({ FunctionName: "greet", InvocationType: "Event", Payload: '{"a":1}' }),
  );
  expect(answer.StatusCode).toBe(202);
  const call = door.asyncCalls.at(-1)!;
  expect([call.functionName, textOf(call.payload)]).toEqual(["greet", '{"a":1}']);
});

test("a function that is not there is the SDK's typed error", async () => {
  door.state.invokeResult = { found: false };
  const now = await refusal(client.send(new InvokeCommand({ FunctionName: "nobody" })));
  expect(now).toBeInstanceOf(ResourceNotFoundException);
  const later = await refusal(
    client.send(new InvokeCommand({ FunctionName: "nobody", InvocationType: "Event" })),
  );
  expect(later).toBeInstanceOf(ResourceNotFoundException);
});

test("what cannot be done is refused by name", async () => {
  const context = await refusal(
    client.send(new InvokeCommand({ FunctionName: "greet", ClientContext: "{}" })),
  );
  expect([context.name, context.message]).toEqual([
    "InvalidParameterValueException",
    "The client context is no JSON in base64",
  ]);
  const two = await refusal(
    client.send(new InvokeCommand({ FunctionName: "greet:1", Qualifier: "2" })),
  );
  expect(two.message).toContain("does not match the specified qualifier");
  const tenant = await refusal(
    client.send(new InvokeCommand({ FunctionName: "greet", TenantId: "a" })),
  );
  expect(tenant.message).toBe('"x-amz-tenant-id" of Invoke is not implemented');
});

test("a throttled call is the SDK's typed error with its reason", async () => {
  const throttled = "ReservedFunctionConcurrentInvocationLimitExceeded";
  door.state.invokeResult = { ...answered, throttled };
  const refused = await refusal(client.send(new InvokeCommand({ FunctionName: "greet" })));
  expect([refused.name, refused.$metadata.httpStatusCode, refused.Reason]).toEqual([
    "TooManyRequestsException",
    429,
    throttled,
  ]);
});

test("a payload that is not JSON or too large is refused", async () => {
  const broken = await refusal(
    client.send(new InvokeCommand({ FunctionName: "greet", Payload: "{" })),
  );
  expect(broken.name).toBe("InvalidRequestContentException");
  const large = await refusal(
    client.send(
      new InvokeCommand({
        FunctionName: "greet",
        InvocationType: "Event",
        Payload: JSON.stringify("x".repeat(1024 * 1024)),
      }),
    ),
  );
  expect([large.name, large.$metadata.httpStatusCode]).toEqual(["RequestTooLargeException", 413]);
});

test.each([
  ["greet", { name: "greet" }],
  ["greet:prod", { name: "greet", qualifier: "prod" }],
  ["123456789012:function:greet", { name: "greet" }],
  ["arn:aws:lambda:eu-central-1:123456789012:function:greet", { name: "greet" }],
  [
    "arn:aws:lambda:eu-central-1:123456789012:function:greet:$LATEST",
    { name: "greet", qualifier: "$LATEST" },
  ],
  ["arn:aws:s3:::greet", undefined],
  ["", undefined],
  ["a b", undefined],
])("the function name %p", (text, reference) => {
  expect(parseFunctionName(text)).toEqual(reference);
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as lambda from "@aws-sdk/client-lambda";
import { textOf } from "../../base/mod.ts";
import { answering, begin, create, finish, invoke, refusalOf, send } from "./lambda-fixture.ts";

beforeAll(begin);
afterAll(finish);

const pieces = `exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
  if (event.throwAtOnce) throw new TypeError("at once");
  for (let i = 0; i < event.count; i += 1) {
    stream.write(event.text ? event.text.repeat(event.times) : "piece " + i + ";");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (event.throwLater) throw new RangeError("later");
  if (event.exit) process.exit(3);
  stream.write(typeof context.getRemainingTimeInMillis);
  stream.end();
});`;

async function stream(FunctionName: string, event: unknown) {
  const answer = await send(
    new lambda.InvokeWithResponseStreamCommand({
      FunctionName,
      Payload: JSON.stringify(event),
      LogType: "Tail",
    }),
  );
  const seen: string[] = [];
  let complete: lambda.InvokeWithResponseStreamCompleteEvent | undefined;
  for await (const one of answer.EventStream) {
    if (one.PayloadChunk) seen.push(textOf(one.PayloadChunk.Payload));
    complete = one.InvokeComplete ?? complete;
  }
  const { ExecutedVersion: version, ResponseStreamContentType: type } = answer;
  return { text: seen.join(""), count: seen.length, complete, version, type };
}

describe("a handler that answers in pieces", () => {
  beforeAll(() => create("pieces", pieces, { Timeout: 10 }));

  test("is heard piece by piece, then told to be over", async () => {
    const { text, count, complete, version } = await stream("pieces", { count: 5 });
    expect(version).toBe("$LATEST");
    expect(text).toBe("piece 0;piece 1;piece 2;piece 3;piece 4;function");
    expect(count).toBeGreaterThan(1);
    expect(complete?.ErrorCode).toBeUndefined();
    expect(atob(complete?.LogResult ?? "")).toContain("REPORT RequestId");
  });

  test("may answer with more than a whole answer may weigh", async () => {
    const { text } = await stream("pieces", { count: 8, text: "x", times: 1024 * 1024 });
    expect(text.length).toBe(8 * 1024 * 1024 + "function".length);
  });

  test("is put together for who takes it as a whole, within the bound of that", async () => {
    const whole = new lambda.InvokeCommand({ FunctionName: "pieces", Payload: '{"count":2}' });
    expect(textOf((await send(whole)).Payload)).toBe("piece 0;piece 1;function");
    const event = { count: 8, text: "x", times: 1024 * 1024 };
    expect((await invoke("pieces", event)).result).toMatchObject({
      errorType: "Function.ResponseSizeTooLarge",
    });
    expect((await stream("pieces", { count: 1 })).text).toBe("piece 0;function");
  });

  test("that throws before its first piece fails as any other", async () => {
    expect((await invoke("pieces", { throwAtOnce: true })).result).toMatchObject({
      errorType: "TypeError",
      errorMessage: "at once",
    });
    const { complete, text } = await stream("pieces", { throwAtOnce: true });
    expect([text, complete?.ErrorCode]).toEqual(["", "Unhandled"]);
  });

  test("that throws later is told at the end; the next call is as ever", async () => {
    const { complete, text } = await stream("pieces", { count: 2, throwLater: true });
    expect([text, complete?.ErrorCode]).toEqual(["piece 0;piece 1;", "Unhandled"]);
    expect(JSON.parse(complete?.ErrorDetails ?? "")).toMatchObject({
      errorType: "RangeError",
      errorMessage: "later",
    });
    expect((await stream("pieces", { count: 1 })).text).toBe("piece 0;function");
  });

  test("that ends its process in the middle is told at the end", async () => {
    const { complete, text } = await stream("pieces", { count: 2, exit: true });
    expect([text, complete?.ErrorCode]).toEqual(["piece 0;piece 1;", "Unhandled"]);
    expect(JSON.parse(complete?.ErrorDetails ?? "").errorType).toBe("Runtime.ExitError");
  });
});

test("a handler that answers at once has one piece", async () => {
  await create("whole", answering("all"));
  expect(await stream("whole", {})).toMatchObject({ text: '"all"', count: 1 });
});

test("status and headers stand before the body, with zeros between", async () => {
  const source = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
    const body = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
    body.write("hello");
    body.end();
  });`;
  await create("fronted", source);
  expect((await stream("fronted", {})).text).toBe(`{"statusCode":201}${"\0".repeat(8)}hello`);
});

test("a handler that never ends its answer is over when its event loop is empty", async () => {
  const source = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
    stream.write("half");
  });`;
  await create("open", source);
  const { text, complete } = await stream("open", {});
  expect([text, complete?.ErrorCode]).toEqual(["half", undefined]);
});

test("what cannot be streamed is refused", async () => {
  const command = (input: object) =>
    new lambda.InvokeWithResponseStreamCommand({ FunctionName: "nobody", ...input });
  expect((await refusalOf(command({})))[0]).toBe("ResourceNotFoundException");
  const dry = await refusalOf(command({ FunctionName: "fixed", InvocationType: "DryRun" }));
  expect(dry[1]).toBe('The invocation type "DryRun" has no answer in pieces');
});

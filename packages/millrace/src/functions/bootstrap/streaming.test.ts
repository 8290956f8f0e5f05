import { afterEach, describe, expect, test } from "bun:test";
import { textOf, utf8 } from "../../base/mod.ts";
import { cleanUp, define, start } from "../house-fixture.ts";

afterEach(cleanUp);

describe.each(["node", "bun"] as const)("on %s an answer in pieces", (kind) => {
  function startOne(body: string) {
    return startSource(`exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      ${body}
    });`);
  }

  async function startSource(source: string) {
    const file = kind === "bun" ? process.execPath : Bun.which("node")!;
    const house = await start([await define({ "app.js": source })], { node: { kind, file } });
    /** The text of all pieces, and of the payload, which is empty unless the call has failed. */
    return async (event: unknown, onPiece = async () => {}) => {
      let text = "";
      const payload = utf8(JSON.stringify(event));
      const called = await house.functions.invoke("greet", payload, {
        wantsLogTail: true,
        onPiece(piece) {
          text += textOf(piece);
          return onPiece();
        },
      });
      if (!called.found) throw new Error("no such function");
      const { functionError, payload: answer, logTail } = called;
      return { text, functionError, payload: textOf(answer), logTail: textOf(logTail) };
    };
  }

  test.each([false, true])(
    "has nothing of a call before that failed (and had begun: %p)",
    async (hasBegun) => {
      const invoke = await startOne(`
        if (event.fail) {
          if (event.hasBegun) stream.write("first's ");
          globalThis.late = () => {
            stream.write("secret");
            stream.end();
          };
          throw new Error("mine");
        }
        stream.write("second's ");
        globalThis.late();
        await wait(50);
        globalThis.late = undefined;
        stream.write("own");
        stream.end();`);
      const failed = await invoke({ fail: true, hasBegun });
      expect(failed.text).toBe(hasBegun ? "first's " : "");
      expect(JSON.parse(failed.payload)).toMatchObject({ errorMessage: "mine" });
      expect(await invoke({})).toMatchObject({
        text: "second's own",
        functionError: undefined,
      });
    },
  );

  test("that breaks off before all of it is sent costs its call alone", async () => {
    const invoke = await startOne(`
      if (event.fail) {
        stream.write(Buffer.alloc(1_000_000, "x"));
        throw new Error("mine");
      }
      stream.end(String(process.pid));`);
    const { text: pid } = await invoke({});
    const failed = await invoke({ fail: true }, () => Bun.sleep(1));
    expect(JSON.parse(failed.payload)).toMatchObject({ errorMessage: "mine" });
    expect((await invoke({})).text).toBe(pid);
  });

  test.each(["await wait(5_000);", "stream.end();", "throw new Error('another');"])(
    "that an exception breaks off fails with that, whatever the handler does then: %s",
    async (then) => {
      const invoke = await startOne(`
        stream.write(Buffer.alloc(1_000_000, "x"));
        setTimeout(() => { throw new Error("mine"); }, 5);
        await wait(50);
        ${then}`);
      const { payload } = await invoke({}, () => Bun.sleep(100));
      expect(JSON.parse(payload)).toMatchObject({ errorMessage: "mine" });
    },
  );

  test("is not lost to an exception that comes while its end is on the way", async () => {
    const invoke = await startOne(`
      stream.end("whole");
      stream.once("finish", () => setTimeout(() => { throw new Error("behind"); }, 20));`);
    expect(await invoke({}, () => Bun.sleep(200))).toMatchObject({
      text: "whole",
      functionError: undefined,
      payload: "",
    });
  });

  test.each(["stream.once('drain', fail)", "stream.write(much, fail)"])(
    "fails with what the handler throws in its callback: %s",
    async (listen) => {
      const invoke = await startOne(`
        const fail = () => { throw new Error("mine"); };
        const much = Buffer.alloc(1_000_000, "x");
        stream.write(much);
        ${listen};
        await wait(1_000);
        stream.end();`);
      const { payload } = await invoke({});
      expect(JSON.parse(payload)).toMatchObject({ errorMessage: "mine" });
    },
  );

  // What follows is so in Lambda's own runtime (aws-lambda-nodejs-runtime-interface-client).
  const head = `{"statusCode":404}${"\0".repeat(8)}`;
  const withHead = `stream = awslambda.HttpResponseStream.from(stream, { statusCode: 404 });`;

  test.each([
    ["stream.write('a'); stream.end('b');", `${head}ab`],
    ["stream.write(''); stream.end();", head],
    ["await require('node:stream/promises').pipeline(['a', 'b'], stream);", `${head}ab`],
  ])("has its head before the first write: %s", async (body, expected) => {
    const invoke = await startOne(withHead + body);
    expect(await invoke({})).toMatchObject({ text: expected, functionError: undefined });
  });

  test.each(["stream.end('b');", "stream.end();"])(
    "that ends without a write has its head all the same, and it is told: %s",
    async (body) => {
      const { text, logTail } = await (await startOne(withHead + body))({});
      expect(text).toStartWith(head);
      expect(logTail).toContain("\tWARN\ton Lambda status and headers come with the first write");
    },
  );

  test("that fails between its head and the first write is no answer in pieces", async () => {
    const invoke = await startOne(`${withHead} await wait(1); throw new Error("mine");`);
    const { text, payload } = await invoke({});
    expect(text).toBe("");
    expect(JSON.parse(payload)).toMatchObject({ errorMessage: "mine" });
  });

  test("takes as JSON what is neither text nor bytes", async () => {
    const invoke = await startOne(
      "stream.write({ a: 1 }); stream.write([2]); stream.write(new Uint8Array([51])); stream.end();",
    );
    expect((await invoke({})).text).toBe('{"a":1}[2]3');
  });

  test("has no other content type once something was written", async () => {
    const invoke = await startOne(
      "stream.write('a'); stream.setContentType('text/html'); stream.end();",
    );
    expect(JSON.parse((await invoke({})).payload)).toMatchObject({
      errorType: "Runtime.InvalidStreamingOperation",
      errorMessage: "Cannot set content-type, too late.",
    });
  });

  test("comes from a handler that gives a promise; what that is of is told to be lost", async () => {
    const invoke = await startSource(`exports.handler = awslambda.streamifyResponse(
      (event, stream) => {
        if (event.sync) return void stream.end("lost");
        stream.end("whole");
        return Promise.resolve(7);
      },
    );`);
    const { payload } = await invoke({ sync: true });
    expect(JSON.parse(payload)).toMatchObject({
      errorMessage: "Streaming does not support non-async handlers.",
    });
    const { text, logTail } = await invoke({});
    expect(text).toBe("whole");
    expect(logTail).toContain("\tWARN\tStreaming handlers ignore return values.");
  });

  test("is marked by the symbols of Lambda, which wrappers copy", async () => {
    const invoke = await startSource(`
      const own = awslambda.streamifyResponse(async (event, stream) => {
        stream.end(String(stream.writableHighWaterMark));
      }, { highWaterMark: 7 });
      const wrapped = (...given) => own(...given);
      for (const mark of ["", ".highWaterMark"]) {
        const symbol = Symbol.for("aws.lambda.runtime.handler.streaming" + mark);
        wrapped[symbol] = own[symbol];
      }
      exports.handler = wrapped;`);
    expect((await invoke({})).text).toBe("7");
  });
});

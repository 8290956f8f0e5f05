import { afterEach, describe, expect, test } from "bun:test";
import { textOf, utf8 } from "../../base/mod.ts";
import { cleanUp, define, start } from "../house-fixture.ts";

afterEach(cleanUp);

describe.each(["node", "bun"] as const)("on %s an answer in pieces", (kind) => {
  async function startOne(body: string) {
    const file = kind === "bun" ? process.execPath : Bun.which("node")!;
    const source = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      ${body}
    });`;
    const house = await start([await define({ "app.js": source })], { node: { kind, file } });
    /** The text of all pieces, and of the payload, which is empty unless the call has failed. */
    return async (event: unknown, onPiece = async () => {}) => {
      let text = "";
      const payload = utf8(JSON.stringify(event));
      const called = await house.functions.invoke("greet", payload, {
        onPiece(piece) {
          text += textOf(piece);
          return onPiece();
        },
      });
      if (!called.found) throw new Error("no such function");
      return { text, functionError: called.functionError, payload: textOf(called.payload) };
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
    expect(await invoke({}, () => Bun.sleep(200))).toEqual({
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
});

import { afterEach, describe, expect, test } from "bun:test";
import { textOf, utf8 } from "../../base/mod.ts";
import { cleanUp, define, isAlive, start } from "../house-fixture.ts";

afterEach(cleanUp);

async function startOne(source: string, changes = {}, kind: "node" | "bun" = "node") {
  const file = kind === "bun" ? process.execPath : Bun.which("node")!;
  return start([await define({ "app.js": source }, changes)], { node: { kind, file } });
}

test("a broken invariant behind the channel ends the server, not the call alone", async () => {
  const source = `
    import { Channel } from "./channel.ts";
    import { assert, systemClock } from "../../base/mod.ts";
    const ready = "require('node:fs').writeSync(3, Buffer.from([6, 0, 0, 0, 1, 0, 0, 0, 0, 0]))";
    const child = Bun.spawn([process.execPath, "-e", ready + "; setTimeout(() => {}, 20_000)"], {
      stdio: ["ignore", "inherit", "inherit", "socket-fd"],
    });
    process.on("exit", () => child.kill());
    new Channel({
      descriptor: child.stdio[3],
      handlers: { next: () => assert(false, "it is broken") },
      clock: systemClock,
      deadlineMs: () => 0,
      onBroken: () => console.log("taken for the handler's fault"),
    });
    setTimeout(() => process.exit(0), 10_000);
  `;
  const server = Bun.spawn([process.execPath, "-e", source], {
    cwd: import.meta.dir,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = new Response(server.stdout).text();
  const errors = new Response(server.stderr).text();
  expect(await server.exited).not.toBe(0);
  expect(await errors).toContain("it is broken");
  expect(await output).toBe("");
});

describe.each(["node", "bun"] as const)("on %s the channel", (kind) => {
  test.skipIf(process.platform !== "linux")(
    "is not handed on to what a handler starts",
    async () => {
      const source = `const { execFileSync } = require("node:child_process");
      const { readlinkSync } = require("node:fs");
      exports.handler = async () => {
        const own = readlinkSync("/proc/self/fd/3");
        const childs = execFileSync("ls", ["-l", "/proc/self/fd"]).toString();
        return [own.startsWith("socket:"), childs.includes(own)];
      };`;
      const { call } = await startOne(source, {}, kind);
      expect((await call()).result).toEqual([true, false]);
    },
  );

  test("brings every event as it was, a short one and a long one, as text and as bytes", async () => {
    const { functions } = await startOne("exports.handler = async (event) => event;", {}, kind);
    for (const length of [0, 1, 5_000, 5_300, 5_400, 16_000, 16_384, 17_000, 70_000, 1_000_000]) {
      for (const unit of ["a", "ü", "\u{1f41f}"]) {
        const event = JSON.stringify(unit.repeat(length));
        for (const payload of [event, utf8(event)]) {
          const called = await functions.invoke("greet", payload);
          expect(called.found && textOf(called.payload) === event).toBe(true);
        }
      }
    }
  });

  test("brings the client context, over however many lines, and the event behind it", async () => {
    const source =
      "exports.handler = async (event, { clientContext }) => ({ event, clientContext });";
    const { functions } = await startOne(source, {}, kind);
    const clientContext = JSON.stringify({ custom: { fish: "\u{1f41f}\n" } }, undefined, 2);
    for (const payload of ['{\n"a":\n1}', utf8('{\n"a":\n1}')]) {
      const called = await functions.invoke("greet", payload, { clientContext });
      const answer = called.found && JSON.parse(textOf(called.payload));
      expect(answer).toEqual({ event: { a: 1 }, clientContext: JSON.parse(clientContext) });
    }
  });

  test("into which a handler writes what makes no sense costs that call alone", async () => {
    const source = `const { writeSync } = require("node:fs");
      exports.handler = async (event) => {
        if (!event.bytes) return "here";
        writeSync(3, Buffer.from(event.bytes));
        await new Promise((resolve) => setTimeout(resolve, 5_000));
      };`;
    const { call } = await startOne(source, {}, kind);
    // An unknown kind; a piece, and the end, of an answer that has not begun; one without memory.
    for (const bytes of [
      [1, 0, 0, 0, 99],
      [2, 0, 0, 0, 6, 7],
      [1, 0, 0, 0, 7],
      [2, 0, 0, 0, 8, 1],
    ]) {
      const { result, functionError } = await call({ bytes });
      expect(functionError).toBe("Unhandled");
      expect(result).toMatchObject({ errorType: "Runtime.ExitError" });
      expect((await call()).result).toBe("here");
    }
  });

  test("says of an error that it was too large to be heard", async () => {
    const source = `exports.handler = async () => { throw new Error("x".repeat(8_000_000)); };`;
    const { result, functionError } = await (await startOne(source, {}, kind)).call();
    expect(functionError).toBe("Unhandled");
    expect(result).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" });
  });

  test("loses no answer to an exception that comes while it is sent", async () => {
    const source = `exports.handler = async () => {
        setImmediate(() => { throw new Error("behind"); });
        return "x".repeat(6_000_000);
      };`;
    const { call } = await startOne(source, {}, kind);
    for (let count = 0; count < 3; count += 1) {
      const { result, functionError } = await call();
      expect(functionError).toBeUndefined();
      expect(result).toHaveLength(6_000_000);
    }
  });

  test.each([
    "process.nextTick(fail)",
    "queueMicrotask(fail)",
    "Promise.resolve().then(fail)",
    "setImmediate(fail)",
    "process.exit()",
    "process.nextTick(process.exit)",
  ])("loses no short answer to what comes right behind it: %s", async (later) => {
    const source = `exports.handler = async () => {
        const fail = () => { throw new Error("behind"); };
        Promise.resolve().then(() => {}).then(() => {}).then(() => ${later});
        return "short";
      };`;
    const { call } = await startOne(source, {}, kind);
    for (let count = 0; count < 3; count += 1) {
      const { result, functionError } = await call();
      expect([result, functionError]).toEqual(["short", undefined]);
    }
  });

  test("has what is logged right behind an answer before the next call", async () => {
    const source = `exports.handler = async ({ count }) => {
        const later = () => console.log("behind " + count);
        Promise.resolve().then(() => {}).then(() => {}).then(() => queueMicrotask(later));
        return count;
      };`;
    const { call } = await startOne(source, {}, kind);
    for (let count = 0; count < 10; count += 1) {
      const { result, logTail } = await call({ count });
      expect(result).toBe(count);
      expect(logTail).toContain(`behind ${count}\n`);
    }
  });

  test("ends its process when that closes it", async () => {
    const source = `exports.handler = async () => {
        setTimeout(() => require("node:fs").closeSync(3), 20);
        return process.pid;
      };`;
    const { call } = await startOne(source, {}, kind);
    const closed = (await call()).result as number;
    while (isAlive(closed)) await Bun.sleep(20);
    const { result, functionError } = await call();
    expect(functionError).toBeUndefined();
    expect(result).not.toBe(closed);
  });

  test("holds back a handler that writes quicker than its answer is taken", async () => {
    const source = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        const piece = Buffer.alloc(1_000_000, "x");
        for (let count = 0; count < 20; count += 1) {
          if (!stream.write(piece)) await new Promise((resolve) => stream.once("drain", resolve));
          console.log("wrote", count);
        }
        stream.end();
      });`;
    const { functions, lines } = await startOne(source, {}, kind);
    const { promise: goOn, resolve } = Promise.withResolvers<void>();
    let bytes = 0;
    const called = functions.invoke("greet", new TextEncoder().encode("{}"), {
      async onPiece(piece) {
        bytes += piece.length;
        await goOn;
      },
    });
    while (bytes === 0) await Bun.sleep(5);
    await Bun.sleep(200); // long enough for all of it, if nothing held it back
    expect(lines.filter((line) => line.includes("wrote")).length).toBeLessThan(3);
    resolve();
    await called;
    expect(bytes).toBe(20_000_000);
  });
});

test("the log of a call has what a handler and its children wrote past its console", async () => {
  const source = `const { writeSync } = require("node:fs");
    const { execFileSync } = require("node:child_process");
    exports.handler = async ({ number }) => {
      writeSync(1, "past it " + number + "\\n");
      execFileSync("echo", ["child " + number], { stdio: ["ignore", "inherit", "inherit"] });
      return number;
    };`;
  const { call } = await startOne(source);
  for (let number = 0; number < 100; number += 1) {
    const { logTail } = await call({ number });
    expect(logTail).toContain(`past it ${number}\n`);
    expect(logTail).toContain(`child ${number}\n`);
  }
});

test("the log of a call has what it wrote to standard error beside its console", async () => {
  const source = `exports.handler = async ({ number }) => {
      console.log("log " + number);
      process.stderr.write("error " + number + "\\n");
    };`;
  const { call } = await startOne(source);
  for (let number = 0; number < 300; number += 1) {
    const { logTail } = await call({ number });
    expect(logTail).toContain(`error ${number}\n`);
  }
});

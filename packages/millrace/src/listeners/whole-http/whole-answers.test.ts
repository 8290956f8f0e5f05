import { afterAll, describe, expect, test } from "bun:test";
import { calling, echo, plain, scene, stopAll, until } from "./front-fixture.ts";
import type { WholeRequest } from "./whole-answer.ts";
import type { WholeFrontOptions } from "./whole-front.ts";

afterAll(stopAll);

const get = "GET /a?b=c HTTP/1.1\r\nHost: localhost\r\nx-here: 1\r\n\r\n";

test("a request without a body is asked with its method, its target and its headers", async () => {
  const { port } = scene(({ method, target, headers, body }) => {
    const shown = `heard ${method} ${target} ${headers.get("host")} ${body.length}`;
    return { ...plain, body: shown };
  });
  const caller = calling(port, get);
  await until(() => caller.received.endsWith("heard GET /a?b=c localhost 0"));
  expect(caller.received).toContain("content-length: 28\r\n");
});

test("a text is sent as UTF-8, a header as Latin-1, cookies in lines of their own", async () => {
  const headers = Object.assign(new Map([["x-a", "\xe4"]]), { cookies: ["a=1", "b=2; Secure"] });
  const { port } = scene(() => ({ status: 201, headers, body: "\xe4\u20ac" }));
  const caller = calling(port, get);
  await until(() => caller.received.includes("\r\n\r\n"));
  const [head, body] = caller.received.split("\r\n\r\n");
  expect(head!.split("\r\n").filter((line) => !line.startsWith("date: "))).toEqual([
    "HTTP/1.1 201 Created",
    "x-a: \xe4",
    "set-cookie: a=1",
    "set-cookie: b=2; Secure",
    "content-length: 5",
  ]);
  expect(body).toBe("\xc3\xa4\xe2\x82\xac");
});

test("there is one date, the answer's own where it has one", async () => {
  const date = "Thu, 01 Jan 2026 00:00:00 GMT";
  const { port } = scene(() => ({ status: 200, headers: new Map([["date", date]]), body: "" }));
  const caller = calling(port, get);
  await until(() => caller.received.endsWith("\r\n\r\n"));
  expect(caller.received.match(/^date: .*$/gim)).toEqual([`date: ${date}`]);
});

test("of an answer to HEAD there is the head alone, and the next request is answered", async () => {
  const { port } = scene(({ method }) => ({
    ...plain,
    body: method === "HEAD" ? "long" : "short",
  }));
  const caller = calling(port, get.replace("GET", "HEAD") + get);
  await until(() => caller.received.endsWith("short"));
  expect(caller.received.match(/content-length: \d/g)).toEqual([
    "content-length: 4",
    "content-length: 5",
  ]);
  expect(caller.received).not.toContain("long");
});

test.each([204, 304])("an answer of %p says nothing of a body", async (status) => {
  const { port } = scene(() => ({ ...plain, status, body: "" }));
  const caller = calling(port, get);
  await until(() => caller.received.endsWith("\r\n\r\n"));
  expect(caller.received).toStartWith(`HTTP/1.1 ${status} `);
  expect(caller.received).not.toContain("content-length");
});

test("who asks for the end has it behind the answer", async () => {
  const { port } = scene(() => ({ ...plain, body: "last" }));
  const caller = calling(port, get.replace("x-here", "connection: close\r\nx-here") + get);
  await caller.ended;
  expect(caller.received).toContain("connection: close\r\n");
  expect(caller.received.match(/last/g)).toHaveLength(1);
});

test("behind a proxy its header says who asks, with the request or before it", async () => {
  const proxied = { proxyHeaderSecondsMax: 10 };
  const clients: string[] = [];
  const meet: WholeFrontOptions["meet"] = (_, { ip }) => {
    clients.push(ip);
    return { takes: () => true, answer: () => ({ ...plain, body: "heard" }) };
  };
  const { port } = scene(echo, 60, { ...proxied, meet });
  const header = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 80\r\n";
  const together = calling(port, header + get);
  await until(() => together.received.endsWith("heard"));
  const apart = calling(port, header.replace("192.0.2.7", "192.0.2.8"));
  await apart.opened;
  await Bun.sleep(5);
  apart.socket.write(get);
  await until(() => apart.received.endsWith("heard"));
  expect(clients).toEqual(["192.0.2.7", "192.0.2.8"]);
});

function stream(pieces: readonly string[], end?: Error): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < pieces.length) controller.enqueue(Buffer.from(pieces[at]!));
      else if (end) controller.error(end);
      else controller.close();
      at += 1;
    },
  });
}

test("what is thrown costs its request, not the connection", async () => {
  const failed = ({ target }: { readonly target: string }, thrown: unknown) => {
    return { ...plain, status: 500, body: `${target} ${thrown}` };
  };
  let count = 0;
  const { port } = scene(
    () => {
      count += 1;
      if (count === 1) throw "at once";
      return count === 2 ? Promise.reject("later") : { ...plain, body: "heard" };
    },
    60,
    { failed },
  );
  const caller = calling(port, get.repeat(3));
  await until(() => caller.received.endsWith("heard"));
  expect(caller.received).toContain("/a?b=c at onceHTTP");
  expect(caller.received).toContain("/a?b=c laterHTTP");
});

test("who reads nothing is cut off where all answers together are too much", async () => {
  const large = new Uint8Array(20_000_000);
  const answers = ({ target }: WholeRequest) => ({
    ...plain,
    body: target === "/" ? large : "small",
  });
  const { port } = scene(answers, 60, { heldBytesInAllMax: 45_000_000 });
  const ask = async () => {
    const caller = calling(port, get.replace("/a?b=c", "/"));
    caller.socket.pause();
    await caller.opened;
    await Bun.sleep(20); // so that the order in which they are answered is theirs
    return caller;
  };
  const [first, , , last] = [await ask(), await ask(), await ask(), await ask()];
  last!.socket.resume();
  await until(() => last!.receivedBytes > large.length);
  first!.socket.resume();
  await first!.closed;
  expect(first!.receivedBytes).toBeLessThan(large.length);
  const other = calling(port, get);
  await until(() => other.received.endsWith("small"));
});

describe("an answer in pieces", () => {
  test("whose length is known goes out as it is, and the next request is answered", async () => {
    const bodies = [{ length: 6, pieces: stream(["abc", "", "def"]) }, "next"];
    const { port } = scene(() => ({ ...plain, body: bodies.shift()! }));
    const caller = calling(port, get + get);
    await until(() => caller.received.endsWith("next"));
    expect(caller.received).toContain("content-length: 6\r\n\r\nabcdefHTTP/1.1 200");
  });

  test("whose length nobody knows goes out in chunks", async () => {
    const bodies = [{ pieces: stream(["abc", "", "0123456789abcdef"]) }, "next"];
    const { port } = scene(() => ({ ...plain, body: bodies.shift()! }));
    const caller = calling(port, get + get);
    await until(() => caller.received.endsWith("next"));
    expect(caller.received).toContain("transfer-encoding: chunked\r\n");
    const chunks = "3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n";
    expect(caller.received).toContain(`\r\n\r\n${chunks}HTTP/1.1 200`);
  });

  test.each([
    ["breaks off", { pieces: stream(["abc"], new Error("it broke")) }],
    ["is too short", { length: 4, pieces: stream(["abc"]) }],
    ["is too long", { length: 4, pieces: stream(["abc", "de"]) }],
  ])("that %s ends the connection, and is not whole", async (_, body) => {
    const { port } = scene(() => ({ ...plain, body }));
    const caller = calling(port, get + get);
    await caller.ended;
    expect(caller.received).toContain("abc");
    expect(caller.received).not.toContain("0\r\n\r\n");
    expect(caller.received.match(/HTTP/g)).toHaveLength(1);
  });

  test("is asked for no faster than a slow reader takes it, and ends with its reader", async () => {
    const piece = new Uint8Array(1_000_000);
    let pulledCount = 0;
    let cancelled = false;
    const pieces = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulledCount += 1;
        controller.enqueue(piece);
      },
      cancel() {
        cancelled = true;
      },
    });
    const { port } = scene(() => ({ ...plain, body: { pieces } }));
    const caller = calling(port, get);
    await until(() => caller.receivedBytes > 0);
    caller.socket.pause();
    let before = -1;
    while (before !== pulledCount) {
      before = pulledCount;
      await Bun.sleep(300);
    }
    expect(pulledCount).toBeLessThan(100);
    caller.socket.resume();
    await until(() => pulledCount > before + 10);
    caller.socket.destroy();
    await until(() => cancelled);
  });

  test("is not asked for where only its head is wanted", async () => {
    let cancelled = false;
    const pieces = new ReadableStream<Uint8Array>({
      cancel() {
        cancelled = true;
      },
    });
    const { port } = scene(() => ({ ...plain, body: { length: 5, pieces } }));
    const caller = calling(port, get.replace("GET", "HEAD"));
    await until(() => caller.received.endsWith("content-length: 5\r\n\r\n") && cancelled);
  });

  test.each([204, 304])("has none under status %p, and the next is answered", async (status) => {
    let cancelled = false;
    const pieces = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from("unasked")),
      cancel() {
        cancelled = true;
      },
    });
    const answers = [
      { ...plain, status, body: { pieces } },
      { ...plain, body: "next" },
    ];
    const { port } = scene(() => answers.shift()!);
    const caller = calling(port, get + get);
    await until(() => caller.received.endsWith("next") && cancelled);
    expect(caller.received).not.toContain("unasked");
  });
});

describe("a wish for another protocol", () => {
  const wish = get.replace("x-here", "Connection: Upgrade\r\nUpgrade: websocket\r\nx-here");

  test("gives the socket another owner, with what came behind the request", async () => {
    const { port } = scene(echo, 60, {
      upgrade({ target }, { socket, remoteAddress, firstBytes }) {
        return () => {
          socket.write(`${target} of ${remoteAddress} with ${Buffer.from(firstBytes)}`);
          socket.end();
        };
      },
    });
    const caller = calling(port, `${wish}more`);
    await caller.ended;
    expect(caller.received).toBe("/a?b=c of 127.0.0.1 with more");
  });

  test("may be refused, and may be ignored", async () => {
    const refused = { ...plain, status: 403, body: "refused" };
    for (const upgrade of [() => refused, async () => refused]) {
      const caller = calling(scene(echo, 60, { upgrade }).port, wish + get);
      await until(() => caller.received.endsWith("heard "));
      expect(caller.received).toContain("HTTP/1.1 403");
      expect(caller.received).toContain("refused");
    }
    const ignored = calling(scene(echo, 60, { upgrade: () => undefined }).port, wish);
    await until(() => ignored.received.endsWith("heard "));
  });
});

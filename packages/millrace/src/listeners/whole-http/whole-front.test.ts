import { afterAll, expect, test } from "bun:test";
import type { Caller } from "../listener-fixture.ts";
import { calling, echo, plain, post, scene, stopAll, until, watchHeld } from "./front-fixture.ts";
import type { WholeAnswer, WholeRequest } from "./whole-answer.ts";

afterAll(stopAll);

const bodies = (caller: Caller) => caller.received.match(/(server )?heard [a-z]*/g) ?? [];

test("a request is answered with status, headers, date and length", async () => {
  const { port } = scene();
  const caller = calling(port, post("one"));
  await until(() => bodies(caller).length === 1);
  const [head, body] = caller.received.split("\r\n\r\n");
  const [status, from, date, length] = head!.split("\r\n");
  expect([status, from, length, body]).toEqual([
    "HTTP/1.1 200 OK",
    "x-from: front",
    "content-length: 9",
    "heard one",
  ]);
  expect(date).toMatch(/^date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
});

test("however a request is cut, it is answered once", async () => {
  const { port } = scene();
  const text = post("one");
  for (let cut = 1; cut < text.length; cut += 7) {
    const caller = calling(port, text.slice(0, cut));
    await caller.opened;
    await Bun.sleep(1);
    caller.socket.write(text.slice(cut));
    await until(() => caller.received.endsWith("heard one"));
    expect(bodies(caller)).toEqual(["heard one"]);
  }
});

test("requests sent ahead are answered in turn, one at a time", async () => {
  let atOnce = 0;
  let mostAtOnce = 0;
  const { port } = scene(async (request) => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    await Bun.sleep(2);
    atOnce -= 1;
    return echo(request);
  });
  const caller = calling(port, post("a") + post("b"));
  await caller.opened;
  caller.socket.write(post("c").slice(0, 20));
  await until(() => bodies(caller).length === 2);
  caller.socket.write(post("c").slice(20));
  await until(() => bodies(caller).length === 3);
  expect(bodies(caller)).toEqual(["heard a", "heard b", "heard c"]);
  expect(mostAtOnce).toBe(1);
});

test("what was said of one head is not said of another", async () => {
  const { port } = scene(({ body }) => ({ ...plain, body: Buffer.from(`heard ${body}`) }));
  const caller = calling(port, post("a") + post("bc") + post("d") + post("e", "x-hero: 1"));
  await until(() => bodies(caller).length === 4);
  expect(bodies(caller)).toEqual(["heard a", "heard bc", "heard d", "server heard e"]);
});

/** As `echo`, without a promise; `large` is answered with eight million letters. */
function echoAtOnce({ body }: WholeRequest): WholeAnswer {
  const heard = `${Buffer.from(body)}`;
  const shown = heard === "large" ? Buffer.alloc(8_000_000, "z") : Buffer.from(`heard ${heard}`);
  return { ...plain, body: shown };
}

test("requests sent ahead are answered in turn where each answer is there at once", async () => {
  const { port } = scene(echoAtOnce);
  const caller = calling(port, post("a") + post("b") + post("c") + post("d").slice(0, 20));
  await until(() => bodies(caller).length === 3);
  caller.socket.write(post("d").slice(20) + post("e"));
  await until(() => bodies(caller).length === 5);
  expect(bodies(caller)).toEqual(["heard a", "heard b", "heard c", "heard d", "heard e"]);
});

/** All that the caller receives from now on, in the pieces in which it comes. */
function piecesOf({ socket }: Caller): Buffer[] {
  const pieces: Buffer[] = [];
  socket.on("data", (bytes) => pieces.push(Buffer.from(bytes)));
  return pieces;
}

test("all that is sent ahead of the last byte is answered, however much is there at once", async () => {
  const { port } = scene(echoAtOnce);
  const caller = calling(port, "");
  const pieces = piecesOf(caller);
  caller.socket.end(post("a").repeat(20_000) + post("b"));
  await caller.ended;
  const text = Buffer.concat(pieces).toString("latin1");
  expect(text.match(/heard a/g)).toHaveLength(20_000);
  expect(text).toEndWith("heard b");
});

test("what is answered at once waits until a slow reader has the large answer before it", async () => {
  const { port } = scene(echoAtOnce);
  const caller = calling(port, "");
  const pieces = piecesOf(caller);
  caller.socket.write(post("large") + post("b") + post("large") + post("c"));
  await until(() => pieces.length > 0);
  caller.socket.pause();
  await Bun.sleep(20);
  caller.socket.resume();
  await until(() => Buffer.concat(pieces.slice(-2)).toString("latin1").endsWith("heard c"));
  const text = Buffer.concat(pieces).toString("latin1").replaceAll(/z+/g, "");
  const shown = text.match(/content-length: \d+|heard \w/g);
  expect(shown).toEqual([
    "content-length: 8000000",
    ...["content-length: 7", "heard b"],
    "content-length: 8000000",
    ...["content-length: 7", "heard c"],
  ]);
  expect(Buffer.concat(pieces).length - text.length).toBe(16_000_000);
});

test("what is not wanted goes to the server, with all that follows it", async () => {
  const { port } = scene();
  const caller = calling(port, post("a") + post("b", "x-there: 1") + post("c"));
  await until(() => bodies(caller).length === 3);
  expect(bodies(caller)).toEqual(["heard a", "server heard b", "server heard c"]);
  expect(caller.received).toContain("of 127.0.0.1");
});

test("what is no plain request goes to the server too", async () => {
  const { port } = scene();
  const chunked = "POST / HTTP/1.1\r\nHost: a\r\nx-here: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
  const caller = calling(port, `${chunked}3\r\nabc\r\n0\r\n\r\n`);
  await until(() => bodies(caller).length === 1);
  expect(bodies(caller)).toEqual(["server heard abc"]);
});

test("a large body comes in, and a large answer goes out to a slow reader", async () => {
  const large = Buffer.alloc(8_000_000, "z");
  const { port } = scene(async ({ body }) => {
    return { ...plain, body: body.length === large.length ? large : Buffer.from("short") };
  });
  const caller = calling(port, post(large.toString()));
  await caller.opened;
  await until(() => caller.receivedBytes > 0);
  caller.socket.pause();
  caller.socket.write(post("b"));
  await Bun.sleep(20);
  caller.socket.resume();
  await until(() => caller.receivedBytes > large.length + 150);
  expect(caller.received).toContain("content-length: 8000000");
});

test("whoever sends on and on without reading is not read for ever", async () => {
  const { port } = scene();
  const { socket } = calling(port, "");
  socket.pause();
  const much = Buffer.from(post("z".repeat(100_000)).repeat(20));
  let sentCount = 0;
  const send = () => {
    while (!socket.destroyed && socket.write(much, () => (sentCount += 1)));
  };
  socket.on("drain", send);
  send();
  let before = -1;
  while (before !== sentCount) {
    before = sentCount;
    await Bun.sleep(300);
  }
  expect(socket.writableNeedDrain).toBe(true);
});

test("however many requests are sent ahead, no more than a bound is taken in", async () => {
  const { port } = scene(async (request) => {
    await Bun.sleep(2);
    return echo(request);
  });
  const { socket } = calling(port, "");
  const one = post("z".repeat(2000));
  let sentBytes = 0;
  const send = () => {
    while (!socket.destroyed && socket.write(one, () => (sentBytes += one.length)));
  };
  socket.on("drain", send);
  send();
  await Bun.sleep(500);
  // The kernel's buffers and one read of the runtime; without a bound it was some hundred megabytes.
  expect(sentBytes).toBeLessThan(16_000_000);
});

test("of very many requests that are there at once few are answered in a turn of the loop", async () => {
  let inTurn = 0;
  let mostInTurn = 0;
  const { port } = scene((request) => {
    if (inTurn === 0) setImmediate(() => (inTurn = 0));
    inTurn += 1;
    mostInTurn = Math.max(mostInTurn, inTurn);
    return echoAtOnce(request);
  });
  const caller = calling(port, "");
  const pieces = piecesOf(caller);
  caller.socket.end(post("a").repeat(2000) + post("b"));
  await caller.ended;
  expect(Buffer.concat(pieces).toString("latin1")).toEndWith("heard b");
  expect(mostInTurn).toBeLessThanOrEqual(64);
});

test("who has sent the last byte still gets the answer", async () => {
  const { port } = scene(async (request) => {
    await Bun.sleep(5);
    return echo(request);
  });
  const caller = calling(port, post("one"));
  caller.socket.end();
  await caller.ended;
  expect(bodies(caller)).toEqual(["heard one"]);
  expect(caller.received).toContain("connection: close");
});

test("a front that stops answers what it has, and ends connections that are idle", async () => {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { port, front } = scene(async (request) => {
    if (request.headers.get("x-here") === "2") await finished;
    return echo(request);
  });
  const idle = calling(port, post("a"));
  const busy = calling(port, post("b", "x-here: 2"));
  await until(() => bodies(idle).length === 1);
  const stopped = front.stop();
  await idle.ended;
  finish();
  await busy.ended;
  expect(bodies(busy)).toEqual(["heard b"]);
  idle.socket.destroy();
  busy.socket.destroy();
  await stopped;
});

test("what was asked ahead of the last byte is answered", async () => {
  const { port } = scene(async (request) => {
    await Bun.sleep(5);
    return echo(request);
  });
  const caller = calling(port, post("a") + post("b") + post("c"));
  caller.socket.end();
  await caller.ended;
  expect(bodies(caller)).toEqual(["heard a", "heard b", "heard c"]);
  expect(caller.received.match(/connection: close/g)).toHaveLength(1);
});

test.concurrent("a front that stops waits for slow answers and for bodies that are coming", async () => {
  const released = Promise.withResolvers<void>();
  let askedCount = 0;
  const { port, front } = scene(async (request) => {
    askedCount += 1;
    await released.promise;
    return echo(request);
  });
  const held = watchHeld();
  const slow = calling(port, post("a"));
  const part = post("bc").slice(0, -1);
  const coming = calling(port, part);
  await until(() => askedCount === 1 && held.notes.some(([, bytes]) => bytes === part.length));
  const stopped = front.stop();
  coming.socket.write("c");
  await until(() => askedCount === 2);
  released.resolve();
  await Promise.all([slow.ended, coming.ended]);
  expect([bodies(slow), bodies(coming)]).toEqual([["heard a"], ["heard bc"]]);
  for (const { socket } of [slow, coming]) socket.destroy();
  await stopped;
}, 20_000);

test.concurrent("an idle connection ends with FIN, one whose body does not come is closed", async () => {
  const { port } = scene(echo, 1);
  const idle = calling(port, post("a"));
  const errors: Error[] = [];
  idle.socket.on("error", (error) => errors.push(error));
  const slow = calling(port, post("body").slice(0, -1));
  await idle.ended;
  expect(errors).toEqual([]);
  await slow.closed;
  expect(slow.received).toBe("");
}, 30_000);

test.concurrent("whoever takes a large answer piece by piece is not idle", async () => {
  const large = Buffer.alloc(120_000_000, "z");
  const { port } = scene(async () => ({ ...plain, body: large }), 1);
  const caller = calling(port, post("a"));
  const { socket } = caller;
  const isDone = () => caller.receivedBytes > large.length || socket.destroyed;
  // A piece is some megabytes, so that all of them take longer than the time for an idle one.
  while (!isDone()) {
    const before = caller.receivedBytes;
    socket.resume();
    await until(() => caller.receivedBytes > before || isDone());
    socket.pause();
    await Bun.sleep(400);
  }
  expect(caller.receivedBytes).toBeGreaterThan(large.length);
}, 60_000);

test.concurrent("a connection that asks nothing is closed, one that waits for its answer is not", async () => {
  const { port } = scene(async (request) => {
    await Bun.sleep(10_000);
    return echo(request);
  }, 1);
  const waiting = calling(port, post("a"));
  const silent = calling(port, "POST / HTTP/1.1\r\nHost: a");
  await silent.closed;
  expect(silent.received).toBe("");
  await until(() => bodies(waiting).length === 1);
}, 30_000);

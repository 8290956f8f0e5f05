import { afterAll, describe, expect, test } from "bun:test";
import type { Socket } from "node:net";
import { Reception } from "../listener-fixture.ts";
import {
  binary,
  closed,
  closing,
  codeText,
  continuation,
  endAll,
  enter,
  frame,
  handshake,
  ping,
  pong,
  scene,
  serve,
  served,
  text,
  visit,
} from "./websocket-fixture.ts";

afterAll(endAll);

describe("the upgrade", () => {
  test.each([
    ["mqtt", "mqtt"],
    ["mqttv3.1", "mqttv3.1"],
    ["chat, mqtt", "mqtt"],
    ["mqttv3.1,mqtt", "mqttv3.1"],
  ])("to %p is answered with %p", async (offered, agreed) => {
    const reception = new Reception();
    const caller = visit(serve({ reception }), handshake(offered));
    await reception.until(() => reception.guests.length > 0);
    while (!caller.received.includes("\r\n\r\n")) await Bun.sleep(1);
    expect(caller.received).toStartWith("HTTP/1.1 101");
    expect(caller.received.toLowerCase()).toContain(`\r\nsec-websocket-protocol: ${agreed}\r\n`);
    const { transport, remoteAddress } = reception.guests[0]!.link;
    expect({ transport, remoteAddress }).toEqual({
      transport: "websocket",
      remoteAddress: "192.0.2.7",
    });
  });

  test.each([
    ["another subprotocol", { "sec-websocket-protocol": "chat" }, 400],
    ["no subprotocol", {}, 400],
    ["a page of elsewhere", { "sec-websocket-protocol": "mqtt", origin: "https://a.example" }, 403],
    ["no upgrade", { upgrade: "", "sec-websocket-protocol": "mqtt" }, 426],
    ["no key", { "sec-websocket-key": "", "sec-websocket-protocol": "mqtt" }, 400],
    ["an old version", { "sec-websocket-version": "8", "sec-websocket-protocol": "mqtt" }, 426],
  ])("with %s is refused", async (_what, headers, status) => {
    const port = serve({ reception: new Reception() });
    const words = {
      host: "localhost",
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    };
    const lines = Object.entries(words).map(([name, value]) =>
      value ? `${name}: ${value}\r\n` : "",
    );
    const caller = visit(port, `GET /mqtt HTTP/1.1\r\n${lines.join("")}\r\n`);
    while (caller.received === "") await Bun.sleep(1);
    expect(caller.received).toStartWith(`HTTP/1.1 ${status}`);
  });
});

describe("frames", () => {
  test("carry one stream of bytes, wherever they begin and end", async () => {
    const { reception, guest, send } = await scene();
    send(frame(binary, "one t"), frame(binary, "wo three "), frame(binary, "four"));
    await reception.until(() => guest.received === "one two three four");
  });

  test("may come byte by byte", async () => {
    const { reception, caller, guest } = await scene();
    for (const character of frame(binary, "slowly")) {
      await new Promise((resolve) => caller.socket.write(character, "latin1", resolve));
    }
    await reception.until(() => guest.received === "slowly");
  });

  test("may be fragments of a message, with a ping between them", async () => {
    const { reception, caller, guest, send } = await scene();
    send(frame(binary, "in ", { more: true }), frame(continuation, "three ", { more: true }));
    send(frame(ping, "there?"), frame(continuation, "parts"));
    await reception.until(() => guest.received === "in three parts");
    while (!caller.said().includes("there?")) await Bun.sleep(1);
    expect(caller.said()).toBe(served(pong, "there?"));
  });

  test("of text end the connection, with the code for it", async () => {
    const { reception, caller, guest, send } = await scene();
    send(frame(text, "hello"), frame(binary, "after"));
    await caller.ended;
    expect(caller.said()).toBe(closed(1003));
    expect(guest.failure).toBe("text frame instead of a binary one");
    expect(guest.received).toBe("");
    caller.socket.end();
    await reception.until(() => guest.lost > 0);
  });

  test("of a length that cannot be counted end the connection", async () => {
    const { caller, guest, send } = await scene();
    send(`${frame(binary, "before")}\x82\xff\x00\x20${"\0".repeat(10)}`);
    await caller.ended;
    expect(caller.said()).toBe(closed(1009));
    expect(guest.received).toBe("before");
    expect(guest.failure).toBe("a frame of more than 9007199254740991 bytes");
  });

  test.each([
    ["without a mask", "\x82\x01x", "a frame without a mask"],
    ["with a reserved bit", "\xc2\x80", "a reserved bit without an extension"],
    ["of an unknown opcode", frame(3, "x"), "a frame of the unknown opcode 3"],
    ["that continue nothing", frame(continuation, "x"), "a frame that continues nothing"],
  ])("%s end the connection", async (_what, bytes, failure) => {
    const { reception, caller, guest, send } = await scene();
    send(frame(binary, "before"), bytes, frame(binary, "after"));
    await caller.ended;
    expect(caller.said()).toBe(closed(1002));
    expect(guest).toMatchObject({ failure, received: "before" });
    caller.socket.end();
    await reception.until(() => guest.lost > 0);
  });
});

describe("ending", () => {
  test("reaches a client that goes on sending, and nothing of that is received", async () => {
    const { caller, guest, send } = await scene();
    guest.react = () => {
      guest.link.write(Buffer.from("refused"));
      guest.link.end();
    };
    send(frame(binary, "x"));
    const flood = frame(binary, "y".repeat(60_000));
    const more = () => {
      if (!caller.socket.destroyed) caller.socket.write(flood, "latin1", () => setImmediate(more));
    };
    more();
    await caller.ended;
    expect(caller.said()).toBe(served(binary, "refused") + closed(1000));
    expect(guest.received).toBe("x");
    await Bun.sleep(100); // the client floods on
    expect(guest.received).toBe("x");
  });

  test("at once, as a broker that is full does it, reaches the client", async () => {
    const reception = new Reception();
    reception.welcome = ({ link }) => link.end();
    const caller = await enter(reception, serve({ reception }));
    await caller.ended;
    expect(caller.said()).toBe(closed(1000));
  });

  test("brings a slow reader first what it is still owed", async () => {
    const { reception, caller, guest, send } = await scene();
    caller.socket.pause();
    guest.react = () => {
      guest.link.write(Buffer.alloc(16_000_000));
      expect(guest.link.writable).toBe(false);
      guest.onDrained = () => {
        guest.onDrained = () => {};
        guest.link.write(Buffer.from("last"));
      };
      guest.link.end();
    };
    send(frame(binary, "x"));
    await reception.until(() => guest.received === "x");
    let last = "";
    caller.socket.on("data", (bytes) => {
      last = `${last}${bytes.subarray(-20).toString("latin1")}`.slice(-20);
    });
    caller.socket.resume();
    await caller.ended;
    expect(last).toEndWith(served(binary, "last") + closed(1000));
  });

  test.each([
    ["1000", codeText(1000), "leaving"],
    ["1001", codeText(1001), "leaving"],
    ["4000 and a reason", `${codeText(4000)}bye`, "leaving"],
    ["no code", "", "leaving"],
    ["1002", codeText(1002), "getting lost"],
    ["1011", codeText(1011), "getting lost"],
  ])("by the client with %s counts as %s, and is answered", async (_what, payload, how) => {
    const { reception, caller, guest, send } = await scene();
    send(frame(binary, "x"), frame(closing, payload), frame(binary, "after"));
    await reception.until(() => guest.lost + guest.left > 0);
    expect([guest.left, guest.lost]).toEqual(how === "leaving" ? [1, 0] : [0, 1]);
    await caller.ended;
    expect(caller.said()).toBe(served(closing, payload.slice(0, 2)));
    expect(guest.received).toBe("x");
    expect(guest.failure).toBeUndefined();
  });

  test.each([
    ["half a code", "\x03", 1002],
    ["a code that none may send", codeText(1006), 1002],
    ["a reason that is not UTF-8", `${codeText(1000)}\xff`, 1007],
  ])("by the client with %s is told to be wrong", async (_what, payload, code) => {
    const { caller, guest, send } = await scene();
    send(frame(closing, payload));
    await caller.ended;
    expect(caller.said()).toBe(closed(code));
    expect(guest.left).toBe(0);
    expect(guest.failure).toStartWith("a close frame ");
  });

  test("of both sides is over once the client has answered", async () => {
    const { reception, caller, guest } = await scene();
    guest.link.end();
    await caller.ended;
    caller.socket.end(frame(closing, codeText(1000)), "latin1");
    await reception.until(() => guest.lost > 0);
    expect(caller.said()).toBe(closed(1000));
    expect(guest.left).toBe(0);
  });

  test("without a close frame is getting lost; what is owed is still sent", async () => {
    const { reception, caller, guest } = await scene();
    guest.react = () => guest.link.write(Buffer.from("answer"));
    caller.socket.end(frame(binary, "x"), "latin1");
    await reception.until(() => guest.lost > 0);
    await caller.ended;
    expect(caller.said()).toBe(served(binary, "answer"));
    expect(guest.left).toBe(0);
  });

  test("by a reset is getting lost", async () => {
    const { reception, caller, guest } = await scene();
    (caller.socket as Socket).resetAndDestroy();
    await reception.until(() => guest.lost > 0);
    expect(guest.left).toBe(0);
  });

  test("of a client that never reads what it is owed does not last", async () => {
    const { reception, caller, guest, link } = await scene();
    caller.socket.pause();
    link.write(Buffer.alloc(16_000_000));
    link.end();
    expect(guest.lost).toBe(0);
    link.onTimeout();
    await reception.until(() => guest.lost > 0);
  });
});

test("pausing makes the client wait, resuming lets it go on", async () => {
  const { reception, caller, guest, send } = await scene();
  guest.react = () => guest.link.pause();
  send(frame(binary, "x"));
  await reception.until(() => guest.received === "x");
  guest.react = () => {};
  const many = 300;
  let written = false;
  const flood = frame(binary, "y".repeat(60_000)).repeat(many);
  caller.socket.write(flood, "latin1", () => {
    written = true;
  });
  await Bun.sleep(100);
  expect(written).toBe(false);
  guest.link.resume();
  await reception.until(() => guest.received.length === 1 + many * 60_000);
});

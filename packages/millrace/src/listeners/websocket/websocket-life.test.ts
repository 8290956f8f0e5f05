import { afterAll, describe, expect, test } from "bun:test";
import type { Socket } from "node:net";
import { ManualClock, noBytes } from "../../base/mod.ts";
import { linksStopMsMax } from "../limits.ts";
import { Reception } from "../listener-fixture.ts";
import type { Arrival } from "../socket-owner.ts";
import { MqttWebSockets } from "./mqtt-websockets.ts";
import {
  binary,
  closed,
  closing,
  codeText,
  continuation,
  endAll,
  enter,
  frame,
  ping,
  pong,
  scene,
  serve,
  served,
  text,
} from "./websocket-fixture.ts";
import type { WebSocketLink } from "./websocket-link.ts";

afterAll(endAll);

describe("coming in", () => {
  test("with the first frames right behind the handshake", async () => {
    const reception = new Reception();
    const caller = await enter(reception, serve({ reception }), frame(binary, "early"));
    await reception.until(() => reception.guests[0]!.received === "early");
    caller.socket.write(frame(binary, " and later"), "latin1");
    await reception.until(() => reception.guests[0]!.received === "early and later");
  });

  test("from a socket of its own tells its ports, from behind a proxy none", async () => {
    const reception = new Reception();
    const port = serve({ reception, remoteAddress: "127.0.0.1" });
    const caller = await enter(reception, port);
    const remotePort = caller.socket.localPort;
    expect(reception.guests[0]!.link.addresses).toEqual({ remotePort, localPort: port });
    const { guest } = await scene();
    expect(guest.link.addresses).toBeUndefined();
  });
});

test.each([
  ["in half a head", "\x82\xfe"],
  ["in half a payload", frame(binary, "begun", { mask: "mask" }).slice(0, -2)],
  ["between two fragments", frame(binary, "begun", { more: true })],
  [
    "in half of a later fragment",
    frame(binary, "", { more: true }) + frame(continuation, "x", {}).slice(0, -1),
  ],
  ["with a text frame", frame(text, "hello")],
  ["with a close frame", frame(closing, codeText(1000))],
  ["with half a frame behind a close frame", `${frame(closing, "")}\x82`],
])("a client that ended %s leaves nothing to the next one", async (_how, last) => {
  for (const leave of ["destroy", "resetAndDestroy"] as const) {
    const { reception, port, caller, guest, send } = await scene();
    send(frame(binary, "x"), last);
    await reception.until(() => guest.received.startsWith("x"));
    (caller.socket as Socket)[leave]();
    await reception.until(() => guest.lost + guest.left > 0);
    const next = await enter(reception, port);
    next.socket.write(frame(binary, "whole", { mask: "next" }) + frame(ping, "?"), "latin1");
    while (next.said() === "") await Bun.sleep(1);
    expect(next.said()).toBe(served(pong, "?"));
    expect(reception.guests[1]).toMatchObject({ received: "whole", failure: undefined });
  }
});

describe("a door that stops", () => {
  test("waits until a slow reader has the last bytes", async () => {
    const { reception, caller, guest, door } = await scene();
    caller.socket.pause();
    guest.link.write(Buffer.alloc(16_000_000));
    guest.link.end();
    const clock = new ManualClock();
    let isOver = false;
    const over = door.untilNone(clock).then(() => (isOver = true));
    clock.advance(10);
    await Bun.sleep(1);
    expect(isOver).toBe(false);
    let last = "";
    caller.socket.on("data", (bytes) => {
      last = `${last}${bytes.subarray(-4).toString("latin1")}`.slice(-4);
    });
    caller.socket.resume();
    await caller.ended;
    expect(last).toBe(closed(1000));
    caller.socket.end();
    await reception.until(() => guest.lost > 0);
    clock.advance(10);
    await over;
  });

  test("does not wait for ever, and not again", async () => {
    const { door } = await scene();
    const clock = new ManualClock();
    let isOver = false;
    void door.untilNone(clock).then(() => (isOver = true));
    while (!isOver) {
      clock.advance(50);
      await Bun.sleep(0);
    }
    const stopMs = clock.monotonic();
    expect(stopMs).toBeGreaterThanOrEqual(linksStopMsMax);
    await door.untilNone(clock);
    expect(clock.monotonic()).toBe(stopMs);
  });
});

describe("pings", () => {
  test("are answered with their payload", async () => {
    const { caller, send } = await scene();
    for (const payload of ["", "there?", "p".repeat(125)]) {
      const before = caller.said();
      send(frame(ping, payload, { mask: "mask" }));
      while (caller.said() === before) await Bun.sleep(1);
      expect(caller.said()).toBe(before + served(pong, payload));
    }
  });

  test("that come together are answered once, by the last", async () => {
    const { reception, caller, guest, send } = await scene();
    const together = ["one", "two", "three"].map((payload) => frame(ping, payload)).join("");
    send(together + frame(binary, "x"));
    await reception.until(() => guest.received === "x");
    while (!caller.said().endsWith("three")) await Bun.sleep(1);
    expect(caller.said().length).toBeLessThan(together.length);
  });

  test("of a client that does not read are answered once it does, by the last", async () => {
    const { reception, caller, guest, send } = await scene();
    caller.socket.pause();
    const large = Buffer.alloc(16_000_000);
    guest.link.write(large);
    for (let count = 0; count < 1000; count += 1) send(frame(ping, `ping ${count}`));
    send(frame(binary, "x"));
    await reception.until(() => guest.received === "x");
    expect(guest.link.writable).toBe(false);
    guest.onDrained = () => {
      guest.onDrained = () => {};
      guest.link.write(Buffer.from("more"));
    };
    let last = "";
    caller.socket.on("data", (bytes) => {
      last = `${last}${bytes.subarray(-30).toString("latin1")}`.slice(-30);
    });
    caller.socket.resume();
    while (!last.endsWith("more")) await Bun.sleep(1);
    expect(last).toEndWith(`\0${served(pong, "ping 999")}${served(binary, "more")}`);
  });

  test("that come together with a close frame are answered before it", async () => {
    const { caller, send } = await scene();
    send(frame(ping, "there?") + frame(closing, codeText(1000)));
    await caller.ended;
    expect(caller.said()).toBe(served(pong, "there?") + closed(1000));
  });

  test("that come together with a mistake are not answered", async () => {
    const { caller, send } = await scene();
    send(frame(ping, "there?") + frame(text, "hello"));
    await caller.ended;
    expect(caller.said()).toBe(closed(1003));
  });

  test("are not answered behind the end", async () => {
    const { caller, guest, send } = await scene();
    guest.react = () => guest.link.end();
    send(frame(binary, "x") + frame(ping, "there?"));
    await caller.ended;
    expect(caller.said()).toBe(closed(1000));
  });
});

describe("a client that is silent", () => {
  test("is pinged at the second beat, and gone at the third", async () => {
    const { reception, caller, guest, link } = await scene();
    link.onTimeout();
    link.onTimeout();
    while (caller.said() === "") await Bun.sleep(1);
    expect(caller.said()).toBe(served(ping, ""));
    expect(guest.lost).toBe(0);
    link.onTimeout();
    await reception.until(() => guest.lost > 0);
    await caller.closed;
    expect(caller.said()).toBe(served(ping, ""));
  });

  test.each([
    ["a pong", frame(pong, "")],
    ["anything", frame(binary, "x")],
    ["half a frame", "\x82"],
  ])("stays when it answers with %s", async (_what, answer) => {
    const { caller, guest, link } = await scene();
    link.onTimeout();
    link.onTimeout();
    link.onData(Buffer.from(answer, "latin1"));
    link.onTimeout();
    link.onTimeout();
    while (caller.said().length < 4) await Bun.sleep(1);
    expect(caller.said()).toBe(served(ping, "").repeat(2));
    expect(guest.lost).toBe(0);
  });

  test("because it is not read, is left alone until it is", async () => {
    const { caller, guest, link } = await scene();
    link.pause();
    for (let beat = 0; beat < 5; beat += 1) link.onTimeout();
    link.write(Buffer.from("x"));
    while (caller.said() === "") await Bun.sleep(1);
    expect(caller.said()).toBe(served(binary, "x"));
    link.resume();
    link.onTimeout();
    link.onTimeout();
    while (!caller.said().endsWith(served(ping, ""))) await Bun.sleep(1);
    expect(guest.lost).toBe(0);
  });

  test("and does not read is gone without a ping", async () => {
    const { reception, caller, guest, link } = await scene();
    caller.socket.pause();
    link.write(Buffer.alloc(16_000_000));
    for (let beat = 1; beat <= 2; beat += 1) link.onTimeout();
    expect(guest.lost).toBe(0);
    link.onTimeout();
    await reception.until(() => guest.lost > 0);
  });

  test("has the runtime's clock asked about it", () => {
    const asked: number[] = [];
    const socket = { write: () => 0, timeout: (seconds: number) => asked.push(seconds) };
    const door = new MqttWebSockets(new Reception().broker);
    const arrival = { socket, remoteAddress: "192.0.2.7", firstBytes: noBytes };
    const accepted = { answer: noBytes, admit: undefined };
    door.open(arrival as unknown as Arrival, accepted);
    (arrival.socket as unknown as { data: WebSocketLink }).data.onTimeout();
    expect(asked).toEqual([56, 56]); // fires within 60
  });
});

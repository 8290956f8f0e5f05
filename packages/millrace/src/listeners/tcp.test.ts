import { afterAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { join } from "node:path";
import { ManualClock } from "../base/mod.ts";
import { lingerBytesMax, linksStopMsMax } from "./limits.ts";
import { type Caller, call, Reception, stopMsOf, stopWithSlowReader } from "./listener-fixture.ts";
import type { TcpListener, TcpOptions } from "./tcp.ts";

const open: { stop(): void }[] = [];
afterAll(() => {
  for (const { stop } of open) stop();
});

function listen(reception: Reception, options: Partial<TcpOptions> = {}): TcpListener {
  const listener = reception.listen(options);
  open.push(listener);
  return listener;
}

function calling(caller: Caller): Caller {
  open.push({ stop: () => caller.socket.destroy() });
  return caller;
}

/** Listens in a process of its own, hands every link to `connect`, and writes `x` to it. */
async function listenFor(connectSource: string) {
  const module = JSON.stringify(join(import.meta.dir, "tcp.ts"));
  const script = `
    const { listenTcp } = await import(${module});
    const broker = { limits: { connectSecondsMax: 10 }, connect: ${connectSource} };
    const options = { broker, logger: {}, host: "127.0.0.1", port: 0, proxyProtocol: false };
    const { port } = listenTcp(options);
    console.log(port);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
  const { value } = await child.stdout.getReader().read();
  const client = connect(Number(new TextDecoder().decode(value)), "127.0.0.1");
  client.on("error", () => {});
  client.write("x");
  await new Promise((resolve) => client.resume().once("close", resolve));
  return child;
}

test("a broken invariant ends the process instead of one connection", async () => {
  const child = await listenFor(
    `() => ({ gone() {}, receive() { throw new Error("invariant broken"); } })`,
  );
  expect(await child.exited).not.toBe(0);
  expect(await new Response(child.stderr).text()).toContain("invariant broken");
});

test("a connection that the broker refuses at once ends alone", async () => {
  const child = await listenFor(`(link) => { link.end(); return { gone() {}, receive() {} }; }`);
  expect(child.exitCode).toBe(null);
  child.kill();
  await child.exited;
  expect(await new Response(child.stderr).text()).toBe("");
});

describe.concurrent("ending", () => {
  test("reaches a client that goes on sending, and nothing of that is received", async () => {
    const reception = new Reception();
    reception.welcome = (guest) => {
      guest.react = () => {
        guest.link.write(Buffer.from("refused"));
        guest.link.end();
      };
    };
    const { port } = listen(reception);
    const caller = calling(call(port));
    caller.flood();
    await caller.ended;
    expect(caller.received).toBe("refused");
    const [guest] = reception.guests;
    const receivedBytes = guest!.received.length;
    await reception.until(() => guest!.lost > 0);
    expect(guest!.received.length).toBe(receivedBytes);
    await caller.closed;
  });

  test("is the last word to a client that closes in turn, at once", async () => {
    const reception = new Reception();
    const { port } = listen(reception);
    const caller = calling(call(port, "x"));
    await reception.until(() => reception.guests[0]?.received === "x");
    reception.guests[0]!.link.end();
    await caller.ended;
    caller.socket.end();
    await reception.until(() => reception.guests[0]!.lost > 0);
    await caller.closed;
    expect(caller.error).toBeUndefined();
  });

  test("cuts a client off that neither closes nor sends", async () => {
    const reception = new Reception();
    const { port } = listen(reception);
    const caller = calling(call(port, "x"));
    await reception.until(() => reception.guests[0]?.received === "x");
    reception.guests[0]!.link.end();
    await caller.ended;
    await reception.until(() => reception.guests[0]!.lost > 0);
  });

  test("reads no more than its bound of a client that sends on and on", async () => {
    const reception = new Reception();
    reception.welcome = (guest) => guest.link.end();
    const { port } = listen(reception);
    const caller = calling(call(port));
    caller.flood();
    await caller.closed;
    // What lies between the two is in the kernel's buffers, which take some megabytes.
    const kernelBytes = 32 * 1_048_576;
    expect(caller.socket.bytesWritten).toBeLessThan(lingerBytesMax + kernelBytes);
  });

  test("brings a slow reader first what it is still owed", async () => {
    const reception = new Reception();
    const large = Buffer.alloc(16_000_000, "a");
    let owed = ["b", "c"];
    reception.welcome = (guest) => {
      guest.onDrained = () => {
        for (const text of owed) guest.link.write(Buffer.from(text));
        owed = [];
      };
      guest.react = () => {
        guest.link.write(large);
        expect(guest.link.writable).toBe(false);
        guest.link.end();
      };
    };
    const { port } = listen(reception);
    const caller = calling(call(port, "x"));
    caller.socket.pause();
    await reception.until(() => reception.guests[0]?.received === "x");
    let last = "";
    caller.socket.on("data", (bytes) => {
      last = `${last}${bytes.subarray(-2).toString()}`.slice(-2);
    });
    caller.socket.resume();
    await caller.ended;
    expect(caller.receivedBytes).toBe(large.length + 2);
    expect(last).toBe("bc");
  });

  test("cuts off a client that does not read its last bytes", async () => {
    const reception = new Reception();
    reception.welcome = (guest) => {
      guest.react = () => {
        guest.link.write(Buffer.alloc(16_000_000));
        guest.link.end();
      };
    };
    const { port } = listen(reception);
    calling(call(port, "x")).socket.pause();
    await reception.until(() => reception.guests[0]?.lost === 1);
  }, 30_000);
});

describe("writing", () => {
  test("a large packet arrives whole and in order, however slowly it is read", async () => {
    const reception = new Reception();
    const large = Uint8Array.from({ length: 12_000_000 }, (_, at) => at % 251);
    reception.welcome = (guest) => {
      guest.react = () => guest.link.write(large);
    };
    const { port } = listen(reception);
    const caller = calling(call(port, "x"));
    let at = 0;
    let wrong = 0;
    caller.socket.on("data", (bytes) => {
      for (const byte of bytes) {
        if (byte !== at % 251) wrong += 1;
        at += 1;
      }
      caller.socket.pause();
      setImmediate(() => caller.socket.resume());
    });
    await reception.until(() => reception.guests[0]?.drains === 1);
    expect(reception.guests[0]!.link.writable).toBe(true);
    reception.guests[0]!.link.end();
    await caller.ended;
    expect({ at, wrong }).toEqual({ at: large.length, wrong: 0 });
  });

  test("pausing makes the client wait, resuming lets it go on", async () => {
    const reception = new Reception();
    reception.welcome = (guest) => {
      guest.react = () => guest.link.pause();
    };
    const { port } = listen(reception);
    const caller = calling(call(port, "x"));
    await reception.until(() => reception.guests[0]?.received === "x");
    const [guest] = reception.guests;
    guest!.react = () => {};
    let written = 0;
    caller.socket.write(Buffer.alloc(16_000_000, "y"), () => {
      written = caller.socket.bytesWritten;
    });
    await Bun.sleep(100);
    expect(written).toBe(0);
    guest!.link.resume();
    await reception.until(() => guest!.received.length === 16_000_001);
  });
});

describe("a door that stops", () => {
  test("waits until a slow reader has the last bytes", async () => {
    const reception = new Reception();
    const listener = listen(reception);
    const caller = calling(call(listener.port, "x"));
    await reception.until(() => reception.guests[0]?.received === "x");
    const told = await stopWithSlowReader(listener, caller, reception.guests[0]!);
    expect(told).toEqual({ waited: true, last: "the end", receivedBytes: 16_000_007 });
  });

  test("does not wait for ever, and not again", async () => {
    const clock = new ManualClock();
    const reception = new Reception();
    const listener = listen(reception, { clock });
    const caller = calling(call(listener.port, "x"));
    await reception.until(() => reception.guests[0]?.received === "x");
    caller.socket.pause();
    reception.guests[0]!.link.write(Buffer.alloc(16_000_000));
    reception.guests[0]!.link.end();
    const stopMs = await stopMsOf(listener, clock);
    expect(stopMs).toBeGreaterThanOrEqual(linksStopMsMax);
    await listener.stop();
    expect(clock.monotonic()).toBe(stopMs);
  });

  test("has nothing to wait for once its clients are gone", async () => {
    const reception = new Reception();
    const listener = listen(reception, { clock: new ManualClock() }); // it stands still
    const caller = calling(call(listener.port, "x"));
    await reception.until(() => reception.guests[0]?.received === "x");
    caller.socket.destroy();
    await reception.until(() => reception.guests[0]!.lost > 1); // its end, and the socket's
    await listener.stop();
  });
});

describe.concurrent("behind a proxy", () => {
  const header = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 1883\r\n";

  test("the header names the client, however it is cut; what follows is received", async () => {
    const reception = new Reception();
    const { port } = listen(reception, { proxyProtocol: true });
    const caller = calling(call(port));
    for (const character of header) {
      await new Promise((resolve) => caller.socket.write(character, resolve));
    }
    caller.socket.write("hello");
    await reception.until(() => reception.guests[0]?.received === "hello");
    expect(reception.guests[0]!.link.remoteAddress).toBe("192.0.2.7");
    expect(reception.guests[0]!.link.transport).toBe("tcp");
    calling(call(port, `${header}at once`));
    await reception.until(() => reception.guests[1]?.received === "at once");
  });

  test("a proxy that speaks for itself has its own address", async () => {
    const reception = new Reception();
    const { port } = listen(reception, { proxyProtocol: true });
    calling(call(port, "\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00hello"));
    await reception.until(() => reception.guests[0]?.received === "hello");
    expect(reception.guests[0]!.link.remoteAddress).toBe("127.0.0.1");
  });

  test("a client that came around it is cut off", async () => {
    const reception = new Reception();
    const { port } = listen(reception, { proxyProtocol: true });
    const caller = calling(call(port, "\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00"));
    await caller.closed;
    expect(reception.guests).toEqual([]);
    expect(reception.log).toEqual([
      "warn listeners PROXY header refused, connection closed ip=127.0.0.1 " +
        'message="the connection does not begin with a PROXY header"\n',
    ]);
  });

  test("a header that does not come to its end has the time of a CONNECT", async () => {
    const reception = new Reception();
    const { port } = listen(reception, { proxyProtocol: true });
    await calling(call(port, "PROXY TCP4 192.0.2.7 ")).closed;
    expect(reception.guests).toEqual([]);
  });

  test("a connection that ends before its header does is closed", async () => {
    const reception = new Reception();
    const { port } = listen(reception, { proxyProtocol: true });
    const caller = calling(call(port, "PROXY TCP4 192.0.2.7 "));
    caller.socket.end();
    await caller.closed;
    expect(reception.guests).toEqual([]);
    expect(reception.log).toEqual([]);
  });

  test("without it, a header is what the client said", async () => {
    const reception = new Reception();
    const { port } = listen(reception);
    calling(call(port, header));
    await reception.until(() => reception.guests[0]?.received === header);
    expect(reception.guests[0]!.link.remoteAddress).toBe("127.0.0.1");
  });
});

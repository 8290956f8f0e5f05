import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startServer } from "../harness.ts";
import { bytesOf } from "./notation.ts";

const dataFolder = mkdtempSync(join(tmpdir(), "millrace-websocket-"));
let server: Server;

beforeAll(async () => {
  server = await startServer({ template: "bench/empty-template.yaml", dataFolder });
});

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

function bytes(notation: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytesOf(notation, { token: "wxyz", kept: new Map() }));
}

/** A WebSocket that keeps what comes and lets one wait for more. */
class Line {
  readonly frames: unknown[] = [];
  readonly #socket: WebSocket;
  #wake = () => {};
  closed = false;

  constructor(protocols: string[]) {
    this.#socket = new WebSocket(server.websocket, protocols);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = ({ data }) => {
      this.frames.push(data);
      this.#wake();
    };
    this.#socket.onclose = () => {
      this.closed = true;
      this.#wake();
    };
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  async opened(): Promise<boolean> {
    await new Promise((resolve) => {
      this.#socket.addEventListener("open", resolve);
      this.#socket.addEventListener("close", resolve);
    });
    return !this.closed;
  }

  send(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(frame);
  }

  /** All bytes so far, once they end with a PINGRESP or the connection has ended. */
  async untilPingresp(): Promise<string> {
    return this.#receivedWhen((all) => all.endsWith("d000"));
  }

  /** All bytes so far, once there are any or the connection has ended. */
  async received(): Promise<string> {
    return this.#receivedWhen((all) => all !== "");
  }

  async #receivedWhen(enough: (hex: string) => boolean): Promise<string> {
    for (;;) {
      const frames = this.frames.map((frame) => Buffer.from(frame as ArrayBuffer));
      const all = Buffer.concat(frames).toString("hex");
      if (enough(all) || this.closed) return all;
      await this.#woken();
    }
  }

  async end(): Promise<void> {
    while (!this.closed) await this.#woken();
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

async function open(): Promise<Line> {
  const line = new Line(["mqtt"]);
  expect(await line.opened()).toBe(true);
  return line;
}

const versions = [
  { name: "MQTT 3.1.1", connect: "10 11 00 04 'MQTT' 04 02 00 00 00 05 '@@@@a'", none: "" },
  { name: "MQTT 5.0", connect: "10 12 00 04 'MQTT' 05 02 00 00 00 00 05 '@@@@a'", none: "00" },
];

test.each([[["mqtt"]], [["chat", "mqtt"]], [["mqtt", "chat"]]])(
  "of %p the server chooses mqtt [MQTT-6.0.0-4] [MQTT5-6.0.0-4]",
  async (protocols) => {
    const line = new Line(protocols);
    expect(await line.opened()).toBe(true);
    expect(line.protocol).toBe("mqtt");
  },
);

test("who does not offer mqtt is not let in", async () => {
  expect(await new Line(["chat"]).opened()).toBe(false);
});

describe.each(versions)("$name", ({ connect, none }) => {
  test("a text frame before the CONNECT ends the connection [MQTT-6.0.0-1] [MQTT5-6.0.0-1]", async () => {
    const line = await open();
    line.send("hello");
    await line.end();
    expect(line.frames).toEqual([]);
  });

  test("a text frame behind the CONNECT ends the connection [MQTT-6.0.0-1] [MQTT5-6.0.0-1]", async () => {
    const line = await open();
    line.send(bytes(connect));
    expect(await line.received()).toStartWith("20");
    line.send("hello");
    await line.end();
  });

  test("what the server sends are binary frames [MQTT-6.0.0-1] [MQTT5-6.0.0-1]", async () => {
    const line = await open();
    line.send(bytes(`${connect} c0 00`));
    expect(await line.untilPingresp()).toEndWith("d000");
    expect(line.frames.every((frame) => frame instanceof ArrayBuffer)).toBe(true);
  });

  test("a frame may hold several packets [MQTT-6.0.0-2] [MQTT5-6.0.0-2]", async () => {
    const line = await open();
    const subscribe = none ? "82 08 00 01 00 00 02 'x/' 00" : "82 07 00 01 00 02 'x/' 00";
    line.send(bytes(`${connect} ${subscribe} c0 00`));
    expect(await line.untilPingresp()).toMatch(/^20.*90.*d000$/);
  });

  test("a frame may hold a part of a packet, or nothing [MQTT-6.0.0-2] [MQTT5-6.0.0-2]", async () => {
    const line = await open();
    for (const byte of bytes(`${connect} c0 00`)) {
      line.send(Uint8Array.of(byte));
      line.send(new Uint8Array());
    }
    expect(await line.untilPingresp()).toMatch(/^20.*d000$/);
  });

  test("a frame of many packets may be larger than any of them may be", async () => {
    const line = await open();
    const count = 3000;
    const packets = [bytes(connect)];
    for (let id = 1; id <= count; id += 1) {
      const publish = bytes(`32 ed 07 00 01 'y' 00 00 ${none || "'z'"} 'z'{999}`);
      new DataView(publish.buffer).setUint16(6, id);
      packets.push(publish);
    }
    line.send(Buffer.concat([...packets, bytes("c0 00")]));
    const pubacks = (await line.untilPingresp()).match(/40(?:02....|03....10)/g) ?? [];
    expect(new Set(pubacks).size).toBe(count);
  });
});

import { afterAll, expect, test } from "bun:test";
import mqtt from "mqtt";
import { type Guest, Reception } from "../listener-fixture.ts";
import { endAll, onEnd, serve } from "./websocket-fixture.ts";

afterAll(endAll);

const lengths = [0, 1, 3, 125, 126, 127, 300, 65_535, 65_536, 65_537, 3_000_000];

/** A guest sends back what it receives. */
function echo(guest: Guest): void {
  let sent = 0;
  guest.react = (received) => {
    guest.link.write(Buffer.from(received.slice(sent), "latin1"));
    sent = received.length;
  };
}

function happens<T>(socket: WebSocket, event: string): Promise<T> {
  return new Promise((resolve) => {
    socket.addEventListener(event, (told) => resolve(told as T), { once: true });
  });
}

async function openWebSocket(reception: Reception): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${serve({ reception })}/mqtt`, ["mqtt"]);
  socket.binaryType = "arraybuffer";
  onEnd(() => socket.close());
  await happens(socket, "open");
  return socket;
}

test("the runtime's WebSocket gets back what it sends, of every length", async () => {
  const reception = new Reception();
  reception.welcome = echo;
  const socket = await openWebSocket(reception);
  expect({ protocol: socket.protocol, extensions: socket.extensions }).toEqual({
    protocol: "mqtt",
    extensions: "",
  });
  const sent = lengths.map((length) => Buffer.alloc(length, `${length},`));
  const all = Buffer.concat(sent);
  const received: Buffer[] = [];
  socket.addEventListener("message", ({ data }) => received.push(Buffer.from(data)));
  for (const bytes of sent) socket.send(bytes);
  const length = () => received.reduce((sum, bytes) => sum + bytes.length, 0);
  while (length() < all.length) await Bun.sleep(1);
  expect(Buffer.concat(received).equals(all)).toBe(true);
});

test("the runtime's WebSocket closes cleanly, from either side", async () => {
  const reception = new Reception();
  const leaving = await openWebSocket(reception);
  const left = happens<CloseEvent>(leaving, "close");
  leaving.close(4001, "bye");
  expect(await left).toMatchObject({ code: 4001, wasClean: true });
  await reception.until(() => reception.guests[0]!.left > 0);
  const ended = happens<CloseEvent>(await openWebSocket(reception), "close");
  reception.guests[1]!.link.end();
  expect(await ended).toMatchObject({ code: 1000, wasClean: true });
});

test("MQTT.js connects, publishes what is large, and takes leave", async () => {
  const connack = Buffer.of(0x20, 2, 0, 0);
  const reception = new Reception();
  reception.welcome = (guest) => {
    guest.react = () => {
      guest.react = () => {};
      guest.link.write(connack);
    };
  };
  const url = `ws://127.0.0.1:${serve({ reception })}/mqtt`;
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 0 });
  const payload = "0123456789".repeat(9000);
  await client.publishAsync("a/b", payload, { qos: 0 });
  await client.endAsync();
  const guest = reception.guests[0]!;
  await reception.until(() => guest.received.endsWith("\xe0\0"));
  expect(guest.received.includes(payload)).toBe(true);
  expect(guest.received.slice(0, 10)).toContain("MQTT");
  await reception.until(() => guest.left + guest.lost > 0);
});

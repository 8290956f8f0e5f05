import { afterEach, expect, mock, spyOn, test } from "bun:test";
import type { Socket } from "bun";
import { systemClock } from "../base/mod.ts";
import { SocketOwner } from "./socket-owner.ts";

class Owner extends SocketOwner {
  protected override take(): void {}
  protected override drained(): void {}
  protected override ended(): void {}
  protected override gone(): void {}
}

/** A socket that takes so many bytes of each write; what it took is in `taken`. */
function slowSocket(bytesPerWrite: number) {
  let taken = "";
  const write = (bytes: Uint8Array) => {
    const part = bytes.subarray(0, bytesPerWrite);
    taken += Buffer.from(part).toString("latin1");
    return part.length;
  };
  const times: number[] = [];
  let isOver = false;
  const socket = {
    write,
    resume() {},
    timeout: (seconds: number) => times.push(seconds),
    shutdown: () => (isOver = true),
  };
  return {
    socket: socket as unknown as Socket<SocketOwner>,
    taken: () => taken,
    times,
    isOver: () => isOver,
  };
}

afterEach(() => mock.restore());

test.each([
  ["an array", new Uint8Array(6)],
  ["a Buffer", Buffer.alloc(6)],
])("what the socket did not take of %s is safe from whoever writes over it", (_what, shared) => {
  const { socket, taken } = slowSocket(2);
  const owner = new Owner(socket);
  shared.set(Buffer.from("answer"));
  owner.write(shared);
  shared.fill(0);
  while (!owner.writable) owner.onDrain();
  expect(taken()).toBe("answer");
});

test("a slow reader gets its time anew whenever it has read of the last bytes, for a minute", () => {
  const { socket, times, isOver } = slowSocket(2);
  const owner = new Owner(socket);
  owner.write(Buffer.alloc(1000));
  const nowMs = spyOn(systemClock, "monotonic").mockReturnValue(5000);
  owner.end();
  expect(times).toEqual([8]);
  nowMs.mockReturnValue(64_999);
  for (let drips = 0; drips < 3; drips += 1) owner.onDrain();
  expect(times).toEqual([8, 8, 8, 8]);
  nowMs.mockReturnValue(65_000);
  owner.onDrain();
  expect(times).toEqual([8, 8, 8, 8]);
  expect(isOver()).toBe(false);
});

test("a slow reader that has read the last bytes has FIN behind them", () => {
  const { socket, taken, isOver } = slowSocket(2);
  const owner = new Owner(socket);
  owner.write(Buffer.from("answer"));
  owner.end();
  expect(isOver()).toBe(false);
  while (taken() !== "answer") owner.onDrain();
  expect(isOver()).toBe(true);
});

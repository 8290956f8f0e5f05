import { expect, test } from "bun:test";
import type { Socket } from "bun";
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
  return { socket: { write } as unknown as Socket<SocketOwner>, taken: () => taken };
}

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

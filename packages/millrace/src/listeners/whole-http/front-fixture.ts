/** For the tests of this room: a front before a server, and clients that speak bytes. */

import { spyOn } from "bun:test";
import { type Awaitable, silentLogger, systemClock } from "../../base/mod.ts";
import type { Front } from "../front.ts";
import { type Caller, call } from "../listener-fixture.ts";
import { HeldBytes, type Holding } from "./held-bytes.ts";
import type { WholeAnswer, WholeRequest } from "./whole-answer.ts";
import { openWholeFront, type WholeFrontOptions } from "./whole-front.ts";

const open: { stop(): void }[] = [];

/** At the end of a test file: `afterAll(stopAll)`. */
export function stopAll(): void {
  for (const { stop } of open.splice(0).reverse()) stop();
}

export const plain = { status: 200, headers: { "x-from": "front" } };

type Answers = (request: WholeRequest) => Awaitable<WholeAnswer>;

export async function echo({ body }: WholeRequest): Promise<WholeAnswer> {
  return { ...plain, body: Buffer.from(`heard ${Buffer.from(body)}`) };
}

/** A front that answers what has `x-here`, before a server that answers everything else. */
export function scene(
  answer: Answers = echo,
  idleSecondsMax = 60,
  more: Partial<WholeFrontOptions> = {},
) {
  let front: Front | undefined;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    async fetch(request, server) {
      const peer = server.requestIP(request)!;
      const body = await request.text();
      return new Response(`server heard ${body} of ${front?.clientAddress(peer)}`);
    },
  });
  front = openWholeFront({
    host: "127.0.0.1",
    port: 0,
    serverPort: server.port!,
    meet: (headers) => (headers.has("x-here") ? { takes: () => true, answer } : undefined),
    failed: (_, thrown) => {
      throw thrown;
    },
    atEndOfTurn: setImmediate,
    idleSecondsMax,
    requestSecondsMax: 0,
    clock: systemClock,
    logger: silentLogger,
    ...more,
  });
  const { port, stop } = front;
  open.push({ stop: () => server.stop(true) }, { stop: () => void stop() });
  return { front, port };
}

export function calling(port: number, first: string): Caller {
  const caller = call(port, first);
  open.push({ stop: () => caller.socket.destroy() });
  return caller;
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1);
}

/** What was held, of whom, from now on. */
export function watchHeld(): { readonly notes: readonly (readonly [Holding, number])[] } {
  const note = spyOn(HeldBytes.prototype, "note");
  open.push({ stop: () => note.mockRestore() });
  const before = note.mock.calls.length;
  return {
    get notes() {
      return note.mock.calls.slice(before);
    },
  };
}

export function post(body: string, header = "x-here: 1"): string {
  const lines = ["POST / HTTP/1.1", "Host: localhost", header, `Content-Length: ${body.length}`];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

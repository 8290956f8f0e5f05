/** Node's end of the channel, heard by hand: when calls ahead begin. */

import { afterEach, test } from "bun:test";
import { existsSync, readSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { concatBytes, utf8 } from "../../base/mod.ts";
import { Ticket } from "../ahead/ticket.ts";
import { FrameReader, fromProcess, headBytes, toProcess, writeHead } from "../channel/frames.ts";
import { cleanUp, cleanups, newFolder } from "../house-fixture.ts";
import { bootstrapFolder } from "../runtimes/runtime.ts";

afterEach(cleanUp);

/** Answers with as much as may be held back; says that it has begun, and waits for a file. */
const source = `const { existsSync, writeFileSync } = require("node:fs");
  exports.handler = async ({ begun, waitsFor, blocks }) => {
    writeFileSync(begun, "");
    while (blocks && !existsSync(waitsFor));
    while (!existsSync(waitsFor)) await new Promise((resolve) => setTimeout(resolve, 1));
    return "€".repeat(65_000);
  };`;

function frame(kind: number, ...parts: (string | Uint8Array)[]): Uint8Array {
  const body = concatBytes(parts.map((part) => (typeof part === "string" ? utf8(part) : part)));
  const head = new Uint8Array(headBytes);
  writeHead(head, kind, body.length);
  return concatBytes([head, body]);
}

async function startBootstrap(codeFolder: string) {
  const tickets = ["a", "b"].map((name) => new Ticket(join(codeFolder, name)));
  for (const ticket of tickets) cleanups.push(() => ticket.close());
  const child = Bun.spawn(["node", join(bootstrapFolder, "node.mjs")], {
    env: { LAMBDA_TASK_ROOT: codeFolder, _HANDLER: "app.handler" },
    stdio: ["ignore", "inherit", "inherit", "socket-fd", ...tickets.map((t) => t.descriptor)],
  });
  cleanups.push(() => child.kill("SIGKILL"));
  return { tickets, descriptor: child.stdio[3] as number };
}

/** Until so many frames of these kinds have come. */
async function readUntil(descriptor: number, kinds: number[], count: number): Promise<void> {
  let left = count;
  const reader = new FrameReader(1_000_000, (kind) => {
    if (kinds.includes(kind)) left -= 1;
  });
  const bytes = new Uint8Array(65_536);
  while (left > 0) {
    try {
      reader.push(bytes.slice(0, readSync(descriptor, bytes)));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EAGAIN") throw thrown;
      await Bun.sleep(1);
    }
  }
}

test("a call ahead does not begin before the answer to the one before has left", async () => {
  const folder = await newFolder({ "app.js": source });
  const file = (name: string) => join(folder, name);
  const { tickets, descriptor } = await startBootstrap(folder);
  await readUntil(descriptor, [fromProcess.ready], 1);
  const lines = (id: string, timeMs: number) => `${id}\n\n${timeMs}\narn\n\n`;
  const event = (id: string, blocks = false) =>
    JSON.stringify({ begun: file(`begun ${id}`), waitsFor: file(`go ${id}`), blocks });
  const begun = async (id: string) => {
    while (!existsSync(file(`begun ${id}`))) await Bun.sleep(1);
  };
  const giveAhead = (ticket: 0 | 1, id: string, blocks = false) => {
    tickets[ticket]!.put();
    const described = [Uint8Array.of(ticket), lines(id, 60_000), event(id, blocks)];
    writeSync(descriptor, frame(toProcess.ahead, ...described));
  };
  writeSync(descriptor, frame(toProcess.call, lines("A", Date.now() + 60_000), event("A")));
  await begun("A");
  giveAhead(0, "B");
  writeFileSync(file("go A"), "");
  await begun("B"); // and nobody reads A's answer, so that B's has no room
  giveAhead(1, "C", true);
  writeFileSync(file("go B"), "");
  await Bun.sleep(200); // B answers meanwhile, as far as there is room
  await readUntil(descriptor, [fromProcess.answered], 2);
  await begun("C");
  writeFileSync(file("go C"), "");
  await readUntil(descriptor, [fromProcess.answered, fromProcess.response], 1);
});

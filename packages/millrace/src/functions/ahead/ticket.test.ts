import { afterEach, expect, test } from "bun:test";
import { fstatSync, readdirSync } from "node:fs";
import { cleanUp, cleanups, newFolder } from "../house-fixture.ts";
import { Ticket } from "./ticket.ts";

afterEach(cleanUp);

async function newTicket() {
  const folder = await newFolder({});
  const ticket = new Ticket(`${folder}/ticket`);
  cleanups.push(() => ticket.close());
  return { ticket, folder };
}

/** A process that has the ticket too, and says by a byte of its output for each of the input's. */
function startTaker({ descriptor }: Ticket) {
  const source = `const { readSync, writeSync } = require("node:fs");
    const byte = Buffer.alloc(1);
    while (readSync(0, byte) === 1) writeSync(1, readSync(4, byte, 0, 1, null) === 1 ? "y" : "n");`;
  const taker = Bun.spawn(["node", "-e", source], {
    stdio: ["pipe", "pipe", "inherit", "ignore", descriptor],
  });
  cleanups.push(() => taker.kill());
  return taker;
}

test("a ticket is taken once for each time that it is put, and leaves no file", async () => {
  const { ticket, folder } = await newTicket();
  expect(readdirSync(folder)).toEqual([]);
  expect(ticket.take()).toBe(false);
  for (let count = 0; count < 10; count += 1) {
    expect(ticket.put()).toBe(true);
    expect([ticket.take(), ticket.take()]).toEqual([true, false]);
  }
  ticket.close();
  expect(ticket.take()).toBe(false);
});

test("a ticket that is put for long takes no more of the disk", async () => {
  const { ticket } = await newTicket();
  for (let count = 0; count < 300_000; count += 1) {
    ticket.put();
    if (!ticket.take()) throw new Error(`ticket ${count} was not there`);
  }
  expect(fstatSync(ticket.descriptor).blocks * 512).toBeLessThanOrEqual(131_072);
});

test("of two processes that take a ticket at once one has it, whichever it is", async () => {
  const { ticket } = await newTicket();
  const taker = startTaker(ticket);
  const reader = taker.stdout.getReader();
  const text = async () => new TextDecoder().decode((await reader.read()).value);
  const owners = { ours: 0, theirs: 0 };
  for (let count = 0; count < 3000; count += 1) {
    ticket.put();
    taker.stdin.write("?");
    taker.stdin.flush();
    // Sometimes at once, sometimes when the other has long taken it, and all between.
    for (let spins = 0; spins < (count % 50) * 400; spins += 1);
    const isOurs = ticket.take();
    const isTheirs = (await text()) === "y";
    expect(isOurs).not.toBe(isTheirs);
    owners[isOurs ? "ours" : "theirs"] += 1;
  }
  expect(Math.min(owners.ours, owners.theirs)).toBeGreaterThan(0);
});

import { edenGC, heapStats } from "bun:jsc";
import { afterAll, expect, test } from "bun:test";
import { calling, echo, post, scene, stopAll, until } from "./front-fixture.ts";
import { HeldBytes, type Holder, Holding } from "./held-bytes.ts";

afterAll(stopAll);

test("who has moved nothing for the longest goes, as many as it takes", () => {
  const gone: string[] = [];
  const holder = (name: string) => new Holding({ cutOff: () => gone.push(name) });
  const [first, second, third] = [holder("first"), holder("second"), holder("third")];
  const held = new HeldBytes(10);
  held.note(first, 4);
  held.note(second, 4);
  held.note(first, 3);
  held.note(third, 3);
  expect(gone).toEqual([]);
  held.note(third, 5);
  expect(gone).toEqual(["second"]);
  held.note(second, 0); // as its socket closes
  held.note(third, 10);
  expect(gone).toEqual(["second", "first"]);
  held.note(third, 0);
  held.note(first, 10);
  expect(gone).toHaveLength(2);
});

/** Of its kind there are no objects but those that are counted. */
class Counted extends Map implements Holder {
  cutOff(): void {}
}

test("nothing of who was cut off is kept for those who came after", () => {
  const [held, count, staying] = [new HeldBytes(100), 50_000, 100];
  Bun.gc(true);
  const mapsBefore = heapStats().objectTypeCounts.Map!;
  for (let number = 1; number <= count; number += 1) {
    held.note(new Holding(new Counted()), 1);
    if (number % (count / 10) === 0) edenGC(); // takes what is old for alive
  }
  const kept = heapStats().objectTypeCounts.Map! - mapsBefore;
  expect(kept).toBeGreaterThanOrEqual(staying);
  expect(kept).toBeLessThan(count / 10);
});

test("bodies that are not whole are held as long as there is room, and then are no more", async () => {
  const { port } = scene(echo, 60, { heldBytesInAllMax: 250_000 });
  const request = post("a".repeat(110_000));
  const rest = 10_000;
  const begin = async () => {
    const caller = calling(port, request.slice(0, -rest));
    await caller.opened;
    await Bun.sleep(20); // so that the order in which they are heard is theirs
    return caller;
  };
  const [first, second] = [await begin(), await begin()];
  const third = await begin();
  await first.closed;
  const last = [];
  for (const caller of [second, third]) {
    caller.socket.write(request.slice(-rest));
    await until(() => caller.receivedBytes > 110_000);
    last.push(await begin()); // what is whole is not held any more
  }
  for (const caller of last) {
    caller.socket.write(request.slice(-rest));
    await until(() => caller.receivedBytes > 110_000);
  }
});

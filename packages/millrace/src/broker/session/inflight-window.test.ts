import { expect, test } from "bun:test";
import fc from "fast-check";
import { InflightWindow } from "./inflight-window.ts";
import type { Delivery } from "./line.ts";

function deliveryOf(sequence: number): Delivery {
  return { sequence } as Delivery;
}

/**
 * Up to 7: the first, the second, ... is acknowledged. 8: an id is left out. 9: the ids go on from
 * a place far away, as after a restart. Else one is sent.
 */
const arbitrarySteps = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 400 });

test("does what a map does, whatever is acknowledged and in which order", () => {
  fc.assert(
    fc.property(arbitrarySteps, fc.integer({ min: 1, max: 65_535 }), (steps, start) => {
      const model = new Map<number, Delivery>();
      const window = new InflightWindow();
      let next = start;
      const advance = (ids = 1) => {
        for (next = ((next - 1 + ids) % 65_535) + 1; model.has(next); ) advance();
      };
      for (const step of steps) {
        if (step < 8) {
          const packetId = [...model.keys()][step] ?? next;
          expect(window.get(packetId)).toBe(model.get(packetId));
          expect(window.take(packetId)).toBe(model.get(packetId));
          model.delete(packetId);
        } else if (step === 8) advance();
        else if (step === 9) advance(65_530);
        else {
          expect(window.has(next)).toBe(false);
          const delivery = deliveryOf(next);
          window.add(next, delivery);
          model.set(next, delivery);
          advance();
        }
        expect(window.size).toBe(model.size);
      }
      expect([...window]).toEqual([...model]);
    }),
  );
});

test("one that is never acknowledged does not make it grow", () => {
  const window = new InflightWindow();
  window.add(1, deliveryOf(1));
  for (let packetId = 2; packetId < 60_000; packetId += 1) {
    window.add(packetId, deliveryOf(packetId));
    expect(window.take(packetId)?.sequence).toBe(packetId);
  }
  expect([...window]).toEqual([[1, deliveryOf(1)]]);
});

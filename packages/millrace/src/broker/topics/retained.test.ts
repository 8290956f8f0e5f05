import { expect, test } from "bun:test";
import fc from "fast-check";
import { ManualClock, textOf, utf8 } from "../../base/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { mqttLimits } from "../presets/mqtt.ts";
import { Retained } from "./retained.ts";

const origin = { ruleDepth: 0 };

function openRetained() {
  const clock = new ManualClock();
  const records = openMemoryRecords();
  const options = { records, limits: mqttLimits, clock, reportStorageError: () => {} };
  return { clock, options, retained: new Retained(options) };
}

test("pages have each topic once and in order, while some come and others go", () => {
  const topic = fc.array(fc.constantFrom("a", "b", "", "ä", "🜁"), { minLength: 1, maxLength: 3 });
  const change = fc.record({
    topic: topic.map((levels) => levels.join("/") || "x"),
    bytes: fc.constantFrom(0, 1),
    expires: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      (all, size) => {
        const { clock, retained } = openRetained();
        const model = new Map<string, boolean>();
        for (const { topic, bytes, expires } of all) {
          const expiresAtMs = expires ? clock.now() + 1000 : undefined;
          const payload = new Uint8Array(bytes);
          void retained.set({ topic, payload, qos: 0, retain: true, origin, expiresAtMs });
          if (bytes === 0) model.delete(topic);
          else model.set(topic, expires);
        }
        clock.advance(1000);
        const expected = [...model].filter(([, expires]) => !expires).map(([name]) => name);
        const listed: string[] = [];
        for (let page = retained.after(undefined, size); page.length > 0; ) {
          listed.push(...page.map(({ message }) => message.topic));
          page = retained.after(listed.at(-1), size);
        }
        expect(listed).toEqual(expected.sort());
      },
    ),
  );
});

test("what the disk does not take is not kept, and what it had is there again", async () => {
  const { options, retained } = openRetained();
  const set = (text: string) => {
    return retained.set({ topic: "a", payload: utf8(text), qos: 0, retain: true, origin });
  };
  const shown = () => retained.after(undefined, 9).map(({ message }) => textOf(message.payload));
  await set("first");
  const { update } = options.records;
  const failing = () => Promise.reject(new Error("disk full"));
  options.records.update = failing;
  for (const texts of [["second"], [""], ["second", "third"]]) {
    const outcomes = texts.map(set);
    expect(shown()).toEqual(texts.at(-1) === "" ? [] : [texts.at(-1)!]);
    const settled = await Promise.allSettled(outcomes);
    expect(settled.map(({ status }) => status)).toEqual(texts.map(() => "rejected"));
    expect([shown(), retained.bytes]).toEqual([["first"], 5]);
  }
  options.records.update = update;
  const kept = set("second");
  options.records.update = failing;
  await expect(set("third")).rejects.toThrow("disk full");
  await kept;
  expect(shown()).toEqual(["second"]);
});

test("what an earlier process kept is listed too", async () => {
  const { options, retained } = openRetained();
  for (const topic of ["b", "a", "a/b"]) {
    await retained.set({ topic, payload: utf8("x"), qos: 0, retain: true, origin });
  }
  const next = new Retained(options);
  await next.load();
  const topics = next.after(undefined, 9).map(({ message }) => message.topic);
  expect(topics).toEqual(["a", "a/b", "b"]);
});

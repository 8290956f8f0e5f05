/** A visit to a room against a model of the back end that loses what a killed server loses. */

import { expect, test } from "bun:test";
import fc from "fast-check";
import type { ModelPage } from "./testing/model-page.ts";
import { RoomModel } from "./testing/room-model.ts";

async function enter(model: RoomModel): Promise<ModelPage> {
  const page = model.open();
  model.connect(page);
  await model.advance(100);
  return page;
}

test("two pages see each other's lines, in one order", async () => {
  const model = new RoomModel();
  const [ann, ben] = [await enter(model), await enter(model)];
  ann.say("one");
  await model.advance(20);
  ben.say("two");
  await model.advance(100);
  expect(ann.shown()).toEqual(["one", "two"]);
  expect(ben.shown()).toEqual(["one", "two"]);
});

test("a line waits while there is no connection, and is sent under its id afterwards", async () => {
  const model = new RoomModel();
  const [ann, ben] = [await enter(model), await enter(model)];
  model.disconnect(ann);
  ann.say("later");
  await model.advance(60_000);
  expect(ann.timeline.entries[0]?.line).toBeUndefined();
  expect(ann.timeline.entries[0]?.failure).toBeUndefined();
  model.connect(ann);
  await model.advance(100);
  expect(ann.timeline.entries[0]?.line).toBeDefined();
  expect(ben.shown()).toEqual(["later"]);
});

test("a line that the room never shows fails in words, and can be said again", async () => {
  const model = new RoomModel();
  const ann = await enter(model);
  model.isRelaying = false;
  ann.say("lost");
  await model.advance(20_000);
  const entry = ann.timeline.entries[0];
  expect(entry?.failure).toBe("The room has not shown this line");

  model.isRelaying = true;
  ann.session.tryAgain(entry?.draft.id ?? "");
  await model.advance(100);
  expect(entry?.failure).toBeUndefined();
  expect(model.stored.map((line) => line.text)).toEqual(["lost"]);
});

test("only lines said now are announced, never the backlog", async () => {
  const model = new RoomModel();
  const ann = await enter(model);
  ann.say("old");
  await model.advance(100);
  const ben = await enter(model);
  expect(ben.shown()).toEqual(["old"]);
  expect(ben.announced).toEqual([]);
  ann.say("new");
  await model.advance(100);
  expect(ben.announced).toEqual(["new"]);
  expect(ann.announced).toEqual([]);
});

test("earlier pages come one by one, and then there are none", async () => {
  const model = new RoomModel();
  const ann = await enter(model);
  const texts = Array.from({ length: 8 }, (_, index) => `line ${index}`);
  for (const text of texts) {
    ann.say(text);
    await model.advance(50);
  }
  const ben = await enter(model);
  expect(ben.shown()).toEqual(texts.slice(5));
  for (let turn = 0; turn < 3; turn++) {
    const earlier = ben.session.showEarlier();
    await model.advance(100);
    await earlier;
  }
  expect(ben.shown()).toEqual(texts);
});

test("a gap after an outage is closed; a long one is marked and closed on demand", async () => {
  const model = new RoomModel();
  const [ann, ben] = [await enter(model), await enter(model)];
  ann.say("before");
  await model.advance(100);
  model.disconnect(ben);
  for (let index = 0; index < 40; index++) {
    ann.say(`missed ${index}`);
    await model.advance(50);
  }
  model.connect(ben);
  await model.advance(2_000);
  const marked = ben.timeline.entries.filter((entry) => entry.gap !== undefined);
  expect(marked).toHaveLength(1);
  expect(ben.shown()).toEqual(["before", ...ann.shown().slice(-30)]);

  const closing = ben.session.closeGap(marked[0]!);
  await model.advance(2_000);
  await closing;
  expect(ben.shown()).toEqual(ann.shown());
  expect(ben.timeline.entries.some((entry) => entry.gap !== undefined)).toBe(false);
});

test("a back end that does not answer is asked again, then the page says so", async () => {
  const model = new RoomModel();
  const ann = await enter(model);
  ann.say("kept");
  await model.advance(100);
  model.isAnswering = false;
  const ben = await enter(model);
  expect(ben.backlog).toBe("loading");
  await model.advance(120_000);
  expect(ben.backlog).toBe("failed");

  model.isAnswering = true;
  const reloaded = ben.session.reload();
  await model.advance(100);
  await reloaded;
  expect(ben.backlog).toBe("ready");
  expect(ben.shown()).toEqual(["kept"]);
});

test("junk in the room changes nothing", async () => {
  const model = new RoomModel();
  const ann = await enter(model);
  ann.say("sense");
  await model.advance(100);
  for (const junk of ["", "{", "null", "[]", '{"message":null}', '{"id":5}', "\u0000"]) {
    model.inject(junk);
  }
  expect(ann.shown()).toEqual(["sense"]);
});

type Step =
  | { readonly kind: "say" | "drop" | "join"; readonly who: number }
  | { readonly kind: "kill" }
  | { readonly kind: "wait"; readonly milliseconds: number };

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("say" as const), who: fc.nat(2) }) },
    fc.record({ kind: fc.constantFrom("drop" as const, "join" as const), who: fc.nat(2) }),
    fc.record({ kind: fc.constant("kill" as const) }),
    fc.record({ kind: fc.constant("wait" as const), milliseconds: fc.nat(200) }),
  ),
  { maxLength: 40 },
);

test("whatever is cut and killed, every page ends with every line once", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script: Step[]) => {
      const model = new RoomModel();
      const pages = [await enter(model), await enter(model), await enter(model)];
      const said: string[] = [];
      const wasKilled = script.some((step) => step.kind === "kill");
      for (const step of script) {
        if (step.kind === "kill") model.kill();
        else if (step.kind === "wait") await model.advance(step.milliseconds);
        else if (step.kind === "drop") model.disconnect(pages[step.who]!);
        else if (step.kind === "join") model.connect(pages[step.who]!);
        else pages[step.who]!.say(said[said.push(`line ${said.length}`) - 1]!);
      }
      // Twice, so that what one page repairs late reaches those who had looked before.
      for (let round = 0; round < 2; round++) {
        for (const page of pages) model.connect(page);
        await model.advance(30_000);
        if (round === 0) for (const page of pages) model.disconnect(page);
      }
      pages.push(await enter(model));
      const reader = pages.at(-1)!;
      for (const page of pages) await readAll(model, page);
      for (const page of pages) {
        expect(page.shown().toSorted()).toEqual(said.toSorted());
        // A line that the store lost and its author said again stands later for newcomers.
        if (!wasKilled) expect(page.shown()).toEqual(reader.shown());
      }
    }),
    { numRuns: 150 },
  );
});

async function readAll(model: RoomModel, page: ModelPage): Promise<void> {
  for (let turn = 0; turn < 40; turn++) {
    const earlier = page.session.showEarlier();
    await model.advance(50);
    await earlier;
  }
}

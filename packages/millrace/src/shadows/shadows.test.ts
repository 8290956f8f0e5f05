import { expect, test } from "bun:test";
import { ManualClock, silentLogger, textOf, utf8, WorldError } from "../base/mod.ts";
import type { Message, PublishOutcome } from "../broker/mod.ts";
import { openMemoryRecords, type Records } from "../storage/mod.ts";
import { isShadowName, isShadowRequest, isThingName, shadowLimits } from "./mod.ts";
import { openShadows, type Told } from "./shadows-fixture.ts";
import { ShadowStore } from "./store.ts";

const classic = "$aws/things/lamp/shadow";
const lamp = { thingName: "lamp", shadowName: undefined };
const reported = (a: unknown) => ({ state: { reported: { a } } });
const desired = (a: unknown) => ({ state: { desired: { a } } });
const versions = (told: readonly { topic: string; document: object }[]) =>
  told
    .filter(({ topic }) => topic.endsWith("update/accepted"))
    .map(({ document }) => (document as { version: number }).version);

/** Records whose updates wait until they are let go, each on its own. */
function heldRecords(records = openMemoryRecords()) {
  const held: { release(): void; fail(error: Error): void }[] = [];
  const update: Records["update"] = (reads, decide) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    held.push({ release: resolve, fail: reject });
    return promise.then(() => records.update(reads, decide));
  };
  return { records: { ...bound(records), update }, held };
}

function bound(records: Records): Records {
  return {
    get: (address) => records.get(address),
    range: (wanted) => records.range(wanted),
    update: (reads, decide) => records.update(reads, decide),
    close: () => records.close(),
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test.each([
  ["$aws/things/lamp/shadow/update", true],
  ["$aws/things/a:b_c-9/shadow/get", true],
  ["$aws/things/lamp/shadow/name/config/delete", true],
  ["$aws/things/lamp/shadow/name/$package/update", true],
  [`$aws/things/${"x".repeat(128)}/shadow/get`, true],
  [`$aws/things/${"x".repeat(129)}/shadow/get`, false],
  [`$aws/things/lamp/shadow/name/${"x".repeat(64)}/get`, true],
  [`$aws/things/lamp/shadow/name/${"x".repeat(65)}/get`, false],
  ["$aws/things/lämp/shadow/get", false],
  ["$aws/things//shadow/get", false],
  ["$aws/things/lamp/shadow", false],
  ["$aws/things/lamp/shadow/list", false],
  ["$aws/things/lamp/shadow/update/accepted", false],
  ["$aws/things/lamp/shadow/update/", false],
  ["$aws/things/lamp/shadow/name/config", false],
  ["$aws/things/lamp/shadow/name//get", false],
  ["$aws/things/lamp/shadow/get\n", false],
  ["x/$aws/things/lamp/shadow/get", false],
  ["$aws/events/lamp/shadow/get", false],
])("%s asks something of a shadow: %p", (topic, expected) => {
  expect(isShadowRequest(topic)).toBe(expected);
  const { shadows, ask } = openShadows();
  expect(ask(topic, "") === undefined).toBe(!expected);
  return shadows.close();
});

test("names are what AWS says they are", () => {
  expect(["a", "A:b_c-9", "x".repeat(128)].every(isThingName)).toBe(true);
  expect(["", "a b", "a/b", "$a", "x".repeat(129), "a\n"].some(isThingName)).toBe(false);
  expect(["a", "$a", "x".repeat(64)].every(isShadowName)).toBe(true);
  expect(["", "a b", "x".repeat(65), "a\n"].some(isShadowName)).toBe(false);
});

test("answers are messages of the service, with the chain of the request", async () => {
  const { ask, messages } = openShadows();
  await ask(`${classic}/update`, desired(1), { origin: { ruleDepth: 3, traceId: "t" } });
  const answer = { qos: 1, retain: false };
  const origin = { traceId: "t", ruleDepth: 4, internal: true, isAwaited: true };
  expect(messages).toMatchObject([
    { ...answer, origin, topic: `${classic}/update/accepted` },
    { ...answer, origin, topic: `${classic}/update/documents` },
    { ...answer, origin, topic: `${classic}/update/delta` },
  ]);
  await ask(`${classic}/get`, "", { qos: 0 });
  const { origin: other } = messages.at(-1)!;
  expect(other).toMatchObject({ ruleDepth: 0, internal: true, isAwaited: false });
  expect(other.traceId).toBeString();
});

test("a will asks for nothing", async () => {
  const { ask, told } = openShadows();
  expect(ask(`${classic}/update`, reported(1), { isWill: true })).toBeUndefined();
  expect(told).toEqual([]);
});

test("requests to one shadow are done in their order, each seeing the one before", async () => {
  const { ask, told } = openShadows();
  const asked = [1, 2, 3].map((a) => ask(`${classic}/update`, reported(a)));
  await Promise.all([...asked, ask(`${classic}/get`, ""), ask(`${classic}/delete`, "")]);
  expect(versions(told)).toEqual([1, 2, 3]);
  expect(told.at(-2)).toMatchObject({ document: { state: { reported: { a: 3 } }, version: 3 } });
  expect(told.at(-1)).toMatchObject({ topic: `${classic}/delete/accepted` });
});

test("one shadow waits for its own disk, not for another's", async () => {
  const { records, held } = heldRecords();
  const { ask, told } = openShadows({ records });
  const first = ask(`${classic}/update`, reported(1));
  const second = ask(`${classic}/update`, reported(2));
  const other = ask("$aws/things/door/shadow/update", reported(1));
  expect(held.length).toBe(2);
  held[1]!.release();
  await other;
  expect(told.map(({ topic }) => topic)).toEqual([
    "$aws/things/door/shadow/update/accepted",
    "$aws/things/door/shadow/update/documents",
  ]);
  held[0]!.release();
  await first;
  held[2]!.release();
  await second;
  expect(versions(told)).toEqual([1, 1, 2]);
});

test("nothing is answered before it is on disk, and a request is done when its answers are", async () => {
  const { records, held } = heldRecords();
  const published: Message[] = [];
  const outcome = Promise.withResolvers<PublishOutcome>();
  const publish = (message: Message) => {
    published.push(message);
    return outcome.promise;
  };
  const { ask } = openShadows({ records, publish });
  let isDone = false;
  const first = ask(`${classic}/update`, reported(1))!.then(() => {
    isDone = true;
  });
  await turn();
  expect(published.length).toBe(0);
  held[0]!.release();
  await turn();
  expect([published.length, isDone]).toEqual([2, false]);
  // The next turn does not wait for the answers of this one: a rule on them may ask for it.
  const second = ask(`${classic}/update`, reported(2));
  await turn();
  held[1]!.release();
  await turn();
  expect(published.length).toBe(4);
  outcome.resolve({ accepted: true, matched: true });
  await Promise.all([first, second]);
  expect(isDone).toBe(true);
});

test("what the disk refuses is told and not acknowledged, and the next request goes on", async () => {
  const { records, held } = heldRecords();
  const { ask, told } = openShadows({ records });
  const update = { ...reported(1), clientToken: "t" };
  const failed = ask(`${classic}/update`, update)!;
  const next = ask(`${classic}/update`, reported(2));
  held[0]!.fail(new WorldError("DISK_FULL", "the disk is full"));
  expect(await failed.catch(({ code }) => code)).toBe("DISK_FULL");
  const document = { code: 500, message: "Internal service failure", clientToken: "t" };
  expect(told).toEqual([{ topic: `${classic}/update/rejected`, document }]);
  await turn();
  held[1]!.release();
  await next;
  expect(versions(told)).toEqual([1]);
});

test("an answer that could not be stored is not acknowledged", async () => {
  const refused = { accepted: false, refusal: "not-stored", reason: "the disk is full" } as const;
  const { ask } = openShadows({ publish: async () => refused });
  expect(await ask(`${classic}/update`, reported(1))!.catch(({ code }) => code)).toBe("NOT_STORED");
});

test("a connection may have ten requests under way; one more is rejected at once", async () => {
  const { records, held } = heldRecords();
  const { ask, told, shadows } = openShadows({ records });
  const { requestsOfConnectionMax } = shadowLimits;
  const asked = Array.from({ length: requestsOfConnectionMax }, (_, at) =>
    ask(`$aws/things/t${at}/shadow/update`, reported(1)),
  );
  await ask(`${classic}/update`, { ...reported(1), clientToken: "late" });
  const document = { code: 429, message: "Too many requests", clientToken: "late" };
  expect(told).toEqual([{ topic: `${classic}/update/rejected`, document }]);
  // Another connection, and a rule, which brings an origin of its own, are not concerned.
  const others = [
    ask("$aws/things/o/shadow/update", reported(1), { origin: { clientId: "o", ruleDepth: 0 } }),
    ask("$aws/things/r/shadow/update", reported(1), { origin: { ruleDepth: 1 } }),
  ];
  for (const { release } of held) release();
  await Promise.all([...asked, ...others]);
  expect(versions(told)).toHaveLength(requestsOfConnectionMax + 2);
  const again = ask(`${classic}/update`, reported(1));
  held.at(-1)!.release();
  await again;
  expect(versions(told)).toHaveLength(requestsOfConnectionMax + 3);
  await shadows.close();
});

test("a request whose answers are published is not under way, however long rules take", async () => {
  const told: Told[] = [];
  const { ask } = openShadows({
    publish(message) {
      told.push({ topic: message.topic, document: JSON.parse(textOf(message.payload)) });
      return new Promise(() => {});
    },
  });
  const count = shadowLimits.requestsOfConnectionMax + 5;
  for (let at = 1; at <= count; at += 1) {
    void ask(`${classic}/update`, reported(at));
    await turn();
  }
  expect(versions(told)).toHaveLength(count);
});

test("all rules together may have a thousand requests under way", async () => {
  const { records, held } = heldRecords();
  const { ask, told, shadows } = openShadows({ records });
  const byRule = (at: number) =>
    ask(`$aws/things/t${at}/shadow/update`, reported(1), { origin: { ruleDepth: 1 + (at % 9) } });
  const asked = Array.from({ length: shadowLimits.requestsOfRulesMax }, (_, at) => byRule(at));
  await byRule(9_999);
  expect(told).toMatchObject([{ document: { code: 429, message: "Too many requests" } }]);
  const client = ask(`${classic}/update`, reported(1));
  for (const { release } of held) release();
  await Promise.all([...asked, client]);
  expect(versions(told)).toHaveLength(shadowLimits.requestsOfRulesMax + 1);
  await shadows.close();
});

test("rules that answer every answer with an update come to an end after five rounds", async () => {
  let count = 0;
  const publish = (message: Message): PublishOutcome | Promise<PublishOutcome> => {
    const accepted = { accepted: true, matched: true } as const;
    const { ruleDepth } = message.origin;
    if (ruleDepth >= 10) return accepted; // where a rule stops republishing
    count += 1;
    const origin = { ruleDepth: ruleDepth + 1 };
    return ask(`${classic}/update`, desired(count), { origin })!.then(() => accepted);
  };
  const { ask, shadows } = openShadows({ publish });
  await ask(`${classic}/update`, desired(0));
  expect(count).toBe(3 + 3 ** 2 + 3 ** 3 + 3 ** 4 + 3 ** 5);
  await shadows.close();
});

test("a call answers with the document, and tells subscribers of what has changed", async () => {
  const { shadows, told } = openShadows();
  const name = { thingName: "lamp", shadowName: "config" };
  const missing = await shadows.get(name);
  expect(missing).toMatchObject({ ok: false, problem: { code: 404 } });
  const bad = await shadows.update(name, utf8("{}"));
  expect(bad).toMatchObject({ ok: false, problem: { code: 400 } });
  expect(told).toEqual([]);
  const updated = await shadows.update(name, utf8(JSON.stringify(desired(1))));
  const prefix = `${classic}/name/config`;
  expect(told.map(({ topic }) => topic)).toEqual([
    `${prefix}/update/accepted`,
    `${prefix}/update/documents`,
    `${prefix}/update/delta`,
  ]);
  expect(updated).toEqual({ ok: true, document: JSON.stringify(told[0]!.document) });
  told.length = 0;
  const got = await shadows.get(name);
  expect(got.ok && JSON.parse(got.document).state.delta).toEqual({ a: 1 });
  expect(told).toEqual([]);
  expect(await shadows.delete(name)).toEqual({ ok: true, document: '{"version":1,"timestamp":0}' });
  expect(told.map(({ topic }) => topic)).toEqual([`${prefix}/delete/accepted`]);
});

test("a call that the disk refuses says so", async () => {
  const { records, held } = heldRecords();
  const { shadows } = openShadows({ records });
  const asked = shadows.update(lamp, utf8(JSON.stringify(reported(1))));
  held[0]!.fail(new WorldError("DISK_FULL", "the disk is full"));
  expect(await asked).toMatchObject({ ok: false, problem: { code: 500 } });
});

test("a call that was done says so, also where somebody could not be told", async () => {
  const refused = { accepted: false, refusal: "not-stored", reason: "the disk is full" } as const;
  const logged: unknown[] = [];
  const logger = { ...silentLogger, error: (...line: unknown[]) => void logged.push(line) };
  const { shadows } = openShadows({ publish: async () => refused, logger });
  const updated = await shadows.update(lamp, utf8(JSON.stringify(reported(1))));
  expect(updated.ok && JSON.parse(updated.document).version).toBe(1);
  const fields = { ...lamp, operation: "update", error: "the disk is full" };
  expect(logged).toEqual([["answers of a shadow not stored", fields]]);
});

test("documents and versions are there after a restart", async () => {
  const records = openMemoryRecords();
  const before = openShadows({ records });
  await before.ask(`${classic}/update`, '{"state":{"desired":{"id":12345678901234567890}}}');
  await before.ask("$aws/things/door/shadow/update", reported(1));
  await before.ask("$aws/things/door/shadow/delete", "");
  await before.shadows.close();
  const after = openShadows({ records });
  const got = await after.shadows.get(lamp);
  expect(got.ok && got.document).toContain('"id":12345678901234567890');
  await after.ask("$aws/things/door/shadow/update", reported(1));
  expect(versions(after.told)).toEqual([2]);
});

test("named shadows are listed in order, without the classic one and those that are deleted", async () => {
  const { shadows, ask } = openShadows();
  await ask(`${classic}/update`, reported(1));
  for (const name of ["b", "$a", "c", "gone", "B", "a"]) {
    await ask(`${classic}/name/${name}/update`, reported(1));
  }
  await ask(`${classic}/name/gone/delete`, "");
  for (const thing of ["lam", "lamp-", "lamp1", "lamq"]) {
    await ask(`$aws/things/${thing}/shadow/name/x/update`, reported(1));
  }
  expect(await shadows.names("lamp", undefined, 100)).toEqual(["$a", "B", "a", "b", "c"]);
  expect(await shadows.names("lamp", undefined, 2)).toEqual(["$a", "B"]);
  expect(await shadows.names("lamp", "B", 2)).toEqual(["a", "b"]);
  expect(await shadows.names("lamp", "gone", 2)).toEqual([]);
  expect(await shadows.names("nothing", undefined, 2)).toEqual([]);
});

test("a list reads no more than it shows, whatever was deleted before", async () => {
  const records = openMemoryRecords();
  const read: number[] = [];
  const range: Records["range"] = async (wanted) => {
    const page = await records.range(wanted);
    read.push(page.length);
    return page;
  };
  const { shadows, ask } = openShadows({ records: { ...bound(records), range } });
  const count = 30;
  for (let at = 0; at < count; at += 1) {
    const prefix = `${classic}/name/n${String(at).padStart(4, "0")}`;
    await ask(`${prefix}/update`, reported(1));
    if (at < count - 1) await ask(`${prefix}/delete`, "");
  }
  await ask(`${classic}/name/z1/update`, reported(1));
  await ask(`${classic}/name/z2/update`, reported(1));
  expect(await shadows.names("lamp", undefined, 2)).toEqual([`n00${count - 1}`, "z1"]);
  expect(read).toEqual([2]);
});

test("versions of what was deleted leave the disk when their time is over", async () => {
  const records = openMemoryRecords();
  const { shadows, ask, clock } = openShadows({ records });
  const counts = () => {
    const spaces = ["shadows", "shadow-versions", "shadows-deleted"];
    return Promise.all(
      spaces.map(async (space) => (await records.range({ space, countMax: 99 })).length),
    );
  };
  for (const thing of ["gone", "back"]) {
    await ask(`$aws/things/${thing}/shadow/update`, reported(1));
    await ask(`$aws/things/${thing}/shadow/delete`, "");
  }
  await ask("$aws/things/back/shadow/update", reported(1));
  await ask("$aws/things/late/shadow/update", reported(1));
  shadows.start();
  clock.advance(1000);
  await ask("$aws/things/late/shadow/delete", "");
  expect(await counts()).toEqual([1, 2, 3]);
  const store = new ShadowStore(records);
  const { versionKeptSeconds } = shadowLimits;
  expect(await store.sweep(versionKeptSeconds - 1)).toBe(0);
  expect(await store.sweep(versionKeptSeconds)).toBe(2);
  expect(await counts()).toEqual([1, 1, 1]);
  expect(await shadows.get({ thingName: "back", shadowName: undefined })).toMatchObject({
    ok: true,
  });
  for (let hour = 0; hour < 50; hour += 1) {
    await turn();
    clock.advance(shadowLimits.sweepEveryMs);
  }
  await shadows.close();
  expect(await counts()).toEqual([1, 0, 0]);
});

test("closing waits for what has been asked, and not for what follows from it", async () => {
  const { records, held } = heldRecords();
  const { ask, shadows } = openShadows({ records, publish: () => new Promise(() => {}) });
  void ask(`${classic}/update`, reported(1));
  let isClosed = false;
  const closed = shadows.close().then(() => {
    isClosed = true;
  });
  await turn();
  expect(isClosed).toBe(false);
  held[0]!.release();
  await closed;
  const got = await shadows.get(lamp);
  expect(got.ok && JSON.parse(got.document).version).toBe(1);
});

test("closing stops a sweep between two versions, and no other begins", async () => {
  const stored = openMemoryRecords();
  const before = openShadows({ records: stored });
  const count = 20;
  for (let at = 0; at < count; at += 1) {
    await before.ask(`$aws/things/t${at}/shadow/update`, reported(1));
    await before.ask(`$aws/things/t${at}/shadow/delete`, "");
  }
  const { records, held } = heldRecords(stored);
  const { shadows, clock, setSeconds } = openShadows({ records });
  setSeconds(shadowLimits.versionKeptSeconds);
  shadows.start();
  await turn();
  const closed = shadows.close();
  held[0]!.release();
  await closed;
  clock.advance(2 * shadowLimits.sweepEveryMs);
  await turn();
  expect(held).toHaveLength(1);
  const left = await stored.range({ space: "shadows-deleted", countMax: 99 });
  expect(left).toHaveLength(count - 1);
});

test("requests are counted by what became of them", async () => {
  const { shadows, ask } = openShadows({ clock: new ManualClock() });
  await ask(`${classic}/update`, reported(1));
  await ask(`${classic}/update`, "{}");
  await shadows.get(lamp);
  const [figure] = shadows.figures();
  const samples = "samples" in figure! ? figure.samples : [];
  expect(samples.filter(({ value }) => value > 0)).toEqual([
    { labels: { operation: "get", outcome: "accepted" }, value: 1 },
    { labels: { operation: "update", outcome: "accepted" }, value: 1 },
    { labels: { operation: "update", outcome: "rejected" }, value: 1 },
  ]);
  expect(figure!.name).toBe("millrace_shadow_requests_total");
});

import { expect, test } from "bun:test";
import { ManualClock, systemRandom, textOf } from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import { rulesLimits } from "../limits.ts";
import type { HttpSend } from "../ports.ts";
import type { DestinationStatus } from "./destination.ts";
import { readDestinations } from "./destination-records.ts";
import { Destinations } from "./destinations.ts";
import { isUnder } from "./url.ts";

const url = "https://example.com/in";
const threeDaysMs = 3 * 24 * 60 * 60 * 1000;

async function open(
  answer: number | string | Promise<number> = 200,
  records: Records = openMemoryRecords(),
) {
  const questions: Parameters<HttpSend>[0][] = [];
  const log: string[] = [];
  const clock = new ManualClock();
  const note = (what: string, fields = {}) => void log.push(`${what} ${JSON.stringify(fields)}`);
  const destinations = new Destinations({
    records,
    clock,
    random: systemRandom,
    logger: { debug: note, info: note, warn: note, error: note },
    async send(request) {
      questions.push(request);
      if (typeof answer === "string") throw new Error(answer);
      return { status: await answer, isLong: false };
    },
    arnOf: (id) => `arn:${id}`,
  });
  const start = () => destinations.start({ endpointUrl: "http://door.example" });
  const only = () => destinations.list()[0]!;
  const settle = async () => {
    for (let hop = 0; hop < 50; hop += 1) await Promise.resolve();
  };
  return { destinations, records, questions, log, clock, start, only, settle };
}

test("what rules want is asked once, at the start or when it comes, and never again", async () => {
  const { destinations, records, questions, start, settle } = await open();
  destinations.want({ confirmationUrl: url });
  expect(destinations.problemOf(url)).toContain("there is no destination");
  await start();
  destinations.want({ confirmationUrl: url });
  destinations.want({ confirmationUrl: "https://example.com/other", id: "mine" });
  await settle();
  expect(questions.map((question) => question.url.split("?")[0])).toEqual([
    "https://example.com/in/",
    "https://example.com/other/",
  ]);
  expect(destinations.get("mine")).toMatchObject({ status: "IN_PROGRESS" });
  const again = await open(200, records);
  again.destinations.want({ confirmationUrl: url });
  await again.start();
  expect(again.questions).toEqual([]);
});

test("one URL is one destination, however many want it at once", async () => {
  const { destinations, questions, start, settle } = await open();
  await start();
  destinations.want({ confirmationUrl: url });
  destinations.want({ confirmationUrl: url });
  const made = await destinations.create(url);
  await settle();
  expect(made).toMatchObject({ ok: false, problem: { kind: "exists" } });
  expect([destinations.list().length, questions.length]).toEqual([1, 1]);
});

/** Writes wait, from when the test says so until it lets them go. */
function heldRecords() {
  const records = openMemoryRecords();
  const hold = Promise.withResolvers<void>();
  let isHeld = false;
  const update: Records["update"] = records.update.bind(records);
  records.update = async (...change) => {
    if (isHeld) await hold.promise;
    return update(...change);
  };
  const holdWrites = () => {
    isHeld = true;
  };
  return { records, holdWrites, release: hold.resolve };
}

test.each(["confirmed", "deleted"])(
  "a question that fails while its destination is %s changes nothing of that",
  async (what) => {
    const { records, holdWrites, release } = heldRecords();
    const answer = Promise.withResolvers<number>();
    const { destinations, only, settle, start } = await open(answer.promise, records);
    await start();
    await destinations.create(url);
    const { token = "", id } = only();
    holdWrites();
    const isDeleted = what === "deleted";
    const done = isDeleted ? destinations.delete(id) : destinations.confirm(token, "ENABLED");
    answer.reject(new Error("connection refused"));
    await settle();
    release();
    await done;
    await settle();
    const left: DestinationStatus[] = isDeleted ? [] : ["ENABLED"];
    expect(destinations.list().map(({ status }) => status)).toEqual(left);
    expect((await readDestinations(records)).map(({ status }) => status)).toEqual(left);
  },
);

test("there are so many and no more", async () => {
  const { destinations, log, start, settle } = await open();
  await start();
  const { destinationsMax } = rulesLimits;
  const made = Array.from({ length: destinationsMax }, (_, at) =>
    destinations.create(`${url}/${at}`),
  );
  await Promise.all(made);
  expect(await destinations.create(url)).toMatchObject({ ok: false, problem: { kind: "invalid" } });
  destinations.want({ confirmationUrl: url });
  await settle();
  expect(destinations.list()).toHaveLength(destinationsMax);
  expect(log.at(-1)).toContain("destination is not taken");
});

test("the question says who asks, and how to answer", async () => {
  const { destinations, questions, start, only } = await open();
  await start();
  await destinations.create(`${url}?a=1`);
  const { id, token } = only();
  expect(questions[0]?.url).toBe(`${url}?a=1&confirmationToken=${token}`);
  expect(questions[0]?.headers).toEqual([
    ["content-type", "application/json"],
    ["x-amz-rules-engine-message-type", "DestinationConfirmation"],
    ["x-amz-rules-engine-destination-arn", `arn:${id}`],
  ]);
  expect(JSON.parse(textOf(questions[0]!.body))).toEqual({
    arn: `arn:${id}`,
    confirmationToken: token,
    enableUrl: `http://door.example/confirmdestination/${token}`,
    messageType: "DestinationConfirmation",
  });
});

test("a token is good for three days, and once", async () => {
  const { destinations, clock, start, only } = await open();
  await start();
  await destinations.create(url);
  const { id, token = "" } = only();
  clock.advance(threeDaysMs + 1);
  expect(only()).toMatchObject({ status: "ERROR", reason: "it was not confirmed in time" });
  expect(await destinations.confirm(token, "ENABLED")).toBeUndefined();
  await destinations.setStatus(id, "IN_PROGRESS");
  expect(await destinations.confirm(token, "ENABLED")).toBeUndefined();
  const renewed = only().token ?? "";
  clock.advance(threeDaysMs);
  expect(await destinations.confirm(renewed, "ENABLED")).toMatchObject({ status: "ENABLED" });
  expect(await destinations.confirm(renewed, "ENABLED")).toBeUndefined();
  clock.advance(2 * threeDaysMs);
  expect(destinations.problemOf(url)).toBeUndefined();
});

test.each([
  [404, "was answered 404"],
  ["connection refused", "could not be sent: connection refused"],
])(
  "a question that does not get through (%p) leaves its reason, and its token good",
  async (answer, reason) => {
    const { destinations, log, start, only, settle } = await open(answer);
    await start();
    await destinations.create(url);
    await settle();
    expect(only()).toMatchObject({
      status: "IN_PROGRESS",
      reason: expect.stringContaining(reason),
    });
    expect(log.join("\n")).toContain(only().token ?? "nothing");
    expect(await destinations.confirm(only().token ?? "", "ENABLED")).toBeDefined();
  },
);

test.each([
  ["https://a.example/x/y", "https://a.example/x", true],
  ["https://a.example/x", "https://a.example", true],
  ["https://a.example.evil.example/x", "https://a.example", false],
  ["https://a.example:8443/", "https://a.example", false],
  ["https://a.example@evil.example/", "https://a.example", false],
  ["https://b.example/", "https://a.example", false],
  ["https://a.example/x/../y", "https://a.example/x", false],
  ["https://a.example/x/%2e%2E/y", "https://a.example/x", false],
  ["https://a.example/x\\..\\y", "https://a.example/x", false],
  ["https://a.example/x/y/../z", "https://a.example/x", true],
])("%s is under %s: %p", (to, confirmed, isIt) => {
  expect(isUnder(to, confirmed)).toBe(isIt);
});

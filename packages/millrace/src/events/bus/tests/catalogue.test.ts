import { expect, test } from "bun:test";
import { type EventRuleDefinition, readEventRule, type TargetDefinition } from "../../mod.ts";
import { account, functionArn, rule, sale, settle, startHouse } from "./bus-fixture.ts";

test("buses and rules that were made are there after a restart", async () => {
  const first = await startHouse();
  const { catalogue } = first.buses;
  expect(await catalogue.createBus({ name: "other", tags: { a: "b" } })).toBeUndefined();
  expect(await catalogue.createBus({ name: "other" })).toEqual({ kind: "bus-exists" });
  const { targets, ...settings } = rule({ bus: "other" });
  expect(await catalogue.putRule(settings)).toBeUndefined();
  expect(await catalogue.putTargets("other", "r", targets)).toBeUndefined();
  expect(await catalogue.setEnabled("other", "r", false)).toBeUndefined();
  const second = await startHouse({ records: first.records });
  expect(second.buses.catalogue.buses.map(({ name }) => name)).toEqual(["default", "other"]);
  const kept = second.buses.catalogue.rule("other", "r")!;
  expect(kept.definition).toMatchObject({ isEnabled: false, targets: [{ id: "1" }] });
  expect(kept.createdAtMs).toBe(first.clock.now());
});

test("a rule keeps its targets and tags when it is put again", async () => {
  const { buses } = await startHouse();
  const { targets, ...settings } = rule();
  await buses.catalogue.putRule(settings, { a: "b" });
  await buses.catalogue.putTargets("default", "r", targets);
  await buses.catalogue.putRule({ ...settings, description: "new" }, { c: "d" });
  expect(buses.catalogue.rule("default", "r")).toMatchObject({
    definition: { description: "new", targets },
    tags: { a: "b" },
  });
});

test("what is not there, or not possible now, is told", async () => {
  const { buses } = await startHouse({ buses: [{ name: "own" }], rules: [rule()] });
  const { catalogue } = buses;
  const { targets: _, ...settings } = rule({ bus: "missing" });
  expect(await catalogue.putRule(settings)).toEqual({ kind: "no-bus" });
  expect(await catalogue.setEnabled("default", "missing", true)).toEqual({ kind: "no-rule" });
  expect(await catalogue.deleteRule("default", "r")).toMatchObject({ kind: "not-now" });
  expect(await catalogue.deleteBus("default")).toMatchObject({ kind: "not-now" });
  expect(await catalogue.deleteBus("own")).toMatchObject({ kind: "not-now" });
  expect(await catalogue.deleteBus("missing")).toBeUndefined();
  const six = [1, 2, 3, 4, 5].map((id) => ({ id: `x${id}`, arn: functionArn }));
  expect(await catalogue.putTargets("default", "r", six)).toMatchObject({ kind: "too-many" });
});

test("a bus has three hundred rules at most", async () => {
  const { buses } = await startHouse();
  const { targets: _, ...settings } = rule();
  const made = Array.from({ length: 300 }, (_, at) =>
    buses.catalogue.putRule({ ...settings, name: `r${at}` }),
  );
  expect((await Promise.all(made)).filter(Boolean)).toEqual([]);
  expect(await buses.catalogue.putRule(settings)).toMatchObject({ kind: "too-many" });
});

test("a change by hand of a rule of the template holds until the template changes", async () => {
  const template = [rule()];
  const first = await startHouse({ rules: template });
  await first.buses.catalogue.setEnabled("default", "r", false);
  const second = await startHouse({ rules: template, records: first.records });
  expect(second.buses.catalogue.rule("default", "r")!.definition.isEnabled).toBe(false);
  expect(second.logged).toMatchObject([{ fields: { rule: "r", now: "changed" } }]);
  const changed = [rule({ description: "new" })];
  const third = await startHouse({ rules: changed, records: first.records });
  expect(third.buses.catalogue.rule("default", "r")!.definition).toMatchObject({
    isEnabled: true,
    description: "new",
  });
  const fourth = await startHouse({ records: first.records });
  expect(fourth.buses.catalogue.rule("default", "r")).toBeUndefined();
  const fifth = await startHouse({ rules: template, records: first.records });
  expect(fifth.buses.catalogue.rule("default", "r")!.definition.isEnabled).toBe(true);
});

test("a rule of the template that was deleted by hand stays deleted", async () => {
  const first = await startHouse({ rules: [rule()] });
  await first.buses.catalogue.removeTargets("default", "r", ["1"]);
  await first.buses.catalogue.deleteRule("default", "r");
  const second = await startHouse({ rules: [rule()], records: first.records });
  expect(second.buses.catalogue.rule("default", "r")).toBeUndefined();
  await second.buses.put([sale]);
  await settle();
  expect(second.received).toEqual([]);
});

test("a bus that goes from the template takes the rules with it that were made on it", async () => {
  const first = await startHouse({ buses: [{ name: "own" }] });
  const { targets: _, ...settings } = rule({ bus: "own" });
  await first.buses.catalogue.putRule(settings);
  const second = await startHouse({ records: first.records });
  expect(second.buses.catalogue.buses.map(({ name }) => name)).toEqual(["default"]);
  expect(second.logged).toMatchObject([{ fields: { rule: "r", bus: "own" } }]);
});

const target = (changes: Partial<TargetDefinition>): Partial<EventRuleDefinition> => ({
  targets: [{ id: "1", arn: functionArn, ...changes }],
});
const own = "eu-central-1:111122223333";

test.each<[string, Partial<EventRuleDefinition>, RegExp]>([
  ["a name with a space", { name: "a b" }, /no name of a rule/],
  ["neither pattern nor schedule", { pattern: undefined }, /must be specified/],
  ["a schedule that is none", { schedule: "rate(1 minutes)" }, /must be 'minute'/],
  ["a schedule on another bus", { schedule: "rate(1 day)", bus: "b" }, /only on the default/],
  ["a pattern that is none", { pattern: '{"a":1}' }, /"a" must be a list.*line 1, column 6/],
  ["a role that is none", { roleArn: "r" }, /no role/],
  ["an id with a space", target({ id: "a b" }), /no id/],
  ["no ARN", target({ arn: "x" }), /no ARN/],
  ["a queue", target({ arn: `arn:aws:sqs:${own}:q` }), /kind sqs:q are not implemented/],
  ["a stream", target({ arn: `arn:aws:kinesis:${own}:stream/s` }), /kinesis:stream are not/],
  [
    "an API destination",
    target({ arn: `arn:aws:events:${own}:api-destination/d` }),
    /events:api-d/,
  ],
  ["another account", target({ arn: functionArn.replace("1111", "9999") }), /another region/],
  ["two inputs", target({ input: "1", inputPath: "$" }), /only one of/],
  ["an input that is no JSON", target({ input: "x" }), /not JSON/],
  ["a path that is none", target({ inputPath: "$..a" }), /no path/],
  ["retries beyond the bound", target({ retry: { attemptsMax: 186 } }), /0 to 185/],
  ["an age below the bound", target({ retry: { ageSecondsMax: 59 } }), /60 to 86400/],
  [
    "a name that the template alone has",
    target({ transformer: { paths: {}, template: "<a>" } }),
    /<a> of the template/,
  ],
  [
    "a template that begins like JSON",
    target({ transformer: { paths: { a: "$.a" }, template: '{"a":<a>' } }),
    /begins like JSON/,
  ],
  // [EventBridge API: InputTransformer, "cannot be used as an object key"]
  [
    "a name of a member that an event would make",
    target({ transformer: { paths: { a: "$.a" }, template: '[{"b":{"x<a>":1}}]' } }),
    /<a> is part of the name of a member/,
  ],
  [
    "such a name among others that it could be taken for",
    target({ transformer: { paths: { a: "$.a" }, template: '{"x":5,"<a>":6,"":7}' } }),
    /<a> is part of the name of a member/,
  ],
  [
    "a name in the middle of an escape sequence",
    target({ transformer: { paths: { a: "$.a" }, template: '{"x":"\\u00<a>41"}' } }),
    /begins like JSON/,
  ],
  // [EventBridge: Predefined variables, "can only be used as a value for a JSON field"]
  [
    "an event in a text",
    target({ transformer: { paths: {}, template: '{"b":"it was <aws.events.event.json>"}' } }),
    /<aws.events.event.json> is a value and no part of a text/,
  ],
  [
    "a path of a transformer that is longer than one may be",
    target({ transformer: { paths: { a: `$.${"a".repeat(255)}` }, template: "<a>" } }),
    /no path/,
  ],
  [
    "a path of a transformer that is none",
    target({ transformer: { paths: { a: "a" }, template: "<a>" } }),
    /no path/,
  ],
  [
    "a reserved name",
    target({ transformer: { paths: { "AWS.a": "$.a" }, template: "x" } }),
    /no name of a path/,
  ],
  [
    "a transformer for a bus",
    target({ arn: `arn:aws:events:${own}:event-bus/b`, inputPath: "$.detail" }),
    /as it is/,
  ],
])("%s is refused", (_, changes, expected) => {
  const read = readEventRule(rule(changes), account);
  if (read.ok) throw new Error("it was accepted");
  const { problem } = read;
  expect(problem.member === "targets" ? problem.problem.message : problem.message).toMatch(
    expected,
  );
});

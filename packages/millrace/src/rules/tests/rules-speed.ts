/**
 * How fast rules are in one process, without a network: how often a second the chat's relay rule is
 * told, evaluated and republishes, with its trace and without; and how often a topic is matched
 * against ten rules and against ten thousand. `bench/rules/` starts it, with the statement and the
 * topic as arguments, and gets a line of figures.
 *
 * Whoever publishes here only counts. Time is that of the processor, so that others at work on the
 * machine matter less; what is compared takes turns.
 */

import { silentLogger, systemClock, systemRandom, utf8 } from "../../base/mod.ts";
import { compileStatement, compileTemplate, createPayload, parseStatement } from "../../sql/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { FilterTree } from "../filter-tree.ts";
import {
  createRules,
  type Execution,
  type RuleMessage,
  type RulePorts,
  type Rules,
  readTopicRulePayload,
  Trace,
} from "../mod.ts";

const [sql = "", topic = "", roundsWord = "5"] = process.argv.slice(2);
const messagesPerRound = 20_000;
const matchesPerRound = 200_000;
const messagesPerTurn = 100;

function createRelay(onExecution?: (execution: Execution) => void): Rules {
  const republish = { topic, qos: 1, roleArn: "arn:aws:iam::111122223333:role/r" };
  const payload = { sql, awsIotSqlVersion: "2016-03-23", actions: [{ republish }] };
  const read = readTopicRulePayload("Relay", payload);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  const ports = { publish: () => ({ accepted: true }) } as unknown as RulePorts;
  const created = createRules({
    definitions: [read.definition],
    records: openMemoryRecords(),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    accountId: "111122223333",
    atEndOfTurn: (callback) => setImmediate(callback),
    onExecution,
    ports,
  });
  if (!created.ok) throw new Error(JSON.stringify(created.errors));
  return created.rules;
}

const samples = Array.from({ length: 1000 }, (_, index): RuleMessage => {
  const line = {
    v: 1,
    type: "say",
    room: `room-${index % 50}`,
    id: `01JD8Z${index.toString().padStart(20, "0")}`,
    name: `Ada ${index}`,
    text: `The quick brown fox jumps over the lazy dog. (${index})`,
  };
  const clientId = `web-${crypto.randomUUID()}`;
  const origin = { clientId, sourceIp: "192.0.2.1", ruleDepth: 0 };
  return { topic: "chat/out", payload: utf8(JSON.stringify(line)), qos: 1, origin };
});

/** As many at once as one read from many sockets brings. */
async function relay(rules: Rules): Promise<number> {
  const fired = rules.counts().fired;
  const start = process.cpuUsage();
  for (let sent = 0; sent < messagesPerRound; sent += messagesPerTurn) {
    const told: unknown[] = [];
    for (let at = 0; at < messagesPerTurn; at += 1) {
      told.push(rules.tell(samples[(sent + at) % samples.length]!));
    }
    await Promise.all(told);
  }
  if (rules.counts().fired - fired !== messagesPerRound) throw new Error("the rule did not fire");
  return perSecond(messagesPerRound, start);
}

/** The statement and the topic alone, without a rule around them. */
function evaluate(): number {
  const version = "2016-03-23";
  const parsed = parseStatement(sql, { version });
  const compiled = compileTemplate(topic, { version });
  if (!parsed.ok || !compiled.ok) throw new Error("the rule does not parse");
  const statement = compileStatement(parsed.statement);
  const start = process.cpuUsage();
  let length = 0;
  for (let at = 0; at < messagesPerRound; at += 1) {
    const { topic, payload, origin } = samples[at % samples.length]!;
    const message = {
      topic,
      payload: createPayload(payload),
      clientId: origin.clientId,
      accountId: "111122223333",
      receivedAtMs: systemClock.now(),
      random: systemRandom,
    };
    const evaluation = statement.evaluate(message);
    if (evaluation instanceof Promise || !evaluation.fired) throw new Error("it did not fire");
    length += evaluation.output.bytes.length + String(compiled.template.render(message)).length;
  }
  if (length === 0) throw new Error("there was no output");
  return perSecond(messagesPerRound, start);
}

/** Half of the filters have wildcards. */
function createTree(ruleCount: number): FilterTree<number> {
  const tree = new FilterTree<number>();
  for (let n = 0; n < ruleCount; n += 1) {
    tree.add(n % 2 === 0 ? `site/${n}/room/temperature` : `site/${n}/+/temperature`, n);
  }
  return tree;
}

/** Each is matched by one filter of either tree; so many that none is kept until it comes again. */
const topics = Array.from({ length: 20_000 }, (_, n) => {
  return `site/${1 + 2 * (n % 5)}/room-${n}/temperature`;
});

function match(tree: FilterTree<number>): number {
  const start = process.cpuUsage();
  let found = 0;
  for (let n = 0; n < matchesPerRound; n += 1) {
    found += tree.match(topics[n % topics.length]!).length;
  }
  if (found !== matchesPerRound) throw new Error("every topic has one rule");
  return perSecond(matchesPerRound, start);
}

function perSecond(count: number, start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return Math.round(count / ((user + system) / 1_000_000));
}

const trace = new Trace();
const traced = createRelay((execution) => trace.record(execution));
const untraced = createRelay();
const few = createTree(10);
const many = createTree(10_000);
const figures = {
  statement: [] as number[],
  traced: [] as number[],
  untraced: [] as number[],
  few: [] as number[],
  many: [] as number[],
};
const rounds = Number(roundsWord);
for (let round = -3; round < rounds; round += 1) {
  const measured = {
    statement: evaluate(),
    traced: await relay(traced),
    untraced: await relay(untraced),
    few: match(few),
    many: match(many),
  };
  if (round < 0) continue; // until the code is compiled
  for (const key of Object.keys(figures) as (keyof typeof figures)[]) {
    figures[key].push(measured[key]);
  }
}
process.stdout.write(`${JSON.stringify(figures)}\n`);

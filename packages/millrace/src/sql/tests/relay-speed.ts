/**
 * How often a second the chat's relay rule is evaluated, statement and topic together, on one core,
 * and how often a function does the same that somebody wrote by hand. `bench/rules/relay.ts` starts
 * it, with the statement as its argument, and gets a line of figures.
 *
 * A thousand messages of different people take turns, so that what is remembered of people helps;
 * once more they come from people of whom nothing is remembered. Time is that of the processor, so
 * that others at work on the machine matter less.
 */

import { hash } from "node:crypto";
import { systemRandom, textOf, utf8 } from "../../base/mod.ts";
import { sqlLimits } from "../limits.ts";
import { compileStatement, compileTemplate, createPayload, parseStatement } from "../mod.ts";

const sql = process.argv[2] ?? "";
const topicTemplate = process.argv[3] ?? "";
const rounds = Number(process.argv[4] ?? 5);
const perRound = 20_000;
const messageCount = 1000;

interface Sample {
  readonly bytes: Uint8Array;
  readonly clientId: string;
}

/** Lines as people write them, some with a point or an accent in them. */
const texts = [
  "hello everybody",
  "The quick brown fox jumps over the lazy dog.",
  "see you at 10.30, near the bridge?",
  "Ça va très bien, merci!",
];

const samples = Array.from({ length: messageCount }, (_, index): Sample => {
  const line = {
    v: 1,
    type: "say",
    room: `room-${index % 50}`,
    id: `01JD8Z${index.toString().padStart(20, "0")}`,
    name: `Ada ${index}`,
    text: `${texts[index % texts.length]} (${index})`,
  };
  return { bytes: utf8(JSON.stringify(line)), clientId: newClientId() };
});

/** As long as those of the chat. */
function newClientId(): string {
  return `web-${crypto.randomUUID()}-${10 + Math.floor(Math.random() * 90)}`;
}

function createCompiled(): (sample: Sample, nowMs: number) => string {
  const parsed = parseStatement(sql, { version: "2016-03-23" });
  if (!parsed.ok) throw new Error(parsed.error.message);
  const compiled = compileTemplate(topicTemplate, { version: "2016-03-23" });
  if (!compiled.ok) throw new Error(compiled.error.message);
  const statement = compileStatement(parsed.statement);
  const { template } = compiled;
  return ({ bytes, clientId }, nowMs) => {
    const message = {
      topic: "chat/out",
      payload: createPayload(bytes),
      clientId,
      accountId: "111122223333",
      receivedAtMs: nowMs,
      random: systemRandom,
    };
    const evaluation = statement.evaluate(message);
    if (evaluation instanceof Promise || !evaluation.fired) throw new Error("did not fire");
    return `${template.render(message)} ${evaluation.output.bytes.length}`;
  };
}

const roomPattern = /^([A-Za-z0-9._~-]|%[0-9A-F]{2})+$/;
const idPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** The same by hand, for this one rule, and without any of the language's care for numbers. */
function relayByHand({ bytes, clientId }: Sample, nowMs: number): string {
  const { v, type, room, id, name, text } = JSON.parse(textOf(bytes)) as Record<string, unknown>;
  const passes =
    v === 1 &&
    type === "say" &&
    typeof room === "string" &&
    room.length <= 200 &&
    roomPattern.test(room) &&
    typeof id === "string" &&
    id.length === 26 &&
    idPattern.test(id) &&
    typeof name === "string" &&
    name.length <= 40 &&
    name.trim() !== "" &&
    typeof text === "string" &&
    text.length <= 4000 &&
    text.trim() !== "";
  if (!passes) throw new Error("did not fire");
  const digest = hash("sha256", clientId.slice(0, 40), "hex");
  const line = { v, type, room, id, name, text, at: nowMs, author: digest.slice(0, 12) };
  return `chat/pub/${room} ${utf8(JSON.stringify(line)).length}`;
}

function measure(relay: (sample: Sample, nowMs: number) => string): number {
  const start = process.cpuUsage();
  for (let index = 0; index < perRound; index += 1) {
    relay(samples[index % messageCount]!, 1_767_225_600_000 + index);
  }
  const { user, system } = process.cpuUsage(start);
  return Math.round((perRound * 1e6) / (user + system));
}

const compiled = createCompiled();
for (const sample of samples) {
  if (compiled(sample, 0) !== relayByHand(sample, 0)) throw new Error("the two do not agree");
}
/** More people than are remembered. */
const strangers = Array.from({ length: 3 * sqlLimits.keptClientsMax }, () => newClientId());
let stranger = 0;
const fromStrangers = ({ bytes }: Sample, nowMs: number) => {
  stranger = (stranger + 1) % strangers.length;
  return compiled({ bytes, clientId: strangers[stranger]! }, nowMs);
};

const figures = { compiled: [] as number[], strangers: [] as number[], byHand: [] as number[] };
for (const relay of [compiled, fromStrangers, relayByHand]) measure(relay);
for (let round = 0; round < rounds; round += 1) {
  figures.compiled.push(measure(compiled));
  figures.strangers.push(measure(fromStrangers));
  figures.byHand.push(measure(relayByHand));
}
process.stdout.write(`${JSON.stringify(figures)}\n`);

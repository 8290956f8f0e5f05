/**
 * What one check of the chat's guest policy costs, in nanoseconds of one core's time: bound to a
 * connection, shared by all, evaluated anew, and as a function that somebody wrote by hand for this
 * one policy. `bench/policy/check.ts` starts it and gets a line of figures.
 *
 * A thousand connections and fifty rooms take turns. Time is that of the processor, so that others
 * at work on the machine matter less.
 */

import {
  bindPolicySet,
  compilePolicy,
  evaluate,
  parsePolicyDocument,
  SharedDecisions,
} from "../mod.ts";

const rounds = Number(process.argv[2] ?? 5);
const perRound = 200_000;
const connectionCount = 1_000;
const arn = "arn:aws:iot:eu-central-1:111122223333:";
const client = `$\{iot:ClientId}`;

const allow = (action: string, ...resources: string[]): object => ({
  Effect: "Allow",
  Action: action,
  Resource: resources.map((resource) => arn + resource),
});
const parsed = parsePolicyDocument({
  Version: "2012-10-17",
  Statement: [
    allow("iot:Connect", "client/web-*"),
    allow("iot:Publish", "topic/chat/out"),
    allow("iot:Subscribe", "topicfilter/chat/pub/*", `topicfilter/chat/in/${client}`),
    allow("iot:Receive", "topic/chat/pub/*", `topic/chat/in/${client}`),
  ],
});
if (!parsed.ok) throw new Error("the policy is refused");
const set = { identity: [compilePolicy("Guest", parsed.document)] };

const clientIds = Array.from({ length: connectionCount }, () => `web-${crypto.randomUUID()}`);
const bound = clientIds.map((clientId) => bindPolicySet(set, { "iot:ClientId": clientId }));
const shared = new SharedDecisions(set);
const rooms = Array.from({ length: 50 }, (_, index) => `chat/pub/room-${index}`);

const topicOf: Readonly<Record<string, (index: number) => string>> = {
  publish: () => "chat/out",
  receiveRoom: (index) => rooms[index % rooms.length]!,
  receiveInbox: (index) => `chat/in/${clientIds[index % connectionCount]!}`,
  refused: (index) => rooms[index % rooms.length]!,
};

/** The policy as a function. */
function byHand(action: string, topic: string, clientId: string): boolean {
  if (action === "iot:Publish") return topic === "chat/out";
  if (action === "iot:Receive")
    return topic.startsWith("chat/pub/") || topic === `chat/in/${clientId}`;
  return false;
}

type Check = (action: string, topic: string, index: number) => boolean;

const ways: Readonly<Record<string, Check>> = {
  bound: (action, topic, index) =>
    bound[index % connectionCount]!.allows(action, `${arn}topic/${topic}`),
  shared(action, topic, index) {
    const resource = `${arn}topic/${topic}`;
    const decision = shared.of(action, resource);
    if (decision !== "depends") return decision.outcome === "allowed";
    return bound[index % connectionCount]!.allows(action, resource);
  },
  byHand: (action, topic, index) => byHand(action, topic, clientIds[index % connectionCount]!),
  anew(action, topic, index) {
    const keys = { "iot:ClientId": clientIds[index % connectionCount]! };
    return evaluate(set, { action, resource: `${arn}topic/${topic}`, keys }).outcome === "allowed";
  },
};

function measure(check: Check, name: string, count: number): number {
  const action = name.startsWith("receive") ? "iot:Receive" : "iot:Publish";
  const topics = Array.from({ length: connectionCount }, (_, index) => topicOf[name]!(index));
  const start = process.cpuUsage();
  let allowed = 0;
  for (let index = 0; index < count; index += 1) {
    if (check(action, topics[index % connectionCount]!, index)) allowed += 1;
  }
  const { user, system } = process.cpuUsage(start);
  if (allowed !== (name === "refused" ? 0 : count)) throw new Error(`${name} came out wrong`);
  return ((user + system) * 1000) / count;
}

const figures: Record<string, Record<string, number[]>> = {};
for (let round = -1; round < rounds; round += 1) {
  for (const [way, check] of Object.entries(ways)) {
    for (const name of Object.keys(topicOf)) {
      const taken = measure(check, name, way === "anew" ? perRound / 20 : perRound);
      figures[name] ??= {};
      figures[name][way] ??= [];
      // The round before the first warms up.
      if (round >= 0) figures[name][way].push(Math.round(taken));
    }
  }
}
process.stdout.write(`${JSON.stringify(figures)}\n`);

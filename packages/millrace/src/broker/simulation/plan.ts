/**
 * What a seed decides before a run begins: how long it is, how the world behaves, what goes wrong.
 *
 * Rates are drawn per run and not once for all, so that some runs are stormy in one way and calm in
 * the others: a fault alone shows what a mixture would hide.
 */

import { type BrokerLimits, defaultLimits } from "../mod.ts";
import type { NetworkHabits } from "./pipe.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface ClientPlan {
  readonly clientId: string;
  /** How often it speaks MQTT 5. */
  readonly mqtt5Chance: number;
  /** How often it asks for a clean session. */
  readonly cleanChance: number;
  /** What it asks for with MQTT 5, in seconds; 0: the session ends with the connection. */
  readonly expiries: readonly number[];
  readonly willDelays: readonly number[];
  readonly receiveMaximum: number;
  readonly keepAliveSeconds: number;
  readonly ackDelayMsMax: number;
  readonly willChance: number;
  /** Between two things that it does. */
  readonly thinkMsMax: number;
  /** How often it stays away for long after a connection has ended. */
  readonly longAbsenceChance: number;
}

export interface Plan {
  readonly durationMs: number;
  /** Of all clients together; the run ends when they are spent. */
  readonly actionsMax: number;
  readonly clients: readonly ClientPlan[];
  readonly topics: readonly string[];
  readonly filters: readonly string[];
  readonly shares: readonly string[];
  readonly limits: BrokerLimits;
  readonly network: NetworkHabits;
  readonly disk: { readonly writeMsMax: number; readonly syncMsMax: number };
  /** Mean time between two of the same kind; absent where there is none. */
  readonly killEveryMs: number | undefined;
  readonly shutDownEveryMs: number | undefined;
  readonly breakEveryMs: number | undefined;
  readonly diskFailsEveryMs: number | undefined;
  /** How often an answer that reaches a client is followed by the server's death. */
  readonly killAfterAnswerChance: number;
  /** How often the server dies while the disk syncs. */
  readonly killInSyncChance: number;
  /** How often what comes after the broker (a rule) makes an acknowledgement wait. */
  readonly tapChance: number;
  readonly killsMax: number;
  /** Whether the server dies once more when everything has settled. */
  readonly killsAtEnd: boolean;
}

/** Whether clients speak MQTT 5 too. */
const withMqtt5 = true;

const topics = ["a", "a/b", "a/c", "a/b/c", "b", "b//d", "é/x"];
const filters = ["a", "a/b", "a/+", "a/#", "#", "+", "+/b", "a/+/c", "b/#", "b//d", "+/x"];
/**
 * In runs with shared subscriptions, of clients that speak MQTT 5. Some of their topics are no
 * other filter's, so that it shows who has got what.
 */
const sharedTopics = ["q/1", "q/2", "a/b", "b"];
const filtersBeside = filters.filter((filter) => filter !== "#");
const shares = ["$share/s/q/#", "$share/t/q/2", "$share/s/a/#"];

/** Nothing is late and nothing fails: the last phase of every run. */
export const calmNetwork: NetworkHabits = {
  delayMsMax: 5,
  pieceBytesMax: 4_000,
  windowBytes: 1_000_000,
  stallChance: 0,
  stallMsMax: 0,
};

/** A session that does not expire by itself. */
const foreverSeconds = 0xffff_ffff;

/** The plan of a run; the same for the same stream. */
export function drawPlan(random: SeededRandom): Plan {
  const perhaps = (probability: number, from: number, to: number) =>
    random.chance(probability) ? random.between(from, to) : undefined;
  const clientCount = 2 + random.below(4);
  const topicCount = 1 + random.below(topics.length);
  const isShared = random.chance(0.3);
  return {
    durationMs: random.between(3_000, 30_000),
    actionsMax: 50 + random.below(350),
    clients: Array.from({ length: clientCount }, (_, index) =>
      drawClient(random.fork(`client ${index}`), `c${index + 1}`),
    ),
    topics: isShared ? sharedTopics : random.some(topics, topicCount),
    filters: isShared ? filtersBeside : filters,
    shares: isShared ? shares : [],
    limits: drawLimits(random),
    network: drawNetwork(random),
    disk: {
      writeMsMax: random.pick([0.2, 2, 20]),
      syncMsMax: random.pick([1, 10, 60, 300]),
    },
    killEveryMs: perhaps(0.6, 1_000, 12_000),
    shutDownEveryMs: perhaps(0.25, 4_000, 20_000),
    breakEveryMs: perhaps(0.7, 300, 8_000),
    diskFailsEveryMs: undefined,
    killAfterAnswerChance: random.chance(0.5) ? random.between(0, 0.1) : 0,
    killInSyncChance: random.chance(0.4) ? random.between(0, 0.05) : 0,
    tapChance: random.chance(0.2) ? random.between(0, 0.5) : 0,
    killsMax: 8,
    killsAtEnd: random.chance(0.5),
  };
}

function drawClient(random: SeededRandom, clientId: string): ClientPlan {
  return {
    clientId,
    mqtt5Chance: withMqtt5 ? random.pick([0, 0.5, 1, 1]) : 0,
    expiries: random.pick([[foreverSeconds], [0, 5, foreverSeconds], [2, 60]]),
    willDelays: random.pick([[0], [0, 1, 10]]),
    receiveMaximum: random.pick([1, 2, 10, 65_535]),
    cleanChance: random.pick([0, 0, 0.05, 0.2, 1]),
    keepAliveSeconds: random.pick([0, 0, 2, 5, 20]),
    ackDelayMsMax: random.pick([0, 10, 100, 1_000]),
    willChance: random.pick([0, 0.3, 1]),
    thinkMsMax: random.pick([50, 200, 1_000, 3_000]),
    longAbsenceChance: random.pick([0, 0.1, 0.3]),
  };
}

function drawLimits(random: SeededRandom): BrokerLimits {
  return {
    ...defaultLimits,
    inflightMax: random.pick([1, 2, 5, 20, defaultLimits.inflightMax]),
    queuedMessagesMax: random.chance(0.15) ? 1 + random.below(20) : defaultLimits.queuedMessagesMax,
    outboxBytesMax: random.pick([300, 5_000, defaultLimits.outboxBytesMax]),
    sessionSecondsMax: random.chance(0.15) ? 2 + random.below(10) : defaultLimits.sessionSecondsMax,
  };
}

function drawNetwork(random: SeededRandom): NetworkHabits {
  return {
    delayMsMax: random.pick([0.5, 5, 50, 300]),
    pieceBytesMax: random.pick([3, 40, 500, 5_000]),
    windowBytes: random.pick([100, 2_000, 100_000]),
    stallChance: random.pick([0, 0, 0.01, 0.05]),
    stallMsMax: random.pick([100, 3_000]),
  };
}

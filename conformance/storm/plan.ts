/**
 * Who takes part in a storm: drawn from the seed before the first connection.
 *
 * Every transport, level and role occurs in every storm, because they follow from the client's
 * place in the list; what exactly it publishes and subscribes to is drawn. Filters overlap on
 * purpose, and wildcards meet empty levels and letters of more than one byte.
 */

import type { ProtocolLevel, Qos } from "@millrace/mqtt";
import type { Random } from "./random.ts";

export interface Wish {
  readonly filter: string;
  readonly qos: Qos;
  /** It is never left. */
  readonly stays: boolean;
}

export interface Plan {
  readonly clientId: string;
  readonly protocolLevel: ProtocolLevel;
  readonly door: "mqtt" | "websocket";
  /** What it publishes to; empty for one that only listens. */
  readonly topics: readonly string[];
  /** Topics that it alone publishes retained messages to. */
  readonly keptTopics: readonly string[];
  readonly wishes: readonly Wish[];
  /** Publishes of QoS 1 and 2 that it has open at a time. */
  readonly openMax: number;
  /** Packet ids run from 1 to here and around; few of them are soon used again. */
  readonly packetIdMax: number;
  readonly answerDelayMsMax: number;
  /** How likely a connection begins with a clean start. */
  readonly freshChance: number;
  /** MQTT 5: how many messages the server may have open towards it. */
  readonly receiveMaximum: number;
  /** MQTT 5: how many topic aliases it takes, and uses where the server takes them. */
  readonly topicAliasMaximum: number;
}

const topics = [
  "storm/red",
  "storm/red/1",
  "storm/red/2",
  "storm/blue/1",
  "storm/blue//deep",
  "storm/grün/λ",
  "/storm/lead",
];

const filters = [
  "#",
  "storm/#",
  "storm/+/1",
  "storm/red/#",
  "storm/red/1",
  "+/red/+",
  "storm/blue/+/deep",
  "storm/+/λ",
  "/storm/#",
  "/+/+",
  "+/+",
  "kept/#",
  "kept/+/1",
];

/** Everyone hears the fence: what was owed before it has come once it has. */
export const fenceTopic = "fence";

/** Who only listens hears all wills, and does so when those who publish are gone. */
const willsFilter = "wills/+";

/** Topics of shared subscriptions; no member of a team has another filter for them. */
export const teamTopics = ["team/a", "team/b"];
const teamFilter = "$share/team/team/#";

export interface Cast {
  readonly clientCount: number;
  readonly protocolLevels: readonly ProtocolLevel[];
}

/** The clients of a storm; a third only publish, a third only listen, a third do both. */
export function drawPlans(random: Random, { clientCount, protocolLevels }: Cast): Plan[] {
  return Array.from({ length: clientCount }, (_, index) => {
    const draw = random.fork(`plan ${index}`);
    const protocolLevel = protocolLevels[Math.floor(index / 6) % protocolLevels.length]!;
    const publishes = index % 3 !== 1;
    const listens = index % 3 !== 0;
    const isTeamMember = protocolLevel === 5 && listens && !publishes;
    const teamToo = protocolLevels.includes(5) ? teamTopics : [];
    const clientId = `c${index}`;
    const receiveMaximum = draw.pick([8, 30, 100]);
    return {
      clientId,
      protocolLevel,
      door: Math.floor(index / 3) % 2 === 0 ? "mqtt" : "websocket",
      topics: publishes ? draw.some([...topics, ...teamToo], 0.5) : [],
      keptTopics: publishes ? [`kept/${clientId}/1`, `kept/${clientId}/2`] : [],
      wishes: [
        { filter: fenceTopic, qos: 2, stays: true },
        ...(publishes ? [] : [{ filter: willsFilter, qos: 2 as const, stays: true }]),
        ...(listens && !isTeamMember ? drawWishes(draw) : []),
        ...(isTeamMember
          ? [{ filter: teamFilter, qos: draw.pick([1, 2] as const), stays: false }]
          : []),
      ],
      openMax: draw.pick([1, 5, 20, 60]),
      packetIdMax: draw.pick([80, 1_000, 60_000]),
      // Slow and few at a time would fill its line, whose bound is not what the storm asks for.
      answerDelayMsMax: receiveMaximum === 8 ? draw.pick([0, 4]) : draw.pick([0, 0, 5, 40]),
      freshChance: isTeamMember || index === 1 ? 0 : draw.pick([0, 0, 0.1, 0.25]),
      receiveMaximum,
      topicAliasMaximum: draw.pick([0, 2, 10]),
    };
  });
}

function drawWishes(draw: Random): Wish[] {
  const chosen = draw.some(filters, 0.35);
  return chosen.map((filter) => ({ filter, qos: draw.pick([0, 1, 1, 2, 2]), stays: false }));
}

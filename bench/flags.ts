/**
 * The flags of the command line, checked.
 *
 * A benchmark understands some of them; one that means nothing to it is refused, because a setting
 * that is ignored is taken for one that made no difference.
 */

import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Level, Transport } from "./load/workload.ts";
import { scenarios } from "./scenarios/all.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { peers } from "./servers/all.ts";
import type { Peer } from "./servers/peer.ts";

export interface Settings {
  readonly roundCount: number;
  readonly measureSeconds: number;
  readonly peers: readonly Peer[];
  readonly scenarios: readonly Scenario[];
  readonly transports: readonly Transport[];
  readonly qualities: readonly (0 | 1)[];
  readonly levels: readonly Level[];
  readonly connectionCounts: readonly number[];
  readonly subscriptionCounts: readonly number[];
  readonly outstandingCounts: readonly number[];
  readonly itemCounts: readonly number[];
  /** Where folders for data are made. */
  readonly disk: string;
  readonly profileFolder?: string;
  readonly out?: string;
}

interface Flag {
  readonly placeholder: string;
  readonly help: string;
  /** More than one only where the flag may be given again. */
  readonly default: readonly string[];
  readonly multiple?: boolean;
}

const peerNames = peers.map(({ name }) => name);
const scenarioNames = scenarios.map(({ name }) => name);

/** What `all` runs through where a benchmark alone takes the first. */
const everything = {
  transport: ["tcp", "websocket"],
  qos: ["0", "1"],
  level: ["4", "5"],
  connections: ["20000", "100000"],
} as const;

const flags = {
  rounds: { placeholder: "N", default: ["3"], help: "measurements of each server, 1 to 100" },
  seconds: { placeholder: "S", default: ["5"], help: "length of each, 0.2 to 600" },
  only: { placeholder: "PEER", default: peerNames, multiple: true, help: peerNames.join(", ") },
  scenario: {
    placeholder: "NAME",
    default: scenarioNames,
    multiple: true,
    help: scenarioNames.join(", "),
  },
  transport: { placeholder: "KIND", default: ["tcp"], multiple: true, help: "tcp, websocket" },
  qos: { placeholder: "Q", default: ["0"], multiple: true, help: "0, 1" },
  level: {
    placeholder: "L",
    default: ["4"],
    multiple: true,
    help: "4, 5: MQTT 3.1.1, MQTT 5",
  },
  connections: {
    placeholder: "N",
    default: ["20000"],
    multiple: true,
    help: "idle connections, 100 to 1000000",
  },
  subscriptions: {
    placeholder: "N",
    default: ["10000", "100000", "1000000"],
    multiple: true,
    help: "filters in the server, 1000 to 2000000",
  },
  outstanding: {
    placeholder: "N",
    default: ["1", "16", "256"],
    multiple: true,
    help: "publishes not yet acknowledged, 1 to 1000",
  },
  items: {
    placeholder: "N",
    default: ["10000"],
    multiple: true,
    help: "items in the table, 1000 to 10000000",
  },
  disk: { placeholder: "DIR", default: [tmpdir()], help: "a folder on the disk to be measured" },
  profile: { placeholder: "DIR", default: [], help: "leaves CPU profiles of Millrace there" },
  out: { placeholder: "FILE", default: [], help: "writes everything as JSON, for tables" },
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof flags;

/** Understood by every benchmark. */
const commonFlags: readonly FlagName[] = ["rounds", "seconds", "only", "profile", "out"];

export class UsageError extends Error {}

/** A line for each flag. */
export function flagLines(): string[] {
  return Object.entries(flags).map(([name, flag]: [string, Flag]) => {
    const again = flag.multiple ? "; may be given again" : "";
    const isTold = flag.default.length === 0 || flag.default.length > 3 || name === "disk";
    const fallback = isTold ? "" : ` (${flag.default.join(", ")})`;
    return `  --${`${name} ${flag.placeholder}`.padEnd(18)} ${flag.help}${again}${fallback}`;
  });
}

/** The settings for a benchmark that understands `own`. Throws a `UsageError`. */
export function readSettings(
  words: readonly string[],
  own: readonly FlagName[],
  isForAll: boolean,
): Settings {
  const known = [...commonFlags, ...own];
  const options = Object.fromEntries(
    known.map((name) => [name, { type: "string", multiple: true } as const]),
  );
  let values: Record<string, string[] | undefined>;
  try {
    values = parseArgs({ args: [...words], options, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const widened: Partial<Record<FlagName, readonly string[]>> = isForAll ? everything : {};
  return settingsFrom((name) => {
    const flag: Flag = flags[name];
    const given = values[name] ?? widened[name] ?? flag.default;
    if (given.length > 1 && !flag.multiple) throw new UsageError(`--${name} is given twice`);
    return given;
  });
}

function settingsFrom(textsOf: (name: FlagName) => readonly string[]): Settings {
  const one = (name: FlagName) => textsOf(name)[0];
  const numbers = (name: FlagName, bounds: readonly [number, number]) =>
    textsOf(name).map((text) => wholeWithin(name, text, bounds));
  const [disk, profile] = [one("disk")!, one("profile")];
  if (!existsSync(disk)) throw new UsageError(`--disk: there is no folder "${disk}"`);
  return {
    roundCount: numbers("rounds", [1, 100])[0]!,
    measureSeconds: within("seconds", one("seconds")!, [0.2, 600]),
    peers: chosen("only", peers, textsOf("only")),
    scenarios: chosen("scenario", scenarios, textsOf("scenario")),
    transports: textsOf("transport").map((text) => oneOf("transport", text, ["tcp", "websocket"])),
    qualities: textsOf("qos").map((text) => (oneOf("qos", text, ["0", "1"]) === "0" ? 0 : 1)),
    levels: textsOf("level").map((text) => (oneOf("level", text, ["4", "5"]) === "4" ? 4 : 5)),
    connectionCounts: numbers("connections", [100, 1_000_000]),
    subscriptionCounts: numbers("subscriptions", [1_000, 2_000_000]),
    outstandingCounts: numbers("outstanding", [1, 1_000]),
    itemCounts: numbers("items", [1_000, 10_000_000]),
    disk,
    profileFolder: profile && resolve(profile),
    out: one("out"),
  };
}

function within(flag: string, text: string, [min, max]: readonly [number, number]): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value <= max) return value;
  throw new UsageError(`--${flag} takes a number from ${min} to ${max}, not "${text}"`);
}

function wholeWithin(flag: string, text: string, bounds: readonly [number, number]): number {
  const value = within(flag, text, bounds);
  if (Number.isInteger(value)) return value;
  throw new UsageError(`--${flag} takes a whole number, not "${text}"`);
}

function oneOf<T extends string>(flag: string, text: string, values: readonly T[]): T {
  const value = values.find((each) => each === text);
  if (value !== undefined) return value;
  throw new UsageError(`--${flag} takes ${values.join(" or ")}, not "${text}"`);
}

/** In the order of `all`. */
function chosen<T extends { name: string }>(
  flag: string,
  all: readonly T[],
  texts: readonly string[],
): T[] {
  for (const text of texts)
    oneOf(
      flag,
      text,
      all.map(({ name }) => name),
    );
  return all.filter(({ name }) => texts.includes(name));
}

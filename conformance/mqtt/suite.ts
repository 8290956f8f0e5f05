/** Exchanges in a folder, and running many of them at a time. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Exchange, runExchange, type Settings } from "./exchange.ts";

export interface Area {
  /** The name of its file, without the ending. */
  readonly area: string;
  readonly cases: readonly Exchange[];
}

export interface Result {
  readonly area: string;
  readonly exchange: Exchange;
  /** `undefined` when the case passed. */
  readonly problem: string | undefined;
}

export type Verdict =
  | "passed"
  | "FAILED"
  /** Fails, and the data say that this server does. */
  | "deviates"
  /** Passes, though the data say that this server does not. */
  | "STALE";

const tokens = 36 ** 4;

/** Every file of the folder, in the order of their names. */
export function readAreas(folder = join(import.meta.dir, "data")): Area[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => {
    const { cases } = JSON.parse(readFileSync(join(folder, file), "utf8")) as Omit<Area, "area">;
    return { area: file.replace(/\.json$/, ""), cases };
  });
}

/** Results in the order of the cases; `atOnce` of them run together and do not know each other. */
export async function runAreas(
  areas: readonly Area[],
  settings: Settings,
  atOnce = 8,
): Promise<Result[]> {
  const all = areas.flatMap(({ area, cases }) => cases.map((exchange) => ({ area, exchange })));
  const results: Result[] = [];
  const first = Math.floor(Math.random() * tokens);
  const waiting = [...all.entries()];
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const [index, { area, exchange }] = one;
      results[index] = {
        area,
        exchange,
        problem: await problemOf(exchange, settings, tokenOf(first + index)),
      };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

/** What a result means when `server` was asked; `undefined`: one that the data do not name. */
export function verdictOf({ exchange, problem }: Result, server: string | undefined): Verdict {
  const isKnown = server !== undefined && exchange.deviations?.[server] !== undefined;
  if (problem) return isKnown ? "deviates" : "FAILED";
  return isKnown ? "STALE" : "passed";
}

/** A packet that cannot be taken apart is a failure of the case like any other. */
async function problemOf(
  exchange: Exchange,
  settings: Settings,
  token: string,
): Promise<string | undefined> {
  try {
    return await runExchange(exchange, settings, token);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Four letters; the next number has others. */
function tokenOf(number: number): string {
  return (number % tokens).toString(36).padStart(4, "0");
}

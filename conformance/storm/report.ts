/** A storm's outcome in words: what was done, what was broken, and the diary of those concerned. */

import type { Entry, History, Violation } from "./history.ts";
import type { StormResult } from "./storm.ts";

const violationsShown = 10;
const entriesShown = 60;

/** `seed` lets the same storm be drawn again. */
export function reportStorm(seed: number, { violations, history, killCount }: StormResult): string {
  const messages = [...history.messages.values()];
  const owned = messages.filter(({ ownedAt }) => ownedAt > 0).length;
  const receipts = history.lives.flatMap((life) => [...life.receipts.values()].flat()).length;
  const sums =
    `seed ${seed}: ${killCount} kills, ${history.lives.length} sessions, ` +
    `${messages.length} messages, ${owned} acknowledged, ${receipts} receipts, ` +
    `${violations.length} violations`;
  const byRule = Map.groupBy(violations, ({ rule }) => rule);
  const rules = [...byRule].map(([rule, broken]) => `  ${broken.length} of "${rule}"`);
  const shown = [...byRule.values()].flatMap((broken) => broken.slice(0, 2));
  const stories = shown.slice(0, violationsShown).flatMap((one) => storyOf(one, history));
  return [sums, ...rules, ...stories].join("\n");
}

/** The violation, with what its message and its clients went through around it. */
function storyOf({ rule, text, about }: Violation, history: History): string[] {
  const [client = "", key = ""] = about;
  if (client === "") return ["", `"${rule}": ${text}`];
  const ofMessage = history.entries.filter((entry) => key !== "" && entry.key === key);
  const first = ofMessage[0]?.tick ?? 0;
  const last = ofMessage.at(-1)?.tick ?? Number.MAX_SAFE_INTEGER;
  const around = history.entries.filter((entry) => {
    const isNear = entry.tick >= first && entry.tick <= last;
    if (entry.who === "server" || entry.who === "storm") return isNear;
    return entry.key === key && key !== "" ? true : isNear && isTurn(entry) && entry.who === client;
  });
  const cut = around.length - entriesShown;
  const told = cut > 0 ? [...around.slice(0, 20), ...around.slice(20 - entriesShown)] : around;
  return ["", `"${rule}": ${text}`, ...told.map(lineOf)];
}

/** What changes a session rather than carries a message. */
function isTurn({ what }: Entry): boolean {
  return !/publish|puback|pubrec|pubrel|pubcomp/.test(what);
}

function lineOf({ tick, ms, who, what, key }: Entry): string {
  const time = `${(ms / 1_000).toFixed(3)} s`;
  return `  ${String(tick).padStart(7)} ${time.padStart(10)}  ${who}  ${what}  ${key}`.trimEnd();
}

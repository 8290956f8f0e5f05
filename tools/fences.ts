/**
 * What only some parts of the server may touch: the runtime's own doors, the machine, the clock.
 *
 * The languages are pure. Time and chance come from `base/`, so that expiry can be tested exactly
 * and a house can be simulated. What only Bun has stays where another runtime would replace it.
 * Tests are free: they may wait for a clock and start a server.
 */
import { type Complaint, isTest } from "./files.ts";
import type { Module } from "./floors.ts";
import { isPunctuation, isWord, type Token } from "./lexer.ts";

const bunParts = new Set(["listeners", "gateway", "storage", "functions", "node", "cli"]);
/** What runs in the process of a handler, which has no other clock than its own. */
const handlerFolder = "packages/millrace/src/functions/bootstrap/";
const pureModules = new Set(["assert", "buffer", "crypto", "path", "url", "util"]);
/** Floors up to this one get time and chance handed to them; the roof hands them out. */
const floorWithoutClockMax = 6;

const clockWords = new Set("setTimeout setInterval setImmediate randomUUID randomBytes".split(" "));
const clockMembers: Readonly<Record<string, readonly string[]>> = {
  Date: ["now"],
  Math: ["random"],
  performance: ["now"],
  crypto: ["getRandomValues", "randomUUID"],
};

/** What a server module touches although its part may not. */
export function findFences(module: Module, floor: number): Complaint[] {
  if (isTest(module.path) || module.path.startsWith(handlerFolder)) return [];
  const complain = (line: number, message: string) => ({ path: module.path, line, message });
  return [
    ...module.imports.flatMap(({ specifier, line }) => {
      const message = objectionToModule(module.part, floor, specifier);
      return message ? [complain(line, message)] : [];
    }),
    ...(bunParts.has(module.part) ? [] : findBun(module.tokens)).map(({ line }) =>
      complain(line, `only ${[...bunParts].join(", ")} touch what only Bun has`),
    ),
    ...(module.part === "base" || floor > floorWithoutClockMax ? [] : findClock(module.tokens)).map(
      ({ line, text }) => complain(line, `"${text}" here: time and chance come from base/`),
    ),
  ];
}

function objectionToModule(part: string, floor: number, specifier: string): string | undefined {
  if (/^bun($|:)/.test(specifier) && !bunParts.has(part)) {
    return `only ${[...bunParts].join(", ")} touch what only Bun has`;
  }
  const name = /^node:([^/]+)/.exec(specifier)?.[1];
  if (floor <= 1 && name && !pureModules.has(name)) {
    return `${part} is pure: no "${specifier}" here`;
  }
  return undefined;
}

function findBun(tokens: readonly Token[]): Token[] {
  return tokens.filter(
    (token, index) =>
      isWord(token, "Bun") &&
      !isPunctuation(tokens[index - 1], ".", "?.") &&
      isPunctuation(tokens[index + 1], ".", "[", "?."),
  );
}

function findClock(tokens: readonly Token[]): Token[] {
  return tokens.filter((token, index) => {
    if (token.kind !== "word") return false;
    const [before, dot, member] = [tokens[index - 1], tokens[index + 1], tokens[index + 2]];
    const own = isPunctuation(before, ".", "?.") && !isWord(tokens[index - 2], "globalThis");
    const key = isPunctuation(dot, ":") || isPunctuation(dot, "?");
    if (clockWords.has(token.text)) return !own && !key;
    if (token.text === "Date" && isWord(before, "new")) return isPunctuation(member, ")");
    if (token.text === "Date" && isPunctuation(dot, "(")) return !own;
    const members = Object.hasOwn(clockMembers, token.text) ? clockMembers[token.text]! : [];
    return !own && isPunctuation(dot, ".") && isWord(member, ...members);
  });
}

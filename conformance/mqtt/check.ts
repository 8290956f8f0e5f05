/** Whether exchanges are what README.md says: each once, with clauses, in the notation. */

import type { Exchange, Level, Step } from "./exchange.ts";
import { bytesOf, parsePattern } from "./notation.ts";

/** What is wrong with the cases of one area, a sentence each. */
export function problemsOf(
  cases: readonly Exchange[],
  isClause: (clause: string, level: Level) => boolean,
): string[] {
  const names = cases.map(({ name, level }) => `${name} (${level})`);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...twice.map((name) => `${name}: there are two`),
    ...cases.flatMap((exchange, index) =>
      problemsOfCase(exchange, isClause).map((problem) => `${names[index]}: ${problem}`),
    ),
  ];
}

function problemsOfCase(
  { level, clauses, steps }: Exchange,
  isClause: (clause: string, level: Level) => boolean,
): string[] {
  const unknown = clauses.filter((clause) => !isClause(clause, level));
  const last = steps.at(-1)?.[1] ?? "nothing";
  return [
    ...(clauses.length === 0 ? ["names no clause"] : []),
    ...unknown.map((clause) => `names "${clause}", which does not exist`),
    ...(/^(sends|hangs up|nothing)$/.test(last) ? [`cannot fail: it ends with "${last}"`] : []),
    ...steps.flatMap(notationProblem),
  ];
}

function notationProblem([, verb, what]: Step): string[] {
  if (typeof what !== "string" || verb === "is closed") return [];
  const kept = new Map(["m", "n", "o"].map((name) => [name, Uint8Array.of(0, 1)]));
  const scope = { token: "0000", kept };
  try {
    if (verb === "receives") parsePattern(what, scope);
    else bytesOf(what, scope);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/**
 * What stands behind a command: its flags, and the words that are none.
 *
 * A flag wins over its variable, a variable over the default. An unknown flag is an error, because
 * a misspelt setting that is ignored is found weeks later.
 */

import { parseArgs } from "node:util";
import { suggest } from "../base/mod.ts";

export interface Flag {
  readonly type: "string" | "boolean";
  /** A single letter that stands for it, e.g. `f` for `-f`. */
  readonly short?: string;
  /** May be given more than once; in its variable, one to a line. */
  readonly multiple?: boolean;
  readonly default: string;
  /** What it means without a value, where it may stand so. */
  readonly alone?: string;
  readonly placeholder?: string;
  readonly help: string;
  /** It has one in the environment: that of `--api-port` is `MILLRACE_API_PORT`. */
  readonly hasVariable?: boolean;
}

export type Flags = Readonly<Record<string, Flag>>;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Given {
  /** Words that are no flags, in their order. */
  readonly words: readonly string[];
  /** Whether the flag was given, on the line or by its variable. */
  has(flag: string): boolean;
  /** What was given, or the default. */
  text(flag: string): string;
  /** Whether it is on; what is neither true nor false was refused. */
  isOn(flag: string): boolean;
}

export type GivenResult =
  | { readonly ok: true; readonly given: Given }
  | { readonly ok: false; readonly problem: string };

/** What was given, or the first thing in it that is wrong. */
export function readFlags(
  flags: Flags,
  words: readonly string[],
  environment: Environment,
): GivenResult {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, short, multiple = false }]) => [
      name,
      { type, multiple, ...(short !== undefined && { short }) },
    ]),
  );
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    const args = words.map((word) => withValue(word, flags));
    parsed = parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    return { ok: false, problem: messageOfParseArgs(error, Object.keys(flags)) };
  }
  const asked = (name: string) => {
    const variable = flags[name]?.hasVariable ? environment[variableOf(name)] : undefined;
    const onLine = parsed.values[name];
    return Array.isArray(onLine) ? onLine.join("\n") : (onLine ?? variable);
  };
  const text = (name: string) => String(asked(name) ?? flags[name]?.default);
  for (const [name, { type }] of Object.entries(flags)) {
    if (type !== "boolean" || text(name) === "true" || text(name) === "false") continue;
    return { ok: false, problem: `--${name} must be true or false, not "${text(name)}"` };
  }
  const given: Given = {
    words: parsed.positionals,
    text,
    has: (name) => asked(name) !== undefined,
    isOn: (name) => text(name) === "true",
  };
  return { ok: true, given };
}

function withValue(word: string, flags: Flags): string {
  const alone = word.startsWith("--") ? flags[word.slice(2)]?.alone : undefined;
  return alone === undefined ? word : `${word}=${alone}`;
}

/** `MILLRACE_*` variables that are no flag's; a misspelt one would be passed over. */
export function unknownVariable(
  environment: Environment,
  commands: readonly { readonly flags: Flags }[],
): string | undefined {
  const known = new Set(commands.flatMap(({ flags }) => variablesOf(flags)));
  return Object.keys(environment).find((name) => name.startsWith("MILLRACE_") && !known.has(name));
}

/** The variables of those flags that have one. */
export function variablesOf(flags: Flags): string[] {
  const names = Object.keys(flags).filter((name) => flags[name]?.hasVariable);
  return names.map(variableOf);
}

/** What is wrong with a port, if anything; 0 means any free one. */
export function portProblem(flag: string, value: string): string | undefined {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return undefined;
  return `--${flag} must be a number from 0 to 65535, not "${value}"`;
}

function variableOf(flag: string): string {
  return `MILLRACE_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** The first sentence; what follows in Node's texts is advice for another program. */
function messageOfParseArgs(error: unknown, names: readonly string[]): string {
  const text = error instanceof Error ? error.message : String(error);
  const sentence = (text.split(". ")[0] ?? text).replaceAll("'", '"');
  const unknown = /^Unknown option "(--.*)"$/.exec(sentence)?.[1];
  const flags = names.map((name) => `--${name}`);
  const hint = unknown === undefined ? "" : suggest(unknown, flags);
  return sentence.charAt(0).toLowerCase() + sentence.slice(1) + hint;
}

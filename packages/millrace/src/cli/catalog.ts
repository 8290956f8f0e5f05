/** The commands, in the order in which help lists them, and which of them some words mean. */

import type { Command } from "./command.ts";
import { logs } from "./commands/logs.ts";
import { rulesTest } from "./commands/rules-test.ts";
import { serve, start } from "./commands/start.ts";
import { tablesExport } from "./commands/tables-export.ts";
import { tablesImport } from "./commands/tables-import.ts";
import { trace } from "./commands/trace.ts";

export const commands: readonly Command[] = [
  start,
  serve,
  logs,
  rulesTest,
  trace,
  tablesExport,
  tablesImport,
];

export interface Found {
  readonly command: Command;
  /** Those behind the command's name. */
  readonly words: readonly string[];
}

/** The command whose name the words begin with. */
export function findCommand(words: readonly string[]): Found | undefined {
  for (const command of commands) {
    const name = command.name.split(" ");
    if (name.every((word, at) => words[at] === word)) {
      return { command, words: words.slice(name.length) };
    }
  }
  return undefined;
}

/** Commands whose names go on behind this word, e.g. behind `rules`. */
export function commandsOf(word: string): readonly Command[] {
  return commands.filter(({ name }) => name.startsWith(`${word} `));
}

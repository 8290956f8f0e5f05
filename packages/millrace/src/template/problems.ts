/**
 * What is wrong with a template, collected while it is read, and how a terminal shows it.
 *
 * A problem is a value with its place, never an exception; reading goes on after it, so that all
 * of them are seen at once.
 */

import type { Place } from "./nodes.ts";

/** A place in the template file, with the line itself, so that a message can show it. */
export interface Position extends Place {
  /** As the caller named it. */
  readonly file: string;
  readonly sourceLine: string;
}

export interface TemplateProblem extends Position {
  /** What could not be done, values in quotes, no full stop. */
  readonly message: string;
}

export interface Problems {
  report(place: Place, message: string): void;
  position(place: Place): Position;
  /** In the order of the file, each once. */
  all(): TemplateProblem[];
}

/** An empty collection for the file `file`, whose lines are those of `text`. */
export function createProblems(file: string, text: string): Problems {
  const lines = text.split(/\r\n|\r|\n/);
  const found = new Map<string, TemplateProblem>();
  const position = ({ line, column, path }: Place): Position => {
    return { file, line, column, path, sourceLine: lines[line - 1] ?? "" };
  };
  return {
    position,
    report(place, message) {
      const key = `${place.line}:${place.column}:${message}`;
      if (!found.has(key)) found.set(key, { ...position(place), message });
    },
    all: () => [...found.values()].sort((a, b) => a.line - b.line || a.column - b.column || 0),
  };
}

const contextMax = 100;

/**
 * For the terminal: `file:line:column: message`, the source line and a caret under the column.
 * Control characters of the file are shown as `\u{..}`, never sent to the terminal.
 */
export function formatProblems(problems: readonly TemplateProblem[]): string {
  return problems.map(formatProblem).join("\n\n");
}

function formatProblem(problem: TemplateProblem): string {
  const { file, line, column, path, message } = problem;
  const gutter = String(line);
  const blank = " ".repeat(gutter.length);
  const { shown, caret } = showLine(problem.sourceLine, column);
  const where = path === "" ? [] : [`${blank} = at ${path}`];
  return [
    `${file}:${line}:${column}: ${message}`,
    `${blank} |`,
    `${gutter} | ${shown}`,
    `${blank} | ${" ".repeat(caret)}^`,
    ...where,
  ]
    .map(printable)
    .join("\n");
}

/** A window of the line around the column, with tabs as single blanks so that the caret fits. */
function showLine(sourceLine: string, column: number): { shown: string; caret: number } {
  const start = column > contextMax ? column - 1 - contextMax / 2 : 0;
  const before = printable(sourceLine.slice(start, column - 1).replaceAll("\t", " "));
  const after = printable(sourceLine.slice(column - 1, start + contextMax).replaceAll("\t", " "));
  const lead = start > 0 ? "... " : "";
  const tail = start + contextMax < sourceLine.length ? " ..." : "";
  return { shown: `${lead}${before}${after}${tail}`, caret: lead.length + before.length };
}

function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** Problems that show only at assembly, told like those of the template: with their place in it. */

import type { RuleError } from "../rules/mod.ts";
import { type Application, formatProblems } from "../template/mod.ts";

/** The place of `key` in the template, as `Application.positions` has it, and the message. */
export function placed(application: Application, key: string, message: string): string {
  const position = application.positions.get(key);
  return position ? formatProblems([{ ...position, message }]) : message;
}

/** An error of a rule at the character of the template that it means. */
export function placeRuleError(application: Application): (error: RuleError) => string {
  return ({ ruleName, property, message, line, column }) => {
    const position = positionOf(application, ruleName, property);
    const told = `rule "${ruleName}", ${property}: ${message}`;
    if (!position) return told;
    const text = application.rules.find(({ name }) => name === ruleName);
    if (line === undefined || column === undefined || !text) {
      return formatProblems([{ ...position, message: told }]);
    }
    const offset = property === "sql" ? offsetOf(text.sql, line, column) : column - 1;
    return formatProblems([{ ...position.at(offset), message: told }]);
  };
}

/** Of the property, or of the nearest thing around it that has a place. */
function positionOf({ positions }: Application, ruleName: string, property: string) {
  for (let around = property; around !== ""; around = around.replace(/(^|\.|\[)[^.[]*$/, "")) {
    const position = positions.get(`rule:${ruleName}:${around}`);
    if (position) return position;
  }
  return positions.get(`rule:${ruleName}`);
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let number = 1; number < line; number += 1) start = text.indexOf("\n", start) + 1;
  return start + column - 1;
}

interface SourceProblem {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A bundler's problem: `file:line:column: what: message`. */
export function sourceProblem<T extends SourceProblem>(what: (problem: T) => string) {
  return (problem: T): string => {
    const { file, line, column, message } = problem;
    const place =
      file === undefined ? [] : [file, line, column].filter((part) => part !== undefined);
    return [...(place.length > 0 ? [place.join(":")] : []), what(problem), message].join(": ");
  };
}

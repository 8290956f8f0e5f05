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
    const key = `rule:${ruleName}:${keyOfProperty(property)}`;
    const position =
      application.positions.get(key) ?? application.positions.get(`rule:${ruleName}`);
    const told = `rule "${ruleName}", ${property}: ${message}`;
    if (!position) return told;
    const rule = application.rules.find(({ name }) => name === ruleName);
    if (property !== "sql" || !rule || line === undefined || column === undefined) {
      return formatProblems([{ ...position, message: told }]);
    }
    return formatProblems([{ ...position.at(offsetOf(rule.sql, line, column)), message: told }]);
  };
}

/** `actions[1].topic` stands under `action:1:topic`. */
function keyOfProperty(property: string): string {
  const action = /^actions\[(\d+)\](?:\.(\w+))?$/.exec(property);
  if (!action) return property;
  return action[2] ? `action:${action[1]}:${action[2]}` : `action:${action[1]}`;
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

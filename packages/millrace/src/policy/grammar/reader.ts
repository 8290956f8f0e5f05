/**
 * Takes members, texts and lists out of a JSON value and collects what is wrong with them, each
 * with its path, so that all problems of a document are seen at once.
 */

import { JsonNumber, suggest } from "../../base/mod.ts";
import { policyLimits } from "../limits.ts";
import type { PolicyPath } from "./problem.ts";

export type Members = Readonly<Record<string, unknown>>;

export interface ReaderProblem {
  readonly path: PolicyPath;
  readonly message: string;
  /** The name of the member is wrong, not its value. */
  readonly onName: boolean;
}

export class Reader {
  readonly problems: ReaderProblem[] = [];

  /** The first hundred are kept: nobody reads more, and a document can have very many. */
  report(path: PolicyPath, message: string, onName = false): void {
    if (this.problems.length >= policyLimits.problemsMax) return;
    this.problems.push({ path, message, onName });
  }

  /** The members of a map; any outside `known` is a problem. */
  members(value: unknown, path: PolicyPath, known?: readonly string[]): Members | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value) || isNumber(value)) {
      this.report(path, `a map is needed, not ${kindOf(value)}`);
      return undefined;
    }
    for (const name of Object.keys(value)) {
      if (!known || known.includes(name)) continue;
      this.report([...path, name], `unknown element '${name}'${suggest(name, known)}`, true);
    }
    return value as Members;
  }

  text(value: unknown, path: PolicyPath): string | undefined {
    if (typeof value === "string") return value;
    this.report(path, `a text is needed, not ${kindOf(value)}`);
    return undefined;
  }

  choice<const T extends string>(
    value: unknown,
    path: PolicyPath,
    choices: readonly T[],
  ): T | undefined {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      const shown = typeof value === "string" ? `'${value}'` : kindOf(value);
      this.report(path, `${shown} is not one of ${choices.join(", ")}`);
    }
    return found;
  }

  /**
   * One text or a list of them, each with its path. With `scalars`, numbers and booleans count as
   * their text, and a list may be empty, as IAM has it for the values of conditions.
   */
  texts(
    value: unknown,
    path: PolicyPath,
    { scalars = false } = {},
  ): { readonly text: string; readonly path: PolicyPath }[] {
    const listed = Array.isArray(value);
    if (listed && value.length === 0 && !scalars) this.report(path, "the list is empty");
    const items: readonly unknown[] = listed ? value : [value];
    return items.flatMap((item, index) => {
      const at = listed ? [...path, index] : path;
      const text = scalars ? (scalarText(item) ?? this.text(item, at)) : this.text(item, at);
      return text === undefined ? [] : [{ text, path: at }];
    });
  }
}

function scalarText(value: unknown): string | undefined {
  if (isNumber(value)) return value.text;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function isNumber(value: unknown): value is JsonNumber {
  return value instanceof JsonNumber;
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (isNumber(value)) return "a number";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}

/**
 * Substitution templates: `${expression}` inside an action's text.
 *
 * The expression is read by the parser itself, so braces and quotes in it need no escape. A dollar
 * without a brace stands for itself.
 */

import type { ExternalServices } from "../external/services.ts";
import type { SqlVersion } from "../version.ts";
import { Cursor, type Reading } from "./cursor.ts";
import { parseExpression } from "./parse-expression.ts";
import { catchRefusal, Refusal, refusals, type SqlError } from "./refusal.ts";
import type { Expression } from "./tree.ts";

export interface TemplateOptions {
  readonly version: SqlVersion;
  /** None when absent: functions that ask a service are refused. */
  readonly services?: ExternalServices;
  /** What the statement of the rule sets, in its order; none when absent. */
  readonly variables?: readonly string[];
}

export interface ParsedTemplate {
  readonly parts: readonly (string | Expression)[];
  readonly isExternal: boolean;
  /** The roles that services are asked in. */
  readonly roles: readonly string[];
  readonly warnings: readonly SqlError[];
}

/** The template, or the first thing in it that is wrong, with its place in `text`. */
export function parseTemplate(text: string, options: TemplateOptions) {
  const { version, services = {}, variables = [] } = options;
  const reading = { version, services, variables, isTemplate: true };
  return catchRefusal(text, () => readParts(text, reading));
}

function readParts(text: string, reading: Reading): ParsedTemplate {
  const parts: (string | Expression)[] = [];
  const warnings: SqlError[] = [];
  const roles: string[] = [];
  let isExternal = false;
  let at = 0;
  for (;;) {
    const open = text.indexOf("${", at);
    const literal = open < 0 ? text.slice(at) : text.slice(at, open);
    const sequence = literal.indexOf("@{");
    if (sequence >= 0) throw new Refusal(at + sequence, refusals.sequenceTemplate());
    if (literal !== "") parts.push(literal);
    if (open < 0) return { parts, isExternal, roles, warnings };
    const cursor = new Cursor(text, reading, open + 2);
    parts.push(parseExpression(cursor));
    if (!cursor.isAt("}")) cursor.refuseToken('"}" or an operator');
    at = cursor.token.end;
    isExternal ||= cursor.isExternal;
    roles.push(...cursor.roles);
    warnings.push(...cursor.warnings);
  }
}

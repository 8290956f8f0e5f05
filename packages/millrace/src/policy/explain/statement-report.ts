/** Looks at one statement part by part, all parts, also behind one that does not match. */

import type { CompiledCondition } from "../condition/condition.ts";
import type { StatementPlace } from "../decide/decision.ts";
import type { PolicyRequest } from "../decide/evaluate.ts";
import type { CompiledStatement, ResourceTest } from "../decide/policy.ts";
import type { Condition, PolicyDocument } from "../document.ts";
import type { Context } from "../match/context.ts";
import type { Pattern } from "../match/pattern.ts";
import { anonymous, isAbout } from "../match/principal.ts";
import { hintFor } from "./hints.ts";
import type { ConditionReport, PatternReport, PatternsReport, StatementReport } from "./report.ts";

export interface Subject {
  readonly place: StatementPlace;
  readonly statement: CompiledStatement;
  readonly version: PolicyDocument["version"];
  readonly decides: boolean;
  readonly hasBoundary: boolean;
}

/** The report; it agrees with `evaluate` about whether the statement matches. */
export function reportStatement(
  { place, statement, version, decides, hasBoundary }: Subject,
  request: PolicyRequest,
  context: Context,
): StatementReport {
  const action = reportActions(statement, request.action);
  const resource = statement.resources && reportResources(statement.resources, request, context);
  const principal = statement.principals && {
    matches: isAbout(statement.principals, request.principal ?? anonymous, { hasBoundary }),
  };
  const conditions = statement.conditions.map((one) => reportCondition(one, context));
  const parts = {
    action,
    conditions,
    ...(resource && { resource }),
    ...(principal && { principal }),
  };
  const why = reasonOf(parts, request);
  const isNearMiss = action.matches && resource?.matches === false;
  const hint = isNearMiss ? hintFor({ resource, version, request }) : undefined;
  return {
    place,
    pointer: `/Statement/${place.index}`,
    decides,
    ...parts,
    matches: why === undefined,
    why: why ?? "it matches",
    ...(hint !== undefined && { hint }),
  };
}

function reportActions({ actions, source }: CompiledStatement, action: string): PatternsReport {
  const name = action.toLowerCase();
  const patterns = source.actions.patterns.map((pattern, index): PatternReport => {
    const matches = actions.globs[index]!.matches(name);
    return { pattern, matches, unresolved: [] };
  });
  return whole(actions.not, patterns);
}

function reportResources(
  { not, patterns }: ResourceTest,
  { resource }: PolicyRequest,
  context: Context,
): PatternsReport {
  return whole(
    not,
    patterns.map((pattern) => reportPattern(pattern, resource, context)),
  );
}

function whole(not: boolean, patterns: readonly PatternReport[]): PatternsReport {
  return { not, patterns, matches: patterns.some(({ matches }) => matches) !== not };
}

function reportPattern(pattern: Pattern, resource: string, context: Context): PatternReport {
  const unresolved: string[] = [];
  const texts = pattern.pieces.map((piece) => {
    if (piece.kind === "text") return piece.text;
    if (piece.kind !== "variable") return piece.kind === "run" ? "*" : "?";
    const text = context.resolve(piece);
    if (text === undefined) unresolved.push(piece.shown);
    return text ?? "";
  });
  const isReplaced = pattern.keys.length > 0 && unresolved.length === 0;
  return {
    pattern: pattern.text,
    matches: pattern.matches(resource, context),
    unresolved,
    ...(isReplaced && { becomes: texts.join("") }),
  };
}

function reportCondition(condition: CompiledCondition, context: Context): ConditionReport {
  const { source, key } = condition;
  return {
    operator: spell(source),
    key: source.key,
    values: source.values,
    given: context.valuesOf(key),
    holds: condition.holds(context),
  };
}

function spell({ operator, set, ifExists }: Condition): string {
  const prefix = set === undefined ? "" : set === "all" ? "ForAllValues:" : "ForAnyValue:";
  return `${prefix}${operator}${ifExists ? "IfExists" : ""}`;
}

type Parts = Pick<StatementReport, "action" | "resource" | "principal" | "conditions">;

/** The first part that does not match; `undefined` when all do. */
function reasonOf(parts: Parts, request: PolicyRequest): string | undefined {
  if (!parts.action.matches) return mismatch("Action", request.action, parts.action);
  if (parts.resource && !parts.resource.matches) {
    return mismatch("Resource", request.resource, parts.resource);
  }
  if (parts.principal && !parts.principal.matches) return "it is about other principals";
  const failed = parts.conditions.find(({ holds }) => !holds);
  if (!failed) return undefined;
  const given = failed.given.length === 0 ? "is absent" : `is ${quoteAll(failed.given)}`;
  const wanted = failed.values.length === 0 ? "nothing" : quoteAll(failed.values);
  return `'${failed.key}' ${given}, and '${failed.operator}' compares it with ${wanted}`;
}

function mismatch(element: string, asked: string, { not, patterns }: PatternsReport): string {
  const shown = patterns.map(({ pattern, becomes }) =>
    becomes === undefined ? `'${pattern}'` : `'${pattern}', here '${becomes}'`,
  );
  const listed = shown.join(" or ");
  return not
    ? `'Not${element}' excepts '${asked}': ${listed}`
    : `'${asked}' does not match '${element}': ${listed}`;
}

function quoteAll(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(", ");
}

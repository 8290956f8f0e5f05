/** A policy document compiled: every pattern and condition ready to be asked. */

import { assert } from "../../base/mod.ts";
import { type CompiledCondition, compileCondition } from "../condition/condition.ts";
import type { Patterns, PolicyDocument, Principals, Statement } from "../document.ts";
import { compileGlob, type Glob } from "../match/glob.ts";
import { Pattern } from "../match/pattern.ts";
import { parsePieces } from "../match/pieces.ts";

export interface CompiledPolicy {
  /** For decisions and explanations; a policy's name or ARN. */
  readonly name: string;
  readonly document: PolicyDocument;
  readonly statements: readonly CompiledStatement[];
}

export interface CompiledStatement {
  readonly source: Statement;
  readonly actions: ActionTest;
  /** Absent in a role's trust policy, which is about that role. */
  readonly resources: ResourceTest | undefined;
  readonly principals: Principals | undefined;
  readonly conditions: readonly CompiledCondition[];
}

export interface ActionTest {
  readonly not: boolean;
  /** Of lower-case action names. */
  readonly globs: readonly Glob[];
}

export interface ResourceTest {
  readonly not: boolean;
  readonly patterns: readonly Pattern[];
}

/** Compiles a parsed document, once; the result never changes and may be used in many sets. */
export function compilePolicy(name: string, document: PolicyDocument): CompiledPolicy {
  const { version } = document;
  const statements = document.statements.map((source): CompiledStatement => {
    const { actions, resources, principals, conditions } = source;
    return {
      source,
      principals,
      actions: { not: actions.not, globs: actions.patterns.map(compileAction) },
      resources: resources && compileResources(resources, version),
      conditions: conditions.map((condition) => compileCondition(condition, version)),
    };
  });
  return { name, document, statements };
}

/** Whether the statement is about the action, given in lower case. */
export function coversAction({ not, globs }: ActionTest, action: string): boolean {
  return globs.some((glob) => glob.matches(action)) !== not;
}

function compileAction(pattern: string): Glob {
  const parsed = parsePieces(pattern.toLowerCase(), { version: "2008-10-17", wildcards: true });
  assert(parsed.ok, "the old version has nothing but wildcards and text");
  return compileGlob(parsed.pieces);
}

function compileResources(
  { not, patterns }: Patterns,
  version: PolicyDocument["version"],
): ResourceTest {
  const syntax = { version, wildcards: true };
  return { not, patterns: patterns.map((pattern) => new Pattern(pattern, syntax)) };
}

/**
 * The cases of `conformance/policy/*.json`, one test each; the README there says how to read them.
 */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  bindPolicySet,
  type CompiledPolicy,
  type ContextKeys,
  compilePolicy,
  type Decision,
  evaluate,
  explain,
  type PolicyResult,
  type PolicySet,
  type PolicyUse,
  type Principal,
  parsePolicyDocument,
  parsePolicyText,
  SharedDecisions,
} from "./mod.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly expect: Expected;
  readonly statement?: unknown;
  readonly version?: string;
  readonly policy?: unknown;
  readonly policies?: Lists;
  readonly action?: string;
  readonly resource?: string;
  readonly keys?: ContextKeys;
  readonly principal?: Principal;
  readonly document?: unknown;
  readonly text?: string;
  readonly use?: PolicyUse;
}

interface Lists {
  readonly identity: readonly unknown[];
  readonly boundary?: readonly unknown[];
  readonly session?: readonly unknown[];
  readonly iot?: readonly unknown[];
  readonly resource?: {
    readonly policies: readonly unknown[];
    readonly isRequired?: boolean;
    readonly isForeign?: boolean;
  };
}

type Expected =
  | { readonly decision: "allowed" | "explicitDeny"; readonly by: string }
  | { readonly decision: "implicitDeny"; readonly lacking: string }
  | { readonly valid: true }
  | { readonly errors: readonly (string | ErrorPlace)[] };

interface ErrorPlace {
  readonly pointer: string;
  readonly line: number;
  readonly column: number;
}

const folder = join(import.meta.dir, "../../../../conformance/policy");

for (const fileName of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const file = JSON.parse(readFileSync(join(folder, fileName), "utf8")) as {
    readonly defaults?: Partial<Case>;
    readonly cases: readonly Case[];
  };
  describe(fileName, () => {
    for (const example of file.cases) {
      test(example.name, () => {
        const asked = { ...file.defaults, ...example };
        if ("decision" in asked.expect) checkDecision(asked, asked.expect);
        else expect(parseOutcome(asked)).toEqual(asked.expect);
      });
    }
  });
}

/** All ways of asking must agree. */
function checkDecision(asked: Case, expected: Expected): void {
  const set = setOf(asked);
  const { action = "", resource = "", keys, principal } = asked;
  const request = { action, resource, ...(keys && { keys }), ...(principal && { principal }) };
  const decision = evaluate(set, request);
  expect(describeDecision(decision)).toEqual(expected);
  expect(bindPolicySet(set, keys ?? {}, principal).decide(action, resource)).toEqual(decision);
  expect(bindPolicySet(set, {}, principal).decide(action, resource, keys)).toEqual(decision);
  const explanation = explain(set, request);
  expect(explanation.decision).toEqual(decision);
  expect(
    explanation.statements.filter(({ decides }) => decides).map(({ matches }) => matches),
  ).toEqual(decision.outcome === "implicitDeny" ? [] : [true]);
  const shared = new SharedDecisions(set).of(action, resource);
  if (shared !== "depends") expect(shared.outcome).toBe(decision.outcome);
}

function parseOutcome({ document, text, use, expect: expected }: Case): Expected {
  const result =
    text === undefined ? parsePolicyDocument(document, use) : parsePolicyText(text, use);
  if (result.ok) return { valid: true };
  const withPlaces = "errors" in expected && expected.errors.some((one) => typeof one !== "string");
  return {
    errors: result.problems.map(({ pointer, line = 0, column = 0 }) =>
      withPlaces ? { pointer, line, column } : pointer,
    ),
  };
}

function setOf({ statement, version = "2012-10-17", policy, policies }: Case): PolicySet {
  if (statement !== undefined) {
    return { identity: compileAll([{ Version: version, Statement: statement }]) };
  }
  if (!policies) return { identity: compileAll([policy]) };
  const { identity, boundary, session, iot, resource } = policies;
  return {
    identity: compileAll(identity),
    ...(boundary && { boundary: compileAll(boundary) }),
    ...(session && { session: compileAll(session) }),
    ...(iot && { iot: compileAll(iot) }),
    ...(resource && { resource: { ...resource, policies: compileAll(resource.policies) } }),
  };
}

function compileAll(documents: readonly unknown[]): CompiledPolicy[] {
  return documents.map((document, index) => {
    const result: PolicyResult = parsePolicyDocument(document);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return compilePolicy(String(index), result.document);
  });
}

function describeDecision(decision: Decision): Expected {
  if (decision.outcome === "implicitDeny") {
    return { decision: "implicitDeny", lacking: decision.lacking };
  }
  const { list, policy, index } = decision.by;
  return { decision: decision.outcome, by: `${list}/${policy}/${index}` };
}

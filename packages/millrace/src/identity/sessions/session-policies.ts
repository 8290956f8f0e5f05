/**
 * What sessions may do at most, whatever their role may: the policy that was given when the role
 * was taken, and for guests of a pool the one that Cognito gives.
 *
 * [STS: AssumeRole, Policy; Cognito: IAM roles, access policies]
 */

import {
  type CompiledPolicy,
  compilePolicy,
  keyProblems,
  type PolicyProblem,
  parsePolicyDocument,
  parsePolicyText,
} from "../../policy/mod.ts";
import { identityLimits as limits } from "../limits.ts";
import { guestScope } from "./guest-scope.ts";
import type { SessionGrant } from "./session-credentials.ts";

export type SessionPolicyReading =
  | { readonly ok: true; readonly policy: object }
  | { readonly ok: false; readonly kind: "malformed"; readonly problem: PolicyProblem }
  | { readonly ok: false; readonly kind: "too-large" };

/** The document that a request gives for its session. */
export function readSessionPolicy(text: string): SessionPolicyReading {
  const parsed = parsePolicyText(text, "session");
  if (!parsed.ok) return { ok: false, kind: "malformed", problem: parsed.problems[0]! };
  const [unknown] = keyProblems(parsed.document);
  if (unknown) {
    const { statement, message } = unknown;
    const problem = { path: [], pointer: `/Statement/${statement}`, message };
    return { ok: false, kind: "malformed", problem };
  }
  const policy = JSON.parse(text, asWritten) as object;
  const bytes = Buffer.byteLength(JSON.stringify(policy));
  return bytes > limits.sessionPolicyBytesMax
    ? { ok: false, kind: "too-large" }
    : { ok: true, policy };
}

/** Conditions compare a number as it is written, which JSON values do not keep: it becomes text. */
function asWritten(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" ? (context?.source ?? String(value)) : value;
}

export class SessionPolicies {
  readonly #guests = compiled("the scope of guests", guestScope);
  /** By the document's text; those that were asked for last, last. */
  readonly #made = new Map<string, readonly CompiledPolicy[]>();

  /** The same list for the same limits; `undefined`: the session may do what its role may. */
  of({ policy, isScopedDown }: SessionGrant): readonly CompiledPolicy[] | undefined {
    if (isScopedDown) return this.#guests;
    if (policy === undefined) return undefined;
    const text = JSON.stringify(policy);
    const known = this.#made.get(text);
    const list = known ?? compiled("the session's policy", policy);
    this.#made.delete(text);
    this.#made.set(text, list);
    const oldest = this.#made.keys().next().value;
    if (this.#made.size > limits.sessionPoliciesMax) this.#made.delete(oldest!);
    return list;
  }
}

/** What cannot be read allows nothing; a token may be older than the grammar. */
function compiled(name: string, document: object): readonly CompiledPolicy[] {
  const parsed = parsePolicyDocument(document);
  return parsed.ok ? [compilePolicy(name, parsed.document)] : [];
}

/**
 * What sessions may do at most, whatever their role may: the policy that was given when the role
 * was taken, and for guests of a pool the one that Cognito gives.
 *
 * [STS: AssumeRole, Policy; Cognito: IAM roles, access policies]
 */

import { assert } from "../../base/mod.ts";
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
  const policy = JSON.parse(text) as object;
  const bytes = Buffer.byteLength(JSON.stringify(policy));
  return bytes > limits.sessionPolicyBytesMax
    ? { ok: false, kind: "too-large" }
    : { ok: true, policy };
}

export class SessionPolicies {
  readonly #guests = [compiled("the scope of guests", guestScope)];
  /** By the document's text; those that were asked for last, last. */
  readonly #made = new Map<string, readonly CompiledPolicy[]>();

  /** The same list for the same limits; `undefined`: the session may do what its role may. */
  of({ policy, isScopedDown }: SessionGrant): readonly CompiledPolicy[] | undefined {
    if (isScopedDown) return this.#guests;
    if (policy === undefined) return undefined;
    const text = JSON.stringify(policy);
    const known = this.#made.get(text);
    const list = known ?? [compiled("the session's policy", policy)];
    this.#made.delete(text);
    this.#made.set(text, list);
    const oldest = this.#made.keys().next().value;
    if (this.#made.size > limits.sessionPoliciesMax) this.#made.delete(oldest!);
    return list;
  }
}

function compiled(name: string, document: object): CompiledPolicy {
  const parsed = parsePolicyDocument(document);
  assert(parsed.ok, "a session's policy was read before it was sealed");
  return compilePolicy(name, parsed.document);
}

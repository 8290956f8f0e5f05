/**
 * What a target's policies come to: compiled, and shared by all targets that have the same ones.
 *
 * A compiled policy never changes. When a document does, what was compiled of it is dropped, and so
 * is every set that it was in: whoever asks again gets another object, and knows by that.
 */

import type { Logger } from "../../base/mod.ts";
import {
  type CompiledPolicy,
  compilePolicy,
  type PolicySet,
  parsePolicyText,
  SharedDecisions,
} from "../../policy/mod.ts";
import { defaultVersionOf, type Policies } from "./policies.ts";

export interface Grants {
  readonly policies: PolicySet;
  readonly decisions: SharedDecisions;
}

interface Compiled {
  readonly document: string;
  readonly policy: CompiledPolicy | undefined;
}

interface Kept extends Grants {
  readonly parts: readonly CompiledPolicy[];
}

/** Sets, and policies, that are remembered; beyond it all are made anew. */
const setsMax = 10_000;

export class GrantBook {
  readonly #policies: Policies;
  readonly #logger: Logger;
  readonly #compiled = new Map<string, Compiled>();
  readonly #sets = new Map<string, Kept>();

  constructor(policies: Policies, logger: Logger) {
    this.#policies = policies;
    this.#logger = logger;
  }

  /** Of a certificate's ARN or an identity; without policies it may do nothing. */
  of(target: string): Grants {
    return this.ofNames(this.#policies.namesOf(target));
  }

  /** For an identity that needs these and its role's. */
  compiledOf(target: string): readonly CompiledPolicy[] {
    return this.of(target).policies.identity;
  }

  /** Of these policies together; a policy that does not load takes all that the others give. */
  ofNames(names: readonly string[]): Grants {
    const compiled = names.map((name) => this.#compile(name));
    const isWhole = compiled.every((policy) => policy !== undefined);
    const parts = isWhole ? compiled.filter((policy) => policy !== undefined) : [];
    const key = names.join("\n");
    const known = this.#sets.get(key);
    if (known && isSameList(known.parts, parts)) return known;
    if (this.#sets.size >= setsMax) this.#sets.clear();
    const policies = { identity: parts };
    const made = { parts, policies, decisions: new SharedDecisions(policies) };
    this.#sets.set(key, made);
    return made;
  }

  #compile(name: string): CompiledPolicy | undefined {
    const record = this.#policies.get(name);
    if (!record) return undefined;
    const { document } = defaultVersionOf(record);
    const known = this.#compiled.get(name);
    if (known?.document === document) return known.policy;
    const parsed = parsePolicyText(document, "iot");
    const policy = parsed.ok ? compilePolicy(name, parsed.document) : undefined;
    if (!parsed.ok) {
      const reason = parsed.problems[0]?.message;
      this.#logger.error("stored policy does not load, so it gives nothing", {
        policy: name,
        reason,
      });
    }
    if (this.#compiled.size >= setsMax) this.#compiled.clear();
    this.#compiled.set(name, { document, policy });
    return policy;
  }
}

function isSameList(left: readonly CompiledPolicy[], right: readonly CompiledPolicy[]): boolean {
  return left.length === right.length && left.every((one, index) => one === right[index]);
}

/**
 * IoT policies: documents with versions, and what they are attached to.
 *
 * A document is parsed before it is stored, so that whatever is wrong with it is told to whoever
 * brings it, with its place. One version is the default; it is the one that counts. A policy that
 * is attached to something, or has more than one version, cannot be deleted.
 */

import type { Clock } from "../../base/mod.ts";
import {
  type KeyProblem,
  keyProblems,
  type PolicyProblem,
  parsePolicyText,
} from "../../policy/mod.ts";
import { registryLimits } from "../registry/limits.ts";
import { done, nothingMore, type Outcome, refused } from "../registry/outcome.ts";
import type { PolicyRecord, PolicyVersion, Shelves } from "../registry/records.ts";

export interface PoliciesOptions {
  readonly shelves: Shelves;
  readonly clock: Clock;
  readonly arnOf: (policyName: string) => string;
  /** Why nothing can be attached to it; absent: something can. */
  readonly targetProblem: (target: string) => string | undefined;
}

export interface MadeVersion {
  readonly version: PolicyVersion;
  readonly isDefault: boolean;
}

const firstVersion = "1";

export class Policies {
  readonly #options: PoliciesOptions;

  constructor(options: PoliciesOptions) {
    this.#options = options;
  }

  get(name: string): PolicyRecord | undefined {
    return this.#options.shelves.policies.get(name);
  }

  all(): Iterable<PolicyRecord> {
    return this.#options.shelves.policies.values();
  }

  /** In the order of their names. */
  namesOf(target: string): string[] {
    return this.#options.shelves.attachments.leftsOf(target);
  }

  targetsOf(name: string): string[] {
    return this.#options.shelves.attachments.rightsOf(name);
  }

  create(name: string, document: string): Promise<Outcome<PolicyRecord>> {
    const { shelves, clock, arnOf } = this.#options;
    const { policies, ledger } = shelves;
    return ledger.inTurn(async () => {
      if (policies.has(name)) {
        const there = { id: name, arn: arnOf(name) };
        return refused("exists", `The policy "${name}" already exists`, there);
      }
      const problem = problemOf(document);
      if (problem) return problem;
      const { policiesMax } = registryLimits;
      if (policies.size >= policiesMax) {
        return refused("tooMany", `There are ${policiesMax} policies, and no more fit`);
      }
      const nowMs = clock.now();
      const record: PolicyRecord = {
        name,
        createdAtMs: nowMs,
        changedAtMs: nowMs,
        defaultVersionId: firstVersion,
        nextVersionId: 2,
        versions: [{ id: firstVersion, document, createdAtMs: nowMs }],
      };
      await ledger.write(policies.put(name, record));
      return done(record);
    });
  }

  /** Makes it, or makes this its default version; where no more fit, the oldest other goes. */
  async put(name: string, document: string): Promise<Outcome<undefined>> {
    const policy = this.get(name);
    if (!policy) {
      const made = await this.create(name, document);
      return made.ok ? nothingMore : made;
    }
    if (defaultVersionOf(policy).document === document) return nothingMore;
    const others = policy.versions.filter(({ id }) => id !== policy.defaultVersionId);
    const isFull = policy.versions.length >= registryLimits.policyVersionsMax;
    if (isFull && others[0]) await this.deleteVersion(name, others[0].id);
    const added = await this.addVersion(name, document, { asDefault: true });
    return added.ok ? nothingMore : added;
  }

  addVersion(
    name: string,
    document: string,
    { asDefault }: { readonly asDefault: boolean },
  ): Promise<Outcome<MadeVersion>> {
    return this.#change(name, (policy) => {
      const problem = problemOf(document);
      if (problem) return problem;
      const { policyVersionsMax } = registryLimits;
      if (policy.versions.length >= policyVersionsMax) {
        const message = `The policy "${name}" has ${policyVersionsMax} versions: delete one first`;
        return refused("tooManyVersions", message);
      }
      const id = String(policy.nextVersionId);
      const version = { id, document, createdAtMs: this.#options.clock.now() };
      const changed: PolicyRecord = {
        ...policy,
        versions: [...policy.versions, version],
        nextVersionId: policy.nextVersionId + 1,
        ...(asDefault && { defaultVersionId: id }),
      };
      return done({ changed, value: { version, isDefault: asDefault } });
    });
  }

  setDefault(name: string, versionId: string): Promise<Outcome<undefined>> {
    return this.#change(name, (policy) => {
      if (!versionOf(policy, versionId)) return missingVersion(name, versionId);
      return done({ changed: { ...policy, defaultVersionId: versionId }, value: undefined });
    });
  }

  deleteVersion(name: string, versionId: string): Promise<Outcome<undefined>> {
    return this.#change(name, (policy) => {
      if (!versionOf(policy, versionId)) return missingVersion(name, versionId);
      if (policy.defaultVersionId === versionId) {
        return refused("attached", `Version ${versionId} of "${name}" is the default one`);
      }
      const versions = policy.versions.filter(({ id }) => id !== versionId);
      return done({ changed: { ...policy, versions }, value: undefined });
    });
  }

  /** With all its versions; not while it is attached. */
  async deleteAll(name: string): Promise<Outcome<undefined>> {
    const versions = this.get(name)?.versions ?? [];
    if (this.targetsOf(name).length === 0) {
      for (const { id } of versions) await this.deleteVersion(name, id); // the default one stays
    }
    return this.delete(name);
  }

  delete(name: string): Promise<Outcome<undefined>> {
    const { policies, ledger } = this.#options.shelves;
    return ledger.inTurn(async () => {
      const policy = policies.get(name);
      if (!policy) return missingPolicy(name);
      const [target] = this.targetsOf(name);
      if (target !== undefined) {
        return refused("attached", `The policy "${name}" is attached to "${target}"`);
      }
      if (policy.versions.length > 1) {
        const message = `The policy "${name}" has versions that are not its default: delete them`;
        return refused("attached", message);
      }
      await ledger.write(policies.remove(name));
      return nothingMore;
    });
  }

  /** Once is enough. */
  attach(name: string, target: string): Promise<Outcome<undefined>> {
    const { shelves, clock, targetProblem } = this.#options;
    const { policies, attachments, ledger } = shelves;
    return ledger.inTurn(async () => {
      if (!policies.has(name)) return missingPolicy(name);
      if (attachments.of(name, target)) return nothingMore;
      const problem = targetProblem(target);
      if (problem !== undefined) return refused("missing", problem);
      const { policiesOfTargetMax } = registryLimits;
      if (this.namesOf(target).length >= policiesOfTargetMax) {
        const message = `"${target}" has ${policiesOfTargetMax} policies, and may have no more`;
        return refused("tooMany", message);
      }
      await ledger.write(attachments.join(name, target, { atMs: clock.now() }));
      return nothingMore;
    });
  }

  /** False in the outcome: it was not attached. */
  detach(name: string, target: string): Promise<Outcome<boolean>> {
    const { attachments, ledger } = this.#options.shelves;
    return ledger.inTurn(async () => {
      if (!attachments.of(name, target)) return done(false);
      await ledger.write(attachments.part(name, target));
      return done(true);
    });
  }

  #change<T>(
    name: string,
    decide: (policy: PolicyRecord) => Outcome<{ changed: PolicyRecord; value: T }>,
  ): Promise<Outcome<T>> {
    const { shelves, clock } = this.#options;
    const { policies, ledger } = shelves;
    return ledger.inTurn(async () => {
      const policy = policies.get(name);
      if (!policy) return missingPolicy(name);
      const decided = decide(policy);
      if (!decided.ok) return decided;
      const { changed, value } = decided.value;
      await ledger.write(policies.put(name, { ...changed, changedAtMs: clock.now() }));
      return done(value);
    });
  }
}

export function versionOf(policy: PolicyRecord, versionId: string): PolicyVersion | undefined {
  return policy.versions.find(({ id }) => id === versionId);
}

/** The version that counts. */
export function defaultVersionOf(policy: PolicyRecord): PolicyVersion {
  return versionOf(policy, policy.defaultVersionId) ?? policy.versions[0]!;
}

export function missingPolicy(name: string) {
  return refused("missing", `There is no policy "${name}"`);
}

export function missingVersion(name: string, versionId: string) {
  return refused("missing", `There is no version ${versionId} of the policy "${name}"`);
}

function problemOf(document: string) {
  const parsed = parsePolicyText(document, "iot");
  const lines = parsed.ok
    ? keyProblems(parsed.document).map(keyLine)
    : parsed.problems.map(problemLine);
  return lines.length === 0 ? undefined : refused("malformedPolicy", lines.join("; "));
}

function keyLine({ statement, message }: KeyProblem): string {
  return `/Statement/${statement}: ${message}`;
}

/** `/Statement/0/Effect (line 3, column 17): ...`. */
function problemLine({ pointer, message, line, column }: PolicyProblem): string {
  const place = line === undefined ? pointer : `${pointer} (line ${line}, column ${column})`;
  return place.trim() === "" ? message : `${place.trim()}: ${message}`;
}

/**
 * What is set for a function beside its code: aliases, concurrency, asynchronous calls, and who
 * may invoke it. All of it is kept in the function's entry, whoever made the function.
 */

import { memberOf } from "../../base/mod.ts";
import { type AsyncSettings, asyncQualifiersOf, asyncSettingsOf } from "../async/settings.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import {
  type Alias,
  type FunctionEntry,
  type PolicyStatement,
  type StoredAsyncSettings,
  withoutQualifier,
  withProvisioned,
} from "../catalogue/entry.ts";
import { latest, versionOf } from "../catalogue/resolve.ts";
import type { FunctionDefinition } from "../definition.ts";
import type { Fleet } from "../fleet.ts";
import { tagsMax, unreservedConcurrencyMin } from "../limits.ts";
import { checkAlias, checkProvisioned, provisionedByVersion } from "./checks.ts";
import { revisionOf } from "./description.ts";
import {
  type ControlError,
  conflict,
  good,
  invalid,
  missing,
  outdated,
  type Result,
} from "./errors.ts";
import type { Turns } from "./turns.ts";

export interface SettingsContext {
  readonly catalogue: Catalogue;
  readonly fleet: Fleet;
  readonly turns: Turns;
  readonly now: () => number;
  /** The template is as old as this start. */
  readonly startedAtMs: number;
  /** Of the template's functions. */
  readonly definitionOf: (name: string) => FunctionDefinition | undefined;
  /** Without a qualifier. */
  readonly arnOf: (name: string) => string;
  /** Whether there is such a function; it need not be able to run. */
  readonly has: (name: string) => boolean;
}

export type AliasChanges = Partial<
  Pick<Alias, "version" | "description" | "weights" | "revisionId">
>;

export interface TagChanges {
  readonly added?: Readonly<Record<string, string>>;
  readonly removed?: readonly string[];
}

/** A function's own policy as it is told, and what stands for its state. */
export function policyOf(statements: readonly PolicyStatement[]) {
  const document = { Version: "2012-10-17", Id: "default", Statement: statements };
  return { document, revisionId: revisionOf(document) };
}

export class FunctionSettings {
  readonly #context: SettingsContext;

  constructor(context: SettingsContext) {
    this.#context = context;
  }

  /** `undefined`: the function is not there. */
  entryOf(name: string): FunctionEntry | undefined {
    const { has, catalogue } = this.#context;
    return has(name) ? catalogue.get(name) : undefined;
  }

  async createAlias(name: string, alias: Omit<Alias, "revisionId">): Promise<Result<Alias>> {
    return this.#putAlias(name, alias.name, (known) =>
      known ? conflict(`Alias already exists: ${this.#context.arnOf(name)}:${alias.name}`) : alias,
    );
  }

  /** With `revisionId`, only where the alias is still that one. */
  async updateAlias(
    name: string,
    alias: string,
    { revisionId, ...changes }: AliasChanges,
  ): Promise<Result<Alias>> {
    return this.#putAlias(name, alias, (known) => {
      if (!known) return missing(`Cannot find alias arn: ${this.#context.arnOf(name)}:${alias}`);
      const isNow = revisionId === undefined || revisionId === known.revisionId;
      return isNow ? { ...known, ...changes } : outdated;
    });
  }

  async deleteAlias(name: string, alias: string): Promise<ControlError | undefined> {
    const error = await this.#change(name, (entry) => {
      const { [alias]: gone, ...aliases } = entry.aliases;
      return withoutQualifier({ ...entry, aliases }, alias);
    });
    if (!error) this.warm(name);
    return error;
  }

  /** `undefined`: the function shares with the others. */
  reservedConcurrency(name: string): number | undefined {
    return this.#context.fleet.concurrency.reservedOf(name);
  }

  /** `undefined` gives back what was reserved, by the template too. */
  async reserveConcurrency(
    name: string,
    count: number | undefined,
  ): Promise<ControlError | undefined> {
    const { fleet, turns } = this.#context;
    return turns.take(name, async () => {
      const before = fleet.concurrency.reservedOf(name);
      const provisioned = fleet.concurrency.provisionedOf(name);
      if (count !== undefined && count < provisioned) {
        return invalid(
          `ReservedConcurrentExecutions ${count} should not be lower than function's total ` +
            `provisioned concurrency [${provisioned}].`,
        );
      }
      if (!fleet.concurrency.reserve(name, count)) {
        return invalid(
          "Specified ReservedConcurrentExecutions for function decreases account's " +
            "UnreservedConcurrentExecution below its minimum value of " +
            `[${unreservedConcurrencyMin}].`,
        );
      }
      const set = (entry: FunctionEntry) => ({ ...entry, reservedConcurrency: count ?? null });
      const error = await this.#changeNow(name, set);
      if (error) fleet.concurrency.reserve(name, before);
      return error;
    });
  }

  /** Holds processes of a version or an alias ready; 0: none. */
  async provision(
    name: string,
    qualifier: string,
    count: number,
  ): Promise<ControlError | undefined> {
    if (qualifier === latest) return invalid(unpublished);
    const { fleet, turns, now } = this.#context;
    return turns.take(name, async () => {
      try {
        return await this.#changeNow(name, (entry) => {
          const version = versionOf(entry, qualifier);
          if (version === latest && count > 0) return invalid(unpublished);
          if (version === undefined) return this.#unknown(name, qualifier);
          const changed = withProvisioned(entry, qualifier, { count, atMs: now() });
          const problem = checkProvisioned(changed, fleet);
          // At once, so that nobody else is promised the same.
          if (!problem) fleet.concurrency.provision(name, provisionedByVersion(changed));
          return problem ?? changed;
        });
      } finally {
        this.warm(name);
      }
    });
  }

  /** How many processes of the version there are, and whether the last to start did not. */
  warmth(name: string, qualifier: string): { readonly count: number; readonly failing: boolean } {
    const { catalogue, fleet } = this.#context;
    const version = versionOf(catalogue.get(name), qualifier);
    const pool = version === undefined ? undefined : fleet.find(name, version);
    return { count: pool?.readyCount ?? 0, failing: pool?.failsToStart ?? true };
  }

  get unreservedConcurrency(): number {
    return this.#context.fleet.concurrency.unreservedMax;
  }

  /** Lets the versions hold as many processes ready as is set for them and their aliases. */
  warm(name: string): void {
    const counts = provisionedByVersion(this.#context.catalogue.get(name));
    this.#context.fleet.concurrency.provision(name, counts);
    for (const [version, pool] of this.#context.fleet.pools.get(name) ?? []) {
      pool.keepWarm(counts.get(version) ?? 0);
    }
  }

  /** As the API has set it last, or else the template; `undefined`: the defaults hold. */
  asyncSettingsOf(name: string, qualifier: string): StoredAsyncSettings | undefined {
    const { catalogue, definitionOf, startedAtMs } = this.#context;
    const kept = memberOf(catalogue.get(name).asyncSettings, qualifier);
    if (kept !== undefined) return kept ?? undefined;
    const written = asyncSettingsOf(definitionOf(name), qualifier);
    return written && { ...written, lastModifiedMs: startedAtMs };
  }

  /** The qualifiers for which something is set. */
  asyncQualifiers(name: string): string[] {
    const { catalogue, definitionOf } = this.#context;
    const kept = Object.keys(catalogue.get(name).asyncSettings);
    const known = new Set([...kept, ...asyncQualifiersOf(definitionOf(name))]);
    return [...known].filter((one) => this.asyncSettingsOf(name, one)).sort();
  }

  /** `undefined` goes back to the defaults; `decide` gets what is set now. */
  setAsyncSettings(
    name: string,
    qualifier: string,
    decide: (before: AsyncSettings | undefined) => AsyncSettings | undefined,
  ): Promise<ControlError | undefined> {
    return this.#change(name, (entry) => {
      if (!versionOf(entry, qualifier)) return this.#unknown(name, qualifier);
      const before = this.asyncSettingsOf(name, qualifier);
      const settings = decide(before);
      if (!settings && !before) {
        const arn = this.#context.arnOf(name);
        return missing(`The function ${arn}:${qualifier} doesn't have an EventInvokeConfig`);
      }
      const { [qualifier]: _, ...others } = entry.asyncSettings;
      const isWritten = asyncSettingsOf(this.#context.definitionOf(name), qualifier);
      if (!settings && !isWritten) return { ...entry, asyncSettings: others };
      const kept = settings ? { ...settings, lastModifiedMs: this.#context.now() } : null;
      return { ...entry, asyncSettings: { ...others, [qualifier]: kept } };
    });
  }

  addPermission(
    name: string,
    qualifier: string,
    { revisionId, ...statement }: PolicyStatement & { readonly revisionId?: string | undefined },
  ): Promise<ControlError | undefined> {
    return this.#change(name, (entry) => {
      if (!versionOf(entry, qualifier)) return this.#unknown(name, qualifier);
      const known = memberOf(entry.policies, qualifier) ?? [];
      if (revisionId !== undefined && revisionId !== policyOf(known).revisionId) return outdated;
      if (known.some(({ Sid }) => Sid === statement.Sid)) {
        const told = `The statement id (${statement.Sid}) provided already exists`;
        return conflict(`${told}. Please provide a new statement id, or remove the existing one.`);
      }
      const policies = { ...entry.policies, [qualifier]: [...known, statement] };
      return { ...entry, policies };
    });
  }

  removePermission(
    name: string,
    qualifier: string,
    { sid, revisionId }: { readonly sid: string; readonly revisionId?: string | undefined },
  ): Promise<ControlError | undefined> {
    return this.#change(name, (entry) => {
      const known = memberOf(entry.policies, qualifier) ?? [];
      if (revisionId !== undefined && revisionId !== policyOf(known).revisionId) return outdated;
      if (known.length === 0) return missing("No policy is associated with the given resource.");
      const left = known.filter(({ Sid }) => Sid !== sid);
      if (left.length === known.length) {
        return missing(`Statement ${sid} is not found in resource policy.`);
      }
      return { ...entry, policies: { ...entry.policies, [qualifier]: left } };
    });
  }

  /** Adds tags, or takes others by their keys away. */
  changeTags(
    name: string,
    { added = {}, removed = [] }: TagChanges,
  ): Promise<ControlError | undefined> {
    return this.#change(name, (entry) => {
      const tags = Object.entries({ ...entry.tags, ...added });
      if (tags.length > tagsMax) return invalid(`A function has at most ${tagsMax} tags`);
      const kept = tags.filter(([key]) => !removed.includes(key));
      return { ...entry, tags: Object.fromEntries(kept) };
    });
  }

  async #putAlias(
    name: string,
    alias: string,
    decide: (known: Alias | undefined) => Omit<Alias, "revisionId"> | ControlError,
  ): Promise<Result<Alias>> {
    let put: Alias | undefined;
    const error = await this.#change(name, (entry) => {
      const decided = decide(memberOf(entry.aliases, alias));
      if ("kind" in decided) return decided;
      const problem = checkAlias(entry, decided, this.#context.arnOf(name));
      if (problem) return problem;
      put = { ...decided, revisionId: revisionOf([decided, this.#context.now()]) };
      return { ...entry, aliases: { ...entry.aliases, [alias]: put } };
    });
    if (error) return { ok: false, error };
    this.warm(name);
    return good(put!);
  }

  #unknown(name: string, qualifier?: string): ControlError {
    const arn = this.#context.arnOf(name);
    return missing(`Function not found: ${qualifier === undefined ? arn : `${arn}:${qualifier}`}`);
  }

  #change(name: string, decide: Decide): Promise<ControlError | undefined> {
    return this.#context.turns.take(name, () => this.#changeNow(name, decide));
  }

  async #changeNow(name: string, decide: Decide): Promise<ControlError | undefined> {
    if (!this.entryOf(name)) return this.#unknown(name);
    return this.#context.catalogue.change(name, (entry) => {
      const decided = decide(entry);
      return "kind" in decided ? { error: decided } : { entry: decided };
    });
  }
}

const unpublished =
  "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";

type Decide = (entry: FunctionEntry) => FunctionEntry | ControlError;

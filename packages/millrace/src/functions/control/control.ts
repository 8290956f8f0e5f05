/**
 * Functions that are made, changed and deleted over the API, and the published versions of all.
 *
 * A change is on disk before it is answered: the code first, then the entry that refers to it. The
 * functions of the template are the template's: they can be published, but not changed here.
 */

import { join } from "node:path";
import type { Clock } from "../../base/mod.ts";
import { memberOf } from "../../base/mod.ts";
import type { Catalogue, Change } from "../catalogue/catalogue.ts";
import type { FunctionEntry, PublishedVersion, StoredFunction } from "../catalogue/entry.ts";
import { latest } from "../catalogue/resolve.ts";
import type { FunctionDefinition } from "../definition.ts";
import type { Fleet } from "../fleet.ts";
import type { LayerVersion } from "../layers/layer.ts";
import { codeBytesMax } from "../limits.ts";
import type { StartProblem } from "../problems.ts";
import { describeCode, readCode, writeCode } from "./code-folder.ts";
import { type FunctionDescription, revisionOf, withoutCode } from "./description.ts";
import { type ControlError, good, type Result, refuse } from "./errors.ts";
import { unzip } from "./unzip.ts";

export interface ControlContext {
  readonly catalogue: Catalogue;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly workFolder: string;
  readonly arnOf: (name: string) => string;
  /** Of the template. */
  readonly definitionOf: (name: string) => FunctionDefinition | undefined;
  /** Where the code of the template's function lies, built. */
  readonly taskRootOf: (name: string) => string | undefined;
  readonly startedAtMs: number;
  readonly findLayer: (arn: string) => LayerVersion | undefined;
  /** Makes the function ready for calls, or says what is wrong with it. */
  readonly deploy: (definition: FunctionDefinition) => Promise<StartProblem[]>;
}

export type NewDefinition = Omit<StoredFunction["definition"], "version">;

export class FunctionControl {
  readonly #context: ControlContext;

  constructor(context: ControlContext) {
    this.#context = context;
  }

  /** Without a qualifier, whether the function is there or not. */
  readonly arnOf = (name: string): string => this.#context.arnOf(name);

  /** The functions as they are now, by name. */
  async list(): Promise<FunctionDescription[]> {
    const { catalogue, fleet } = this.#context;
    const names = new Set([...fleet.pools.keys(), ...catalogue.entries.map(({ name }) => name)]);
    const found = await Promise.all([...names].sort().map((name) => this.describe(name)));
    return found.flatMap((one) => (one.ok ? [one.value] : []));
  }

  /** One version; an alias is told as the version it leads to. */
  async describe(name: string, qualifier: string = latest): Promise<Result<FunctionDescription>> {
    const entry = this.#context.catalogue.get(name);
    const alias = memberOf(entry.aliases, qualifier);
    const version = alias?.version ?? qualifier;
    if (version === latest) {
      const stored = await this.#latestOf(name);
      return stored ? good(this.#tell(name, latest, stored)) : this.#unknown(name);
    }
    const published = entry.versions.find(({ number }) => number === version);
    return published
      ? good(this.#tell(name, version, published))
      : this.#unknown(`${name}:${qualifier}`);
  }

  /** The latest state, then every published version. */
  async versionsOf(name: string): Promise<Result<FunctionDescription[]>> {
    const now = await this.describe(name);
    if (!now.ok) return now;
    const { versions } = this.#context.catalogue.get(name);
    return good([now.value, ...versions.map((one) => this.#tell(name, one.number, one))]);
  }

  async create(definition: NewDefinition, zip: Uint8Array): Promise<Result<FunctionDescription>> {
    const { name } = definition;
    if (await this.#latestOf(name)) return refuse("conflict", `Function already exist: ${name}`);
    return this.#storeLatest(definition, zip);
  }

  async updateCode(name: string, zip: Uint8Array): Promise<Result<FunctionDescription>> {
    const known = this.#changeable(name);
    if (!known.ok) return known;
    return this.#storeLatest(known.value.definition, zip);
  }

  async updateConfiguration(
    name: string,
    changes: Partial<NewDefinition>,
  ): Promise<Result<FunctionDescription>> {
    const known = this.#changeable(name);
    if (!known.ok) return known;
    const stored = {
      ...known.value,
      definition: { ...known.value.definition, ...changes },
      lastModifiedMs: this.#context.clock.now(),
    };
    return this.#keepLatest(stored);
  }

  /** The whole function, or one version that no alias leads to. */
  async delete(name: string, version?: string): Promise<ControlError | undefined> {
    const { catalogue, fleet } = this.#context;
    if (version !== undefined && version !== latest) return this.#deleteVersion(name, version);
    const known = this.#changeable(name);
    if (!known.ok) return known.error;
    const error = await catalogue.change(name, () => ({ entry: undefined }));
    if (error) return error;
    fleet.concurrency.reserve(name, undefined);
    await fleet.retire(name);
    return undefined;
  }

  /** Freezes code and configuration as they are; the last version again when nothing changed. */
  async publish(
    name: string,
    { description = "", codeSha256 }: { description?: string; codeSha256?: string | undefined },
  ): Promise<Result<FunctionDescription>> {
    const now = await this.#latestOf(name, "keep");
    if (!now) return this.#unknown(name);
    if (codeSha256 !== undefined && codeSha256 !== now.codeSha256) {
      return refuse("invalid", `CodeSHA256 (${codeSha256}) is different from current CodeSHA256`);
    }
    const { catalogue, clock } = this.#context;
    const error = await catalogue.change(name, (entry) => {
      const last = entry.versions.at(-1);
      if (last && sameState(last, now)) return { entry };
      const number = String(entry.lastVersion + 1);
      const told = description === "" ? {} : { description };
      const definition = { ...now.definition, ...told, version: number };
      const lastModifiedMs = clock.now();
      const version: PublishedVersion = { ...now, definition, number, lastModifiedMs };
      const versions = [...entry.versions, version];
      return { entry: { ...entry, versions, lastVersion: entry.lastVersion + 1 } };
    });
    if (error) return { ok: false, error };
    const published = catalogue.get(name).versions.at(-1)!;
    const problem = await this.deployStored(published);
    return problem ?? good(this.#tell(name, published.number, published));
  }

  /** Makes what is kept ready for calls. */
  async deployStored(stored: StoredFunction): Promise<Result<never> | undefined> {
    const { name } = stored.definition;
    const codeFolder = join(this.#folderOf(name), stored.codeFolderName);
    const problems = await this.#context.deploy({ ...stored.definition, codeFolder });
    const [problem] = problems;
    return problem && refuse("invalid", problem.message);
  }

  async #deleteVersion(name: string, version: string): Promise<ControlError | undefined> {
    const error = await this.#context.catalogue.change(name, (entry) => {
      if (!entry.versions.some(({ number }) => number === version)) {
        return { error: this.#unknown(`${name}:${version}`).error };
      }
      const users = Object.values(entry.aliases).filter(
        (alias) => alias.version === version || Object.hasOwn(alias.weights, version),
      );
      if (users.length > 0) {
        const names = users.map((alias) => alias.name).join(", ");
        const message = `Version ${version} cannot be deleted: aliases lead to it: ${names}`;
        return { error: { kind: "conflict", message } };
      }
      const versions = entry.versions.filter(({ number }) => number !== version);
      return { entry: { ...entry, versions } };
    });
    if (!error) await this.#context.fleet.retire(name, version);
    return error;
  }

  async #storeLatest(
    definition: NewDefinition,
    zip: Uint8Array,
  ): Promise<Result<FunctionDescription>> {
    const files = unzip(zip, codeBytesMax);
    if (typeof files === "string") {
      return refuse("invalid", `Could not unzip uploaded file: ${files}`);
    }
    if (files.length === 0) return refuse("invalid", "Uploaded file must be a non-empty zip");
    const code = await writeCode(this.#folderOf(definition.name), files);
    const lastModifiedMs = this.#context.clock.now();
    return this.#keepLatest({ definition, ...code, lastModifiedMs });
  }

  async #keepLatest(stored: StoredFunction): Promise<Result<FunctionDescription>> {
    const { name } = stored.definition;
    const problem = await this.deployStored(stored);
    if (problem) return problem;
    const keep = (entry: FunctionEntry): Change => ({ entry: { ...entry, created: stored } });
    const error = await this.#context.catalogue.change(name, keep);
    return error ? { ok: false, error } : good(this.#tell(name, latest, stored));
  }

  /** What was made over the API, or why it cannot be changed there. */
  #changeable(name: string): Result<StoredFunction> {
    const { created } = this.#context.catalogue.get(name);
    if (this.#context.definitionOf(name)) {
      const message = `The function "${name}" is the template's: it is changed there`;
      return refuse("conflict", message);
    }
    return created ? good(created) : this.#unknown(name);
  }

  /** With `keep`, a copy of the template's built code is kept too. */
  async #latestOf(name: string, keep?: "keep"): Promise<StoredFunction | undefined> {
    const { catalogue, definitionOf, taskRootOf, startedAtMs } = this.#context;
    const definition = definitionOf(name);
    if (!definition) return catalogue.get(name).created;
    const taskRoot = taskRootOf(name);
    if (taskRoot === undefined) return undefined;
    const files = await readCode(taskRoot);
    const code = keep ? await writeCode(this.#folderOf(name), files) : describeCode(files);
    return { definition: withoutCode(definition), ...code, lastModifiedMs: startedAtMs };
  }

  #tell(name: string, version: string, stored: StoredFunction): FunctionDescription {
    const { codeFolderName, ...told } = stored;
    const revisionId = revisionOf([version, stored]);
    const layers = (stored.definition.layers ?? []).map((arn) => ({
      arn,
      codeBytes: this.#context.findLayer(arn)?.codeBytes ?? 0,
    }));
    return { ...told, name, version, arn: this.#context.arnOf(name), revisionId, layers };
  }

  #folderOf(name: string): string {
    return join(this.#context.workFolder, name);
  }

  #unknown(name: string) {
    const message = `Function not found: ${this.#context.arnOf(name)}`;
    return refuse("not-found", message) as { ok: false; error: ControlError };
  }
}

function sameState(left: PublishedVersion, right: StoredFunction): boolean {
  const { version, description, ...definition } = left.definition;
  const { version: latestHasNone, description: other, ...now } = right.definition;
  return left.codeSha256 === right.codeSha256 && JSON.stringify(definition) === JSON.stringify(now);
}

/**
 * Functions that are made, changed and deleted over the API, and the published versions of all.
 *
 * A change is prepared first, which shows what is wrong with it; then it is on disk, the code
 * before the entry that refers to it; then it runs, and is answered. Changes of one function come
 * one after the other. The functions of the template are the template's: they can be published, but
 * not changed here.
 */

import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../base/mod.ts";
import { memberOf } from "../../base/mod.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import {
  type FunctionEntry,
  type PublishedVersion,
  type StoredFunction,
  withoutQualifier,
} from "../catalogue/entry.ts";
import { latest } from "../catalogue/resolve.ts";
import type { FunctionDefinition } from "../definition.ts";
import type { Fleet } from "../fleet.ts";
import type { LayerVersion } from "../layers/layer.ts";
import { codeBytesMax, zipBytesMax } from "../limits.ts";
import type { StartProblem } from "../problems.ts";
import type { Program } from "../program.ts";
import { provisionedByVersion } from "./checks.ts";
import {
  clearCode,
  copyCode,
  describeFolder,
  removeCode,
  type StoredCode,
  writeCode,
} from "./code-folder.ts";
import { type FunctionDescription, revisionOf, withoutCode } from "./description.ts";
import { type ControlError, good, outdated, type Result, refuse } from "./errors.ts";
import type { Turns } from "./turns.ts";
import { type ArchivedFile, unzip } from "./unzip.ts";

export interface ControlContext {
  readonly catalogue: Catalogue;
  readonly fleet: Fleet;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly workFolder: string;
  /** Of the server; no part of any code. */
  readonly dataFolder: string | undefined;
  readonly arnOf: (name: string) => string;
  /** Of the template. */
  readonly definitionOf: (name: string) => FunctionDefinition | undefined;
  readonly startedAtMs: number;
  readonly findLayer: (arn: string) => LayerVersion | undefined;
  /** Makes a program of the function, or says what is wrong with it. */
  readonly prepare: (definition: FunctionDefinition) => Promise<Program | StartProblem[]>;
  /** The function is gone, with all of its versions. */
  readonly forget: (name: string) => void;
}

export type NewDefinition = Omit<StoredFunction["definition"], "version">;

export interface PublishOptions {
  readonly description?: string | undefined;
  /** Of the code as it must be now. */
  readonly codeSha256?: string | undefined;
  /** Of the function as it must be now. */
  readonly revisionId?: string | undefined;
  /** What is made may go again (`dropPassing`), unless somebody asks for it without this. */
  readonly passing?: boolean;
}

export interface UpdateOptions {
  /** Of the function as it must be now. */
  readonly revisionId?: string | undefined;
  /** A version of what comes out, too. */
  readonly publish?: boolean | undefined;
  /** Checks everything and changes nothing. */
  readonly dryRun?: boolean | undefined;
  readonly architecture?: NewDefinition["architecture"];
}

type Tags = NonNullable<FunctionEntry["tags"]>;

interface NewState {
  readonly definition: NewDefinition;
  readonly files: readonly ArchivedFile[];
  readonly zip: Uint8Array;
  readonly tags?: Tags | undefined;
}

export class FunctionControl {
  readonly #context: ControlContext;
  /** What the code of the template's functions comes to; reading it all takes a while. */
  readonly #templateCode = new WeakMap<Program, StoredCode>();
  /** By function, the versions that were published as passing. */
  readonly #passing = new Map<string, Set<string>>();

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

  create(
    definition: NewDefinition,
    zip: Uint8Array,
    { publish, tags }: Pick<UpdateOptions, "publish"> & { readonly tags?: Tags } = {},
  ): Promise<Result<FunctionDescription>> {
    const { name } = definition;
    return this.#context.turns.take(name, async () => {
      if (await this.#latestOf(name)) return refuse("conflict", `Function already exist: ${name}`);
      const gone = this.#deletedLayer(definition.layers, []);
      if (gone) return gone;
      const files = await readZip(zip);
      if (!files.ok) return files;
      const made = { definition, files: files.value, zip, tags };
      const created = await this.#storeLatest(made);
      return created.ok && publish ? this.#publish(name, {}) : created;
    });
  }

  updateCode(
    name: string,
    zip: Uint8Array,
    { revisionId, publish, dryRun, architecture }: UpdateOptions = {},
  ): Promise<Result<FunctionDescription>> {
    return this.#context.turns.take(name, async () => {
      const known = this.#changeable(name, revisionId);
      if (!known.ok) return known;
      const files = await readZip(zip);
      if (!files.ok) return files;
      if (dryRun) return good(this.#tell(name, latest, known.value));
      const { definition } = known.value;
      const changed = architecture ? { ...definition, architecture } : definition;
      const updated = await this.#storeLatest({ definition: changed, files: files.value, zip });
      return updated.ok && publish ? this.#publish(name, {}) : updated;
    });
  }

  updateConfiguration(
    name: string,
    changes: Partial<NewDefinition>,
    { revisionId }: Pick<UpdateOptions, "revisionId"> = {},
  ): Promise<Result<FunctionDescription>> {
    return this.#context.turns.take(name, async () => {
      const known = this.#changeable(name, revisionId);
      if (!known.ok) return known;
      const gone = this.#deletedLayer(changes.layers, known.value.definition.layers);
      if (gone) return gone;
      const definition = { ...known.value.definition, ...changes };
      const lastModifiedMs = this.#context.clock.now();
      return this.#keepLatest({ ...known.value, definition, lastModifiedMs });
    });
  }

  /** The whole function, or one version that no alias leads to. */
  delete(name: string, version?: string): Promise<ControlError | undefined> {
    const { catalogue, fleet, turns, forget } = this.#context;
    return turns.take(name, async () => {
      if (version !== undefined && version !== latest) return this.#deleteVersion(name, version);
      const known = this.#changeable(name);
      if (!known.ok) return known.error;
      const error = await catalogue.change(name, () => ({ entry: undefined }));
      if (error) return error;
      fleet.concurrency.reserve(name, undefined);
      fleet.concurrency.provision(name, new Map());
      await fleet.end(name);
      forget(name);
      await removeFolder(this.#folderOf(name));
      return undefined;
    });
  }

  /** Freezes code and configuration as they are; the last version again when nothing changed. */
  publish(name: string, options: PublishOptions): Promise<Result<FunctionDescription>> {
    return this.#context.turns.take(name, () => this.#publish(name, options));
  }

  /** Deletes the passing versions but this one; those that an alias leads to stay for good. */
  dropPassing(name: string, kept: string): Promise<void> {
    return this.#context.turns.take(name, async () => {
      const stale = [...this.#passingOf(name)].filter((version) => version !== kept);
      for (const version of stale) {
        await this.#deleteVersion(name, version); // or refuses to, as it should
        this.#passingOf(name).delete(version);
      }
    });
  }

  #passingOf(name: string): Set<string> {
    const known = this.#passing.get(name) ?? new Set();
    this.#passing.set(name, known);
    return known;
  }

  /** Makes what is kept ready for calls. */
  async deployStored(stored: StoredFunction): Promise<Result<never> | undefined> {
    const prepared = await this.#prepare(stored);
    if (!prepared.ok) return prepared;
    await this.#context.fleet.deploy(prepared.value);
    return undefined;
  }

  /** Why the version, which is kept, cannot be called; `undefined`: it can. */
  async deployMissing(name: string, version: string): Promise<ControlError | undefined> {
    const { catalogue, fleet } = this.#context;
    if (fleet.find(name, version)) return undefined;
    const kept = catalogue.get(name).versions.find(({ number }) => number === version);
    const done = kept && (await this.deployStored(kept));
    return done && !done.ok ? done.error : undefined;
  }

  /** Runs what its versions find in layers as that is now; answers with the first that cannot. */
  redeployLayered(name: string): Promise<ControlError | undefined> {
    return this.#context.turns.take(name, async () => {
      for (const version of this.#context.catalogue.get(name).versions) {
        if (!version.definition.layers?.length) continue;
        const problem = await this.deployStored(version);
        if (problem && !problem.ok) return problem.error;
      }
      return undefined;
    });
  }

  /** Removes the code that nothing refers to, of functions that are gone all; before any runs. */
  async clearCode(): Promise<void> {
    const { catalogue, workFolder, definitionOf } = this.#context;
    const folders = await readdir(workFolder).catch(() => []); // nothing was ever made
    for (const name of folders.filter((one) => !one.startsWith("."))) {
      const { created, versions } = catalogue.get(name);
      const stored = [...(created ? [created] : []), ...versions];
      const kept = new Set(stored.map(({ codeFolderName }) => codeFolderName));
      const isGone = stored.length === 0 && !definitionOf(name);
      if (isGone) await removeFolder(this.#folderOf(name));
      else await clearCode(this.#folderOf(name), kept);
    }
  }

  async #publish(
    name: string,
    { description = "", codeSha256, revisionId, passing = false }: PublishOptions,
  ): Promise<Result<FunctionDescription>> {
    const latestKept = await this.#keepLatestCode(name);
    if (!latestKept.ok) return latestKept;
    const now = latestKept.value;
    if (revisionId !== undefined && revisionId !== revisionOf([latest, now])) {
      return { ok: false, error: outdated };
    }
    if (codeSha256 !== undefined && codeSha256 !== now.codeSha256) {
      return refuse(
        "invalid",
        `CodeSHA256 (${codeSha256}) is different from current CodeSHA256 in $LATEST ` +
          `(${now.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    }
    const { catalogue, clock } = this.#context;
    const { versions, lastVersion } = catalogue.get(name);
    const last = versions.at(-1);
    if (last && sameState(last, now)) {
      if (!passing) this.#passingOf(name).delete(last.number);
      return good(this.#tell(name, last.number, last));
    }
    const number = String(lastVersion + 1);
    const told = description === "" ? {} : { description };
    const definition = { ...now.definition, ...told, version: number };
    const version = { ...now, definition, number, lastModifiedMs: clock.now() };
    const kept = await this.#keep(version, (entry) => ({
      ...entry,
      versions: [...entry.versions, version],
      lastVersion: lastVersion + 1,
    }));
    if (kept.ok && passing) this.#passingOf(name).add(number);
    return kept;
  }

  async #deleteVersion(name: string, version: string): Promise<ControlError | undefined> {
    const { catalogue, fleet } = this.#context;
    const found = catalogue.get(name).versions.find(({ number }) => number === version);
    const error = await catalogue.change(name, (entry) => {
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
      return { entry: withoutQualifier({ ...entry, versions }, version) };
    });
    if (error) return error;
    fleet.concurrency.provision(name, provisionedByVersion(catalogue.get(name)));
    const retired = fleet.retire(name, version);
    // Not waited for: its calls may take long.
    if (found) void retired.then(() => this.#dropCode(name, found.codeFolderName));
    return undefined;
  }

  /** In a turn, so that nobody comes to refer to it meanwhile. */
  #dropCode(name: string, codeFolderName: string): Promise<void> {
    const { catalogue, fleet, turns } = this.#context;
    return turns.take(name, async () => {
      const { created, versions } = catalogue.get(name);
      const stored = [...(created ? [created] : []), ...versions];
      if (stored.some((one) => one.codeFolderName === codeFolderName)) return;
      if (fleet.mayUse(name, join(this.#folderOf(name), codeFolderName))) return;
      await removeCode(this.#folderOf(name), codeFolderName);
    });
  }

  async #storeLatest({ definition, files, zip, tags }: NewState) {
    const { codeFolderName } = await writeCode(this.#folderOf(definition.name), files);
    const codeSha256 = createHash("sha256").update(zip).digest("base64");
    const code = { codeFolderName, codeSha256, codeBytes: zip.length };
    const lastModifiedMs = this.#context.clock.now();
    return this.#keepLatest({ definition, ...code, lastModifiedMs }, tags);
  }

  #keepLatest(stored: StoredFunction, tags?: Tags): Promise<Result<FunctionDescription>> {
    return this.#keep(stored, (entry) => ({ ...entry, created: stored, ...(tags && { tags }) }));
  }

  /** What cannot run is not kept; what is kept runs, at the next start if not now. */
  async #keep(
    stored: StoredFunction,
    change: (entry: FunctionEntry) => FunctionEntry,
  ): Promise<Result<FunctionDescription>> {
    const { catalogue, fleet } = this.#context;
    const { name, version = latest } = stored.definition;
    const prepared = await this.#prepare(stored);
    if (!prepared.ok) return prepared;
    const error = await catalogue.change(name, (entry) => ({ entry: change(entry) }));
    if (error) return { ok: false, error };
    await fleet.deploy(prepared.value);
    return good(this.#tell(name, version, stored));
  }

  async #prepare(stored: StoredFunction): Promise<Result<Program>> {
    const { definition, codeFolderName } = stored;
    const codeFolder = join(this.#folderOf(definition.name), codeFolderName);
    const prepared = await this.#context.prepare({ ...definition, codeFolder });
    return Array.isArray(prepared) ? refuse("invalid", prepared[0]!.message) : good(prepared);
  }

  /** What was made over the API, or why it cannot be changed there. */
  #changeable(name: string, revisionId?: string): Result<StoredFunction> {
    const { created } = this.#context.catalogue.get(name);
    if (this.#context.definitionOf(name)) {
      const message = `The function "${name}" is the template's: it is changed there`;
      return refuse("conflict", message);
    }
    if (!created) return this.#unknown(name);
    const isNow = revisionId === undefined || revisionId === revisionOf([latest, created]);
    return isNow ? good(created) : { ok: false, error: outdated };
  }

  /** A refusal where a function would come to a layer that is deleted; what it has it keeps. */
  #deletedLayer(layers: readonly string[] = [], before: readonly string[] = []) {
    const isGone = (arn: string) => this.#context.findLayer(arn)?.deleted && !before.includes(arn);
    const gone = layers.find(isGone);
    return gone && refuse("invalid", `Layer version ${gone} does not exist`);
  }

  async #latestOf(name: string): Promise<StoredFunction | undefined> {
    const { catalogue, fleet, definitionOf, startedAtMs, dataFolder } = this.#context;
    const definition = definitionOf(name);
    if (!definition) return catalogue.get(name).created;
    const program = fleet.find(name, latest)?.program;
    if (!program) return undefined;
    const known = this.#templateCode.get(program);
    const code = known ?? (await describeFolder({ folder: program.folder, dataFolder }));
    this.#templateCode.set(program, code);
    return { definition: withoutCode(definition), ...code, lastModifiedMs: startedAtMs };
  }

  /** The same, when a copy of the template's code is kept too. */
  async #keepLatestCode(name: string): Promise<Result<StoredFunction>> {
    const { fleet, definitionOf, dataFolder } = this.#context;
    const program = definitionOf(name) && fleet.find(name, latest)?.program;
    if (program) {
      const source = { folder: program.folder, dataFolder };
      const code = await copyCode(this.#folderOf(name), source, codeBytesMax);
      if (!code) return refuse("invalid", tooLarge);
      this.#templateCode.set(program, code);
    }
    const now = await this.#latestOf(name);
    return now ? good(now) : this.#unknown(name);
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

const tooLarge = `Unzipped size must be smaller than ${codeBytesMax} bytes`;

/** Where it cannot go now, the next start tries again. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => {});
}

/** What is said where `unzip` says why. */
export function unzipRefusal(why: string): string {
  if (why.startsWith("Unzipped size")) return why;
  const told = "Could not unzip uploaded file. Please check your file, then try to upload again.";
  return `${told} (${why})`;
}

async function readZip(zip: Uint8Array): Promise<Result<readonly ArchivedFile[]>> {
  if (zip.length > zipBytesMax) {
    return refuse("invalid", `Zipped size must be smaller than ${zipBytesMax} bytes`);
  }
  const files = await unzip(zip, codeBytesMax);
  if (typeof files === "string") return refuse("invalid", unzipRefusal(files));
  if (files.length === 0) return refuse("invalid", "Uploaded file must be a non-empty zip");
  return good(files);
}

/** How asynchronous calls are tried is set beside versions, and belongs to none. */
function sameState({ definition, codeSha256 }: PublishedVersion, now: StoredFunction): boolean {
  const { version, description, asyncSettings, ...left } = definition;
  const { version: none, description: other, asyncSettings: others, ...right } = now.definition;
  return codeSha256 === now.codeSha256 && JSON.stringify(left) === JSON.stringify(right);
}

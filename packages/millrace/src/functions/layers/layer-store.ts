/**
 * The layers of a house: those of the template, and those that the API has published.
 *
 *   space `layers`   name -> its versions, as JSON
 *
 * Changes of one layer come one after the other. The folder of a version is written and synced
 * before the record refers to it. A version that is deleted is told no more, but the functions that
 * have it keep it, as on Lambda; once none has, it goes at the next start.
 */

import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { textOf, utf8 } from "../../base/mod.ts";
import { entriesOf, type Records } from "../../storage/mod.ts";
import { clearCode, writeCode } from "../control/code-folder.ts";
import { unzipRefusal } from "../control/control.ts";
import { type ControlError, good, type Result, refuse } from "../control/errors.ts";
import { Turns } from "../control/turns.ts";
import { unzip } from "../control/unzip.ts";
import { isLeftOut } from "../left-out.ts";
import { codeBytesMax } from "../limits.ts";
import { type LayerDefinition, type LayerVersion, templateVersion } from "./layer.ts";

export interface LayerStoreContext {
  readonly definitions: readonly LayerDefinition[];
  readonly records: Records;
  readonly workFolder: string;
  /** Of the server; no part of any layer. */
  readonly dataFolder?: string | undefined;
  readonly region: string;
  readonly accountId: string;
  readonly now: () => number;
}

export type NewLayer = Pick<LayerVersion, "description" | "compatibleRuntimes" | "licenseInfo">;

interface StoredVersion extends NewLayer {
  readonly number: number;
  readonly codeFolderName: string;
  readonly codeSha256: string;
  readonly codeBytes: number;
  readonly createdMs: number;
  readonly deleted?: true;
}

interface StoredLayer {
  readonly versions: readonly StoredVersion[];
}

const space = "layers";
const layersFolderName = ".layers";

export class LayerStore {
  readonly #context: LayerStoreContext;
  /** With those that are deleted, by ARN. */
  readonly #versions = new Map<string, LayerVersion>();
  readonly #turns = new Turns();

  constructor(context: LayerStoreContext) {
    this.#context = context;
  }

  /** Brings back what was published; once, before the first function is prepared. */
  async load(): Promise<void> {
    const { definitions, dataFolder, now } = this.#context;
    await this.#loadPublished();
    for (const definition of definitions) {
      const number = templateVersion;
      const arn = this.arnOf(definition.name, number);
      const codeBytes = await bytesBelow(definition.folder, dataFolder);
      this.#versions.set(arn, { ...definition, number, arn, codeBytes, createdMs: now() });
    }
  }

  /** Removes what is deleted and not among `used`, which are ARNs; after `load`. */
  async clear(used: ReadonlySet<string>): Promise<void> {
    for (const { arn, folder, deleted } of this.#versions.values()) {
      // Its folder may have gone at an earlier start.
      if (deleted && !(used.has(arn) && existsSync(folder))) this.#versions.delete(arn);
    }
    const kept = new Set([...this.#versions.values()].map(({ folder }) => basename(folder)));
    const root = join(this.#context.workFolder, layersFolderName);
    const folders = await readdir(root).catch(() => []); // nothing was ever published
    for (const folder of folders) await clearCode(join(root, folder), kept);
  }

  async #loadPublished(): Promise<void> {
    for await (const { key, value } of entriesOf(this.#context.records, { space })) {
      const { versions } = JSON.parse(textOf(value)) as StoredLayer;
      for (const one of versions) this.#keep(textOf(key), one);
    }
  }

  /** Those that are deleted too. `undefined`: there never was such a version. */
  find(arn: string): LayerVersion | undefined {
    return this.#versions.get(arn);
  }

  /** Of one layer, or of all; by name, the newest first. */
  list(name?: string): LayerVersion[] {
    return [...this.#versions.values()]
      .filter((one) => !one.deleted && (name === undefined || one.name === name))
      .sort((left, right) =>
        left.name === right.name ? right.number - left.number : left.name < right.name ? -1 : 1,
      );
  }

  arnOf(name: string, number?: number): string {
    const { region, accountId } = this.#context;
    const arn = `arn:aws:lambda:${region}:${accountId}:layer:${name}`;
    return number === undefined ? arn : `${arn}:${number}`;
  }

  async publish(name: string, zip: Uint8Array, told: NewLayer): Promise<Result<LayerVersion>> {
    if (this.#isTemplates(name)) return templates(name);
    return this.#turns.take(name, () => this.#publish(name, zip, told));
  }

  async #publish(name: string, zip: Uint8Array, told: NewLayer): Promise<Result<LayerVersion>> {
    const files = await unzip(zip, codeBytesMax);
    if (typeof files === "string") return refuse("invalid", unzipRefusal(files));
    if (files.length === 0) return refuse("invalid", "Uploaded file must be a non-empty zip");
    const code = await writeCode(this.#folderOf(name), files);
    const version = await this.#change(name, (versions) => {
      const number = Math.max(0, ...versions.map((one) => one.number)) + 1;
      const made = { ...told, ...code, number, createdMs: this.#context.now() };
      return { versions: [...versions, made], changed: made };
    });
    return good(this.#keep(name, version!));
  }

  /** A version that is not there is deleted too. */
  async delete(name: string, number: number): Promise<ControlError | undefined> {
    if (this.#isTemplates(name)) return templates(name).error;
    return this.#turns.take(name, () => this.#delete(name, number));
  }

  async #delete(name: string, number: number): Promise<undefined> {
    const version = await this.#change(name, (versions) => {
      const changed = versions.find((one) => one.number === number);
      if (!changed) return { versions, changed };
      const gone: StoredVersion = { ...changed, deleted: true };
      return { versions: versions.map((one) => (one === changed ? gone : one)), changed: gone };
    });
    if (version) this.#keep(name, version);
  }

  #isTemplates(name: string): boolean {
    return this.#context.definitions.some((definition) => definition.name === name);
  }

  #change(
    name: string,
    decide: (versions: readonly StoredVersion[]) => {
      readonly versions: readonly StoredVersion[];
      readonly changed: StoredVersion | undefined;
    },
  ): Promise<StoredVersion | undefined> {
    const address = { space, key: utf8(name) };
    return this.#context.records.update<StoredVersion | undefined>([address], ([bytes]) => {
      const before = bytes ? (JSON.parse(textOf(bytes)) as StoredLayer).versions : [];
      const { versions, changed } = decide(before);
      const value = utf8(JSON.stringify({ versions } satisfies StoredLayer));
      return { changes: [{ ...address, value }], result: changed };
    });
  }

  #keep(name: string, { codeFolderName, ...version }: StoredVersion): LayerVersion {
    const arn = this.arnOf(name, version.number);
    const folder = join(this.#folderOf(name), codeFolderName);
    const kept = { ...version, name, arn, folder };
    this.#versions.set(arn, kept);
    return kept;
  }

  /** Beside the functions' own folders, under a name that no function and no code can have. */
  #folderOf(name: string): string {
    return join(this.#context.workFolder, layersFolderName, `layer-${name}`);
  }
}

function templates(name: string): { readonly ok: false; readonly error: ControlError } {
  const message = `The layer "${name}" is the template's: it is changed there`;
  return { ok: false, error: { kind: "conflict", message } };
}

async function bytesBelow(folder: string, dataFolder: string | undefined): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (await isLeftOut(path, dataFolder)) continue;
    if (entry.isDirectory()) bytes += await bytesBelow(path, dataFolder);
    else if (entry.isFile()) bytes += (await stat(path)).size;
  }
  return bytes;
}

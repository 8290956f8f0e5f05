/** Which files a function is made from, and the state they are in. */

import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { noBytes } from "../../base/mod.ts";
import { type FileState, isChanged, stateOf, stateOfBundle } from "../bundle-record.ts";
import type { FunctionDefinition } from "../definition.ts";
import { isLeftOut } from "../left-out.ts";
import { watchedFoldersMax } from "../limits.ts";
import type { Program } from "../program.ts";

export interface Sources {
  /** Those to watch; of packages only what the function's own code reaches by itself. */
  readonly folders: readonly string[];
  /** Those to watch that lie elsewhere. */
  readonly files: readonly string[];
  /** Another one when what would run is another. */
  readonly digest: string;
  /** Nothing has changed since the bundle was made, where there is one. */
  readonly isCurrent: boolean;
}

/**
 * Of a bundle: its inputs' folders and its output; else the code's folder with all below it, also
 * behind links, but what is left out. Layers belong to both.
 */
export async function readSources(
  definition: FunctionDefinition,
  { folder, layerFolders = [] }: Pick<Program, "folder" | "layerFolders">,
  dataFolder: string | undefined,
): Promise<Sources> {
  const own = await readCodeSources(definition, folder, dataFolder);
  if (layerFolders.length === 0) return own;
  const layers = await Promise.all(
    layerFolders.map((layer) => readFolder(layer, dataFolder, "packages too")),
  );
  const all = [own, ...layers];
  return {
    folders: all.flatMap((one) => one.folders).slice(0, watchedFoldersMax),
    files: all.flatMap((one) => one.files).slice(0, watchedFoldersMax),
    digest: digestOf(all.map((one) => one.digest)),
    isCurrent: own.isCurrent,
  };
}

/** What editors keep beside a file while it is changed: Vim, Emacs, those of JetBrains. */
const ofEditors = /^(\..*\.sw[a-p]x?|4913|.*~|\.?#.*|.*___jb_(tmp|old)___)$/;

/** Files that say how others are read, which lie above them. */
const settingsNames = new Set(["tsconfig.json", "package.json"]);

async function readCodeSources(
  { codeFolder, build }: FunctionDefinition,
  taskRoot: string,
  dataFolder: string | undefined,
): Promise<Sources> {
  if (!build) return readFolder(codeFolder, dataFolder);
  const { inputs, outputs } = await stateOfBundle(taskRoot);
  const paths = inputs.map(({ path }) => path);
  const isSettings = (path: string) => settingsNames.has(basename(path));
  const folders = new Set([
    codeFolder,
    ...paths.filter((path) => !isSettings(path)).map((path) => dirname(path)),
  ]);
  return {
    folders: bound([...folders]),
    files: bound(paths.filter(isSettings)),
    digest: digestOf(await Promise.all(outputs.map(({ path }) => contentOf(path)))),
    isCurrent: !(await isChanged(inputs)),
  };
}

async function readFolder(
  top: string,
  dataFolder: string | undefined,
  packages?: "packages too",
): Promise<Sources> {
  const folders = [top];
  const seen = new Set<string>();
  const linked: string[] = [];
  const states: FileState[] = [];
  for (const folder of folders) {
    const real = await realpath(folder).catch(() => folder); // gone by now
    if (seen.has(real)) continue; // a link into what it lies in
    seen.add(real);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // gone by now
    const found = await Promise.all(entries.map((entry) => look(folder, entry, dataFolder)));
    for (const { path, target, state } of found.filter((one) => one !== undefined)) {
      if (target !== undefined) linked.push(target);
      if (state) states.push(state);
      else if (!packages && basename(path) === "node_modules") continue;
      else if (folders.length < watchedFoldersMax) folders.push(path);
    }
  }
  return {
    folders: packages ? folders : bound(folders),
    files: linked.slice(0, watchedFoldersMax),
    digest: digestOf(states),
    isCurrent: true,
  };
}

interface Found {
  readonly path: string;
  /** Of a link: where it leads. */
  readonly target: string | undefined;
  /** Absent: it is a folder. */
  readonly state: FileState | undefined;
}

/** `undefined`: it does not count. */
async function look(
  folder: string,
  entry: Dirent,
  dataFolder: string | undefined,
): Promise<Found | undefined> {
  const path = join(folder, entry.name);
  if (ofEditors.test(entry.name)) return undefined;
  const isLink = entry.isSymbolicLink();
  const isInside = isLink ? await isFolder(path) : entry.isDirectory();
  if (await isLeftOut(path, isInside ? dataFolder : undefined)) return undefined;
  const target = isLink ? await realpath(path).catch(() => path) : undefined; // leads nowhere
  return { path, target, state: isInside ? undefined : await stateOf(path) };
}

/** What cannot be looked at is none. */
async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function bound(folders: readonly string[]): string[] {
  const own = folders.filter((folder) => !folder.includes("/node_modules"));
  return own.slice(0, watchedFoldersMax);
}

async function contentOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => noBytes); // gone by now
  return createHash("sha256").update(bytes).digest("hex");
}

function digestOf(states: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(states)).digest("hex");
}
